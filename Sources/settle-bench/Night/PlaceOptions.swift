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

  @Flag(help: "Say nothing on stderr of what is being measured.")
  var quiet = false

  /// Makes the folder, and takes it away again where it is not to be kept, however the body ends: Ctrl-C cancels it.
  ///
  /// - Parameter orders: of the largest world that is to fit on the disk.
  func inFolder<Result: Sendable>(
    orders: Int = 0, _ body: @escaping @Sendable (Workplace) async throws -> Result
  ) async throws -> Result {
    let folder = URL(fileURLWithPath: folder ?? "/tmp/settle-bench-\(getpid())").standardizedFileURL.path
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw BenchFailure("\(folder) is there already: what is measured has stores of its own")
    }
    try DiskRoom(folder: folder).check(orders: orders)
    let place = Workplace(
      folder: folder, settle: try program(), keepsAll: keep, progress: ProgressLines(isQuiet: quiet))
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { place.remove(folder) }
    return try await interruptible({ try await body(place) }, saying: { place.progress.tell($0) })
  }

  /// Prints the table, and writes it as JSON where that is asked for.
  func give<Table: BenchTable>(_ table: Table) throws {
    if let json { try JSONEncoder.ofBench.encode(table).write(to: URL(fileURLWithPath: json), options: .atomic) }
    try StandardOutput.print(table.text)
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
protocol BenchTable: Codable, Sendable {
  var text: String { get }
}
