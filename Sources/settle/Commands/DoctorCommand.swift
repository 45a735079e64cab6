import ArgumentParser
import Foundation
import SettleFiles
import SettleModel
import SettlePipeline
import SettleStore

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Checks everything that a run needs, and says how to mend what is not well.",
    discussion: """
      One line a check: ok, warn or FAIL, with the remedy. Ends as a run would: 69 where something cannot be reached, \
      77 where it is not permitted, 78 where it is set wrongly, else 0.

      EXAMPLES
        settle doctor --pipeline nightly.yaml
        settle doctor --json
      """)

  @Option(help: ArgumentHelp("The pipeline file. Without it, the one in the binary.", valueName: "file"))
  var pipeline: String?

  @Option(help: ArgumentHelp("The folder of files in. (default: inbox)", valueName: "dir"))
  var inbox: String?

  @Option(help: ArgumentHelp("The folder of files out. (default: reports/<date>)", valueName: "dir"))
  var out: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let findings = await findings()
    if json {
      try Console.line(findings.json.pretty)
    } else {
      let width = findings.map(\.subject.count).max() ?? 0
      let style = Style.ofOutput
      for finding in findings { try Console.line(finding.line(style, width: width)) }
    }
    let status = findings.exitStatus
    if status != .done { throw Ended(status: status) }
  }

  private func findings() async -> [Finding] {
    let settings: Settings
    do {
      settings = try Settings()
    } catch {
      return [.failure("environment", error)]
    }
    var findings: [Finding] = [.ok("environment", "no misspelt variable")]
    let database = settings.database
    guard let pipeline = check(pipeline: settings, &findings) else {
      return findings + (await DatabaseChecks(source: database).findings { .now })
    }
    let today = pipeline.calendar.today(at: .now)
    let out = settings.out(flag: out, date: today)
    findings += FolderChecks.inbox(
      settings.inbox(flag: inbox), sources: pipeline.ingest + pipeline.importing)
    findings += FolderChecks.unread(settings.inbox(flag: inbox), pipeline, out: out)
    findings += FolderChecks.out(out)
    findings += FolderChecks.space([("the files out", out), ("settle's home", settings.home)])
    findings += await DatabaseChecks(source: database).findings { .now }
    findings += await ProcessorChecks(settings: settings, pipeline: pipeline).findings()
    return findings
  }

  /// The pipeline and its layouts; nil where no run could read it.
  private func check(pipeline settings: Settings, _ findings: inout [Finding]) -> PipelineDefinition? {
    do {
      let pipeline = try settings.pipeline(flag: pipeline)
      let today = pipeline.calendar.today(at: .now)
      // Foundation knows UTC by its other name.
      let name = pipeline.timeZone.identifier == "GMT" ? "UTC" : pipeline.timeZone.identifier
      let zone = "\(name), where it is \(today)"
      findings.append(
        .ok("pipeline", "\(pipeline.name) (\(settings.pipelineFile(flag: self.pipeline) ?? "in the binary")), \(zone)"))
      do {
        let catalogue = try LayoutCatalogue(folder: pipeline.layoutsFolder)
        let sources = pipeline.ingest + pipeline.importing
        for name in sources.compactMap(\.layout) + (pipeline.reconcile.settledBy ?? []) {
          _ = try catalogue.known(name)
        }
        findings.append(.ok("layouts", "\(catalogue.layouts.count) can be followed"))
      } catch {
        findings.append(.failure("layouts", error))
      }
      return pipeline
    } catch {
      findings.append(.failure("pipeline", error))
      return nil
    }
  }
}
