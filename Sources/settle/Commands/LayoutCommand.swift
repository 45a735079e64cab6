import ArgumentParser
import SettleFiles
import SettlePipeline
import SettleStore

struct LayoutCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layout", abstract: "Lists the file formats that settle reads, and tries a file against them.",
    discussion: """
      Layouts of your own are YAML files in the folder layouts/ beside the pipeline file. One may go before a shipped one \
      (extends: NAME), and takes its place only where it has its name and says so (replaces: shipped).

      EXAMPLES
        settle layout list
        settle layout check inbox/outcomes/stripe.csv
      """,
    subcommands: [List.self, Check.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists the layouts that a pipeline knows.",
      discussion: "EXAMPLE\n  settle layout list --pipeline nightly.yaml")

    @Option(help: ArgumentHelp("The pipeline file. Without it, the one in the binary.", valueName: "file"))
    var pipeline: String?

    func run() async throws {
      let catalogue = try LayoutCatalogue(folder: Settings().pipeline(flag: pipeline).layoutsFolder)
      var table = Table([
        .left("layout"), .left("holds"), .left("format"), .left("processor"), .left("from"), .left("about"),
      ])
      for layout in catalogue.layouts {
        table.add(
          .init(layout.name, .bold), "\(layout.kind.rawValue)", "\(layout.format.rawValue)",
          .init(layout.processor ?? ""), .init(layout.from, layout.origin == .replacing ? .yellow : nil),
          .init(layout.about))
      }
      for line in table.lines(.ofOutput) { try Console.line(line) }
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check", abstract: "Reads a file as a run would, and loads nothing.",
      discussion: """
        Prints what would become of its rows: how many there are of each kind and currency and what they come to, \
        whether the file's own control totals are right, why rows were quarantined or ignored, and the first refusals \
        with their lines. A bank statement counts as a row beside its lines, as in a run. Exit status 65 where \
        the file as a whole would be refused, also for a wrong control total; 0 otherwise: rows that would be \
        quarantined are listed.

        Times without an offset, such as Stripe's "created", need the zone that the report was made in: that of --zone, \
        else of the pipeline's source that finds the file, else the one that all sources agree on which name any.

        EXAMPLES
          settle layout check inbox/outcomes/stripe.csv
          settle layout check stripe.csv --zone America/New_York
          settle layout check stripe.csv --pipeline nightly.yaml
        """)

    @Argument(help: ArgumentHelp("The file to read.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The layout to read it by. Without it, its content decides.", valueName: "name"))
    var layout: String?

    @Option(
      help: ArgumentHelp(
        "The zone of times that carry none: UTC or an IANA name. Without it, the pipeline's.", valueName: "zone"))
    var zone: String?

    @Option(help: ArgumentHelp("The pipeline file. Without it, the one in the binary.", valueName: "file"))
    var pipeline: String?

    @Option(help: ArgumentHelp("How many refusals to print.", valueName: "count"))
    var refusals = 20

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if let zone, ReportZone(zone) == nil { throw ValidationError("--zone: " + ReportZone.refusal(of: zone)) }
    }

    func run() async throws {
      let settings = try Settings()
      let pipeline = try settings.pipeline(flag: pipeline)
      let reading = try pipeline.reading(of: file, inbox: settings.inbox(flag: nil))
      let zone = zone ?? reading.zone
      let catalogue = try LayoutCatalogue(folder: pipeline.layoutsFolder)
      var input: InputFile
      do {
        input = try InputFile.inspect(
          path: file, layout: layout ?? reading.layout, catalogue: catalogue, zone: zone)
      } catch let refusal as FileRefusal where refusal.reason == .zoneNotNamed {
        throw ZoneNotSaid(refusal, pipeline: settings.pipelineFile(flag: self.pipeline), reading).refusal
      }
      input.processors = pipeline.processors(reportedBy: catalogue)
      let check = FileCheck(file: input, zone: zone, summary: try FileSummary(input, keeping: max(0, refusals)))
      try Console.write(json ? check.json.pretty + "\n" : check.text(.ofOutput))
      if let refusal = input.refusalOfTotals { throw refusal }
    }
  }
}

extension Layout {
  /// Where the layout comes from, in a few words.
  fileprivate var from: String {
    switch origin {
    case .shipped: "settle"
    case .own: extended.map { "own, extends \($0)" } ?? "own"
    case .replacing: "own, replaces shipped"
    }
  }
}

/// A file whose times carry no offset, looked at without its zone: what to add to the command, and what to the pipeline.
private struct ZoneNotSaid {
  let refusal: FileRefusal

  init(_ refusal: FileRefusal, pipeline: String?, _ reading: PipelineDefinition.Reading) {
    var refusal = refusal
    let pipelines =
      switch pipeline {
      case _ where !reading.zones.isEmpty:
        "the pipeline's sources name several (\(reading.zones.joined(separator: ", ")))"
      case let file?: "no source of \(file) that may find it names one (zone: America/New_York)"
      case nil: "a pipeline file whose source names it (zone: America/New_York) goes with --pipeline"
      }
    let what = refusal.message.prefix { $0 != ";" }
    refusal.message = "\(what); add --zone, such as --zone America/New_York; \(pipelines)"
    self.refusal = refusal
  }
}
