import ArgumentParser
import Foundation
import Glibc

/// The fault harness: kills, pauses and starves settle, and judges it by the processor's own ledger.
@main
struct Chaos: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle-chaos", abstract: "Kills, pauses and starves settle, and judges it by the processor's ledger.",
    discussion: """
      Each fault is tried in worlds of its own: a PostgreSQL, a sandbox processor, and `settle run` as a process. The \
      judge reads the sandbox's ledger file and the files that settle writes, never settle's tables. Then defects are \
      seeded into settle itself, and each must be caught by the ledger.

      Exit status: 0 where nothing was broken and every defect was caught, else 1.

      EXAMPLE
        scripts/chaos --full
        scripts/chaos --quick --fault two-runs --seed 7 --trial 3
      """)

  @Flag(exclusivity: .exclusive, help: "A handful of trials of each kind, or all of them.")
  var effort: EffortFlag = .quick

  @Option(help: ArgumentHelp("Only this fault; may repeat. Defects are left out.", valueName: "name"))
  var fault: [String] = []

  @Option(help: "Decides all that is random.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Only this world of the fault.", valueName: "number"))
  var trial: Int?

  @Flag(help: "Only the seeded defects.")
  var defects = false

  @Option(help: ArgumentHelp("Only this seeded defect; may repeat.", valueName: "name"))
  var defect: [String] = []

  @Option(help: ArgumentHelp("The settle to be tried. (default: the one beside this program)", valueName: "path"))
  var settle: String?

  @Option(help: ArgumentHelp("Where the table is written as JSON.", valueName: "file"))
  var json: String?

  enum EffortFlag: String, EnumerableFlag { case quick, full }

  func validate() throws {
    let names = FaultCatalogue.faults.map(\.name)
    if let unknown = fault.first(where: { !names.contains($0) }) {
      throw ValidationError("no fault \(unknown); there are \(names.joined(separator: ", "))")
    }
    let known = SeededDefect.all.map(\.name)
    if let unknown = defect.first(where: { !known.contains($0) }) {
      throw ValidationError("no defect \(unknown); there are \(known.joined(separator: ", "))")
    }
    if trial != nil, fault.count != 1 { throw ValidationError("--trial needs one --fault") }
  }

  func run() async throws {
    let begun = ContinuousClock.now
    let folder = "/tmp/settle-chaos-\(getpid())"
    Interruption.endChildren(andRemove: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let effort: Effort = effort == .full ? .full : .quick
    let settle = try program()
    let setting = Setting(
      effort: effort, seed: seed, settle: settle, folder: folder, canVerify: try await Self.canVerify(settle),
      say: { FileHandle.standardError.write(Data("chaos: \($0)\n".utf8)) })
    let execution = Execution(setting: setting)
    var table = ScoreTable(effort: effort.rawValue, seed: seed)
    let onlyDefects = defects || !defect.isEmpty
    if !onlyDefects {
      for fault in FaultCatalogue.faults where self.fault.isEmpty || self.fault.contains(fault.name) {
        table.scores.append(try await execution.score(fault, only: trial))
      }
    }
    if fault.isEmpty {
      for seeded in SeededDefect.all where isWanted(seeded, effort) {
        table.catches.append(try await execution.hunt(seeded))
      }
    }
    table.seconds = begun.secondsAgo
    if let json { try table.json().write(to: URL(fileURLWithPath: json), options: .atomic) }
    print(table.text, terminator: "")
    if table.isGood {
      try? FileManager.default.removeItem(atPath: folder)
    } else {
      throw ExitCode(1)
    }
  }

  private static func canVerify(_ settle: String) async throws -> Bool {
    let child = try Child(
      settle, ["verify", "--help"], environment: ["PATH": "/usr/bin:/bin"], output: "/dev/null", errors: "/dev/null")
    return try await child.end() == 0
  }

  private func isWanted(_ seeded: SeededDefect, _ effort: Effort) -> Bool {
    if !defect.isEmpty { return defect.contains(seeded.name) }
    return effort == .full || defects || seeded.isQuick
  }

  private func program() throws -> String {
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    let path = settle ?? beside.appending(path: "settle").path
    guard access(path, X_OK) == 0 else { throw ValidationError("there is no settle at \(path): build it first") }
    return path
  }
}

/// An interrupted harness leaves nothing running: its children are ended here, its servers by their watchdogs.
private enum Interruption {
  static func endChildren(andRemove folder: String) {
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        Children.killAll()
        try? FileManager.default.removeItem(atPath: folder)
        exit(128 + number)
      }
      source.resume()
      // Kept for as long as the process lives.
      _ = Unmanaged.passRetained(source as AnyObject)
    }
  }
}
