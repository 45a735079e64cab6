import ArgumentParser
import Foundation

struct NightCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "night", abstract: "Ingests, imports, reconciles and reports a made world, twice.",
    discussion: """
      The second run has no new input, so it shows what recognising known files costs. Times of the stages are those of \
      run_results.json; processor time, WAL and memory are watched from beside.

      EXAMPLE
        settle-bench night --rows 1000000 --settle .build/release/settle --json night.json
      """)

  @Option(help: "How many orders.")
  var rows = 1_000_000

  @Option(help: "Decides all that is random.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The settle to be measured. (default: the one beside this program)", valueName: "path"))
  var settle: String?

  @Option(
    help: ArgumentHelp("Where world, store and reports are made. (default: a folder under /tmp)", valueName: "folder"))
  var folder: String?

  @Option(help: ArgumentHelp("Where the figures are written as JSON.", valueName: "file"))
  var json: String?

  @Flag(help: "Leave world, store and reports where they are; the server is stopped.")
  var keep = false

  func validate() throws {
    guard rows > 0 else { throw ValidationError("--rows must be at least 1") }
  }

  func run() async throws {
    let folder = folder ?? "/tmp/settle-bench-\(getpid())"
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw BenchFailure("\(folder) is there already: a night is measured on a store of its own")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let night = Night(settle: try program(), folder: folder, orders: rows)
    var table = NightTable(world: try World(seed: seed, rows: rows, inbox: "\(folder)/inbox").make())
    do {
      try night.settle("db", "start")
      try night.settle("db", "migrate")
      try await measure(night, &table)
      try night.settle("db", "stop")
    } catch {
      _ = try? night.settle("db", "stop")
      throw error
    }
    if !keep { try FileManager.default.removeItem(atPath: folder) }
    if let json { try JSONEncoder.ofBench.encode(table).write(to: URL(fileURLWithPath: json), options: .atomic) }
    print(table.text, terminator: "")
  }

  private func measure(_ night: Night, _ table: inout NightTable) async throws {
    let probe = try await ServerProbe(url: try night.settle("db", "url"))
    table.settings = try await probe.settings()
    for name in ["first", "again"] { table.runs.append(try await night.run(name, probe: probe)) }
    table.storedBytes = try await probe.storedBytes()
    await probe.close()
  }

  private func program() throws -> String {
    let beside = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let path = URL(fileURLWithPath: settle ?? beside.appendingPathComponent("settle").path).standardizedFileURL.path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw BenchFailure("there is no settle at \(path): build it, or name one with --settle")
    }
    return path
  }
}
