import Foundation

/// A folder in which worlds and stores are made, and the settle that is measured in it.
struct Workplace: Sendable {
  let folder: String
  let settle: String
  /// Nothing is removed.
  let keepsAll: Bool
  let progress: ProgressLines

  /// A world's inbox in a folder of its own.
  func make(_ name: String, seed: UInt64, rows: Int, date: String = World.firstDate) throws -> World.Summary {
    progress.tell("making the files of \(Columns.count(rows)) orders")
    return try World(seed: seed, rows: rows, inbox: inbox(name), date: date).make()
  }

  func inbox(_ name: String) -> String { "\(folder)/\(name)" }

  /// A new and empty store with a server of its own, which is stopped and removed again however the body ends.
  func withStore<Result>(_ name: String, _ body: (Night) async throws -> Result) async throws -> Result {
    let night = Night(settle: settle, folder: "\(folder)/\(name)", progress: progress)
    try FileManager.default.createDirectory(atPath: night.folder, withIntermediateDirectories: true)
    defer { remove(night.folder) }
    let result: Result
    do {
      try night.settle("db", "start")
      try night.settle("db", "migrate")
      result = try await body(night)
    } catch {
      do { try night.settle("db", "stop") } catch { progress.tell("its server still runs: \(error)") }
      throw error
    }
    try night.settle("db", "stop")
    return result
  }

  /// Takes away what is not needed any more, unless all is to be kept. What cannot be removed is told and stays.
  func remove(_ path: String) {
    guard !keepsAll, FileManager.default.fileExists(atPath: path) else { return }
    do { try FileManager.default.removeItem(atPath: path) } catch {
      progress.tell("\(path) could not be removed: remove it by hand (\(error.localizedDescription))")
    }
  }
}
