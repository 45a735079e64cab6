import ArgumentParser
import Foundation

/// What every command has that measures settle on a made world.
struct WorldOptions: ParsableArguments {
  @Option(help: "How many orders.")
  var rows = 1_000_000

  @Option(help: "Decides all that is random.")
  var seed: UInt64 = 1

  @OptionGroup var place: PlaceOptions

  func validate() throws {
    guard rows > 0 else { throw ValidationError("--rows must be at least 1") }
  }
}

/// Where what is measured lies, and which settle it is.
struct PlaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The settle to be measured. (default: the one beside this program)", valueName: "path"))
  var settle: String?

  @Option(
    help: ArgumentHelp("Where worlds, stores and reports are made. (default: a folder under /tmp)", valueName: "folder")
  )
  var folder: String?

  @Flag(help: "Leave worlds, stores and reports where they are; the servers are stopped.")
  var keep = false

  @Option(help: ArgumentHelp("Where the figures are written as JSON.", valueName: "file"))
  var json: String?

  /// Makes the folder, and takes it away again where it is not to be kept, however the body ends.
  func inFolder<Result>(_ body: (Workplace) async throws -> Result) async throws -> Result {
    let folder = URL(fileURLWithPath: folder ?? "/tmp/settle-bench-\(getpid())").standardizedFileURL.path
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw BenchFailure("\(folder) is there already: what is measured has stores of its own")
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let result: Result
    do {
      result = try await body(Workplace(folder: folder, settle: try program()))
    } catch {
      if !keep { try FileManager.default.removeItem(atPath: folder) }
      throw error
    }
    if !keep { try FileManager.default.removeItem(atPath: folder) }
    return result
  }

  /// Prints the table, and writes it as JSON where that is asked for.
  func give<Table: BenchTable>(_ table: Table) throws {
    if let json { try JSONEncoder.ofBench.encode(table).write(to: URL(fileURLWithPath: json), options: .atomic) }
    print(table.text, terminator: "")
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

/// Figures for people and for machines.
protocol BenchTable: Codable {
  var text: String { get }
}

/// A folder in which worlds and stores are made, and the settle that is measured in it.
struct Workplace {
  let folder: String
  let settle: String

  /// A world's inbox in a folder of its own.
  func make(_ name: String, seed: UInt64, rows: Int, date: String = World.firstDate) throws -> World.Summary {
    try World(seed: seed, rows: rows, inbox: inbox(name), date: date).make()
  }

  func inbox(_ name: String) -> String { "\(folder)/\(name)" }

  /// A new and empty store with a server of its own, which is stopped again however the body ends.
  func withStore<Result>(_ name: String, _ body: (Night) async throws -> Result) async throws -> Result {
    let night = Night(settle: settle, folder: "\(folder)/\(name)")
    try FileManager.default.createDirectory(atPath: night.folder, withIntermediateDirectories: true)
    let result: Result
    do {
      try night.settle("db", "start")
      try night.settle("db", "migrate")
      result = try await body(night)
    } catch {
      _ = try? night.settle("db", "stop")
      throw error
    }
    try night.settle("db", "stop")
    return result
  }
}
