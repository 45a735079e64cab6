import Faults
import Foundation
import Glibc
import Postgres

/// A store and an inbox, without any processor: files go in, reports come out.
struct FileWorld: Sendable {
  let setting: Setting
  let folder: String
  let database: ConnectionSettings

  static let date = "2026-11-20"

  /// How one run over the inbox ended.
  struct Ended: Sendable {
    /// 128 and a signal where it was ended by one; nil where it would not end.
    var status: Int32?
    var peakKibibytes: Int
    var filesOut: FilesOut
    /// What it said, on both ways.
    var said: Data
  }

  /// Makes a world, gives it to the body and takes it down again; its folder stays where something was broken.
  static func with(
    _ setting: Setting, named name: String, _ body: (FileWorld) async throws -> [Violation]
  ) async throws -> [Violation] {
    let folder = "\(setting.folder)/\(name)-\(UInt32.random(in: 0 ... .max))"
    for part in ["authorizations", "outcomes", "bank"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/inbox/\(part)", withIntermediateDirectories: true)
    }
    try pipeline.write(toFile: folder + "/pipeline.yaml", atomically: true, encoding: .utf8)
    let database = try await Databases.make()
    let world = FileWorld(setting: setting, folder: folder, database: database)
    let violations = try await body(world)
    try await Databases.drop(database)
    if violations.isEmpty {
      try FileManager.default.removeItem(atPath: folder)
    } else {
      setting.say("what is left of that world: \(folder)")
    }
    return violations
  }

  func put(_ bytes: some Sequence<UInt8>, in part: String, as name: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/inbox/\(part)/\(name)"))
  }

  /// Everything but charging and refunding, which need a processor.
  func run(within limit: Duration = .seconds(300)) async throws -> Ended {
    let path = folder + "/run"
    var environment = ["PATH": "/usr/bin:/bin", "DATABASE_URL": database.conninfo]
    if !setting.defects.isEmpty {
      environment["SETTLE_DEFECT"] = setting.defects.map(\.rawValue).sorted().joined(separator: ",")
    }
    let child = try Child(
      setting.settle,
      [
        "run", "--pipeline", folder + "/pipeline.yaml", "--inbox", folder + "/inbox", "--out", folder + "/out",
        "--date", Self.date,
      ] + ["ingest", "import", "reconcile", "report"].flatMap { ["--stage", $0] },
      environment: environment, output: path + ".out", errors: path + ".err")
    let status = try await child.end(within: limit)
    var said = Data()
    for ending in [".out", ".err"] { said += FileManager.default.contents(atPath: path + ending) ?? Data() }
    return Ended(
      status: status, peakKibibytes: child.peakKibibytes, filesOut: try FilesOut(folder: folder + "/out"), said: said)
  }

  /// A run over bad files says what is bad and ends with a status for it; it never dies of them.
  static func died(_ ended: Ended) -> [Violation] {
    guard let status = ended.status else { return [Violation(.rows, "the run came to no end")] }
    return [0, 1, 65].contains(status) ? [] : [Violation(.rows, "the run ended with \(status)")]
  }

  private static let pipeline = """
    pipeline: files
    timezone: UTC
    processor: stripe
    ingest: { sources: [{ path: "authorizations/*", layout: auto }] }
    import: { sources: [{ path: "outcomes/*", layout: auto, zone: UTC }] }
    reconcile: { waiting_days: 2 }
    fail_on: { breaks: 100000000, quarantined: 100000000 }

    """
}
