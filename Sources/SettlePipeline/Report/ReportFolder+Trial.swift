import Foundation
import Glibc

// A night that charges and then has nowhere to tell of it is worse than one that does not begin.

extension ReportFolder {
  /// Finds out whether a report can be put here, by making a folder and a file in it, and takes both away again. Throws
  /// ``Failure`` where there can be none.
  func tryOut() throws {
    try refuseOtherContents()
    // As what a killed run had staged, one that is killed here is cleared away by the next.
    let trial = stagingPrefix + "try-\(UUID().uuidString.lowercased())"
    let made = Self.missingAncestors(of: trial)
    defer { for folder in made.reversed() { rmdir(folder) } }
    do {
      try FileManager.default.createDirectory(atPath: trial, withIntermediateDirectories: true)
    } catch {
      throw cannotBeMade
    }
    defer { try? FileManager.default.removeItem(atPath: trial) }
    let handle = try ReportFile.create(trial + "/trial")
    do {
      try handle.write(contentsOf: Data("settle".utf8))
      try handle.close()
    } catch {
      throw Failure(
        status: .configuration, message: "nothing can be written beside \(path): make room there, or change --out")
    }
  }

  /// Folders above a path that are not there yet, the outermost first.
  private static func missingAncestors(of path: String) -> [String] {
    var missing: [String] = []
    var url = URL(fileURLWithPath: path).deletingLastPathComponent()
    while url.path != "/", !FileManager.default.fileExists(atPath: url.path) {
      missing.append(url.path)
      url.deleteLastPathComponent()
    }
    return missing.reversed()
  }
}

extension RunRequest {
  /// Throws ``Failure`` where this run is to write a report and cannot: before anything is charged.
  func tryOut(_ folder: ReportFolder) throws {
    if stagesInOrder.contains(.report) { try folder.tryOut() }
  }

  /// Throws ``Failure`` where no report could be written into a folder, which may be one that is still to be made.
  /// Nothing stays of the trial.
  package static func tryOut(_ path: String) throws { try ReportFolder(path: path, token: 0).tryOut() }
}
