import Foundation
import Glibc
import SettleModel
import SettlePipeline

/// Whether files can be read and written, and whether there is room for them.
enum FolderChecks {
  static func inbox(_ path: String, sources: [PipelineDefinition.Source]) -> [Finding] {
    guard let isFolder = isFolder(path) else {
      return [
        .failure(.configuration, "inbox", "there is no folder \(path)", mend: "make it, or name another with --inbox")
      ]
    }
    guard isFolder, access(path, R_OK | X_OK) == 0 else {
      return [
        .failure(
          .configuration, "inbox", "\(path) cannot be read", mend: "give this user the right to, or name another")
      ]
    }
    guard !sources.isEmpty else {
      return [
        .warning(
          "inbox", "the pipeline file takes nothing from \(path)",
          mend: "give it ingest.sources and import.sources, as pipelines/nightly.yaml has them")
      ]
    }
    let folders = Set(sources.compactMap { $0.path.split(separator: "/").dropLast().first.map(String.init) }).sorted()
    let missing = folders.filter { !$0.contains(where: "*?[".contains) && Self.isFolder("\(path)/\($0)") != true }
    guard missing.isEmpty else {
      return [
        .warning(
          "inbox", "\(path) has no folder \(missing.joined(separator: ", "))", mend: "make it, if files are to come")
      ]
    }
    return [.ok("inbox", "\(path) can be read")]
  }

  /// Files that no run would read. A folder that is not there is told by ``inbox(_:sources:)``.
  static func unread(_ inbox: String, _ pipeline: PipelineDefinition, out: String) -> [Finding] {
    let files = UnreadFiles(in: inbox, pipeline, out: out).paths
    guard !files.isEmpty else { return [] }
    let more = files.count > UnreadFiles.told ? ", … and \((files.count - UnreadFiles.told).grouped) more" : ""
    return [
      .warning(
        "inbox",
        "no source takes \(files.prefix(UnreadFiles.told).joined(separator: ", "))\(more)",
        mend: "move them to where a source's path finds them, or mend that path")
    ]
  }

  /// Tried as a run would: rights alone do not tell of a place that takes no folders.
  static func out(_ path: String) -> [Finding] {
    do {
      try RunRequest.tryOut(path)
    } catch {
      return [
        .failure(
          .configuration, "files out", "\(path) cannot be written",
          mend: "give this user the right to, or name another with --out")
      ]
    }
    return [.ok("files out", "\(path) can be written")]
  }

  /// A run needs room for its reports and, where the database is settle's own, for what it learns.
  static func space(_ places: [(name: String, path: String)]) -> [Finding] {
    places.compactMap { name, path in
      let existing = nearestExisting(path)
      guard let free = freeBytes(at: existing) else { return nil }
      // Where nothing can be made there is no room to run out of.
      if free == 0, takesNoFolders(existing) {
        return .failure(
          .configuration, "disk", "\(path.absolutePath) cannot be made, so there is no room for \(name)",
          mend: "name another folder")
      }
      return judge(name, free: free)
    }
  }

  static func judge(_ name: String, free: Int64) -> Finding {
    let amount = "\((free / 1_048_576).grouped) MiB free for \(name)"
    if free < 100 * 1_048_576 { return .failure(.unavailable, "disk", amount, mend: "make room") }
    if free < 1_024 * 1_048_576 { return .warning("disk", amount, mend: "make room soon") }
    return .ok("disk", amount)
  }

  private static func freeBytes(at path: String) -> Int64? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int64(
      clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }

  /// A file system of the kernel's own has no blocks at all, and another may be one to read from only.
  private static func takesNoFolders(_ path: String) -> Bool {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return false }
    return status.f_blocks == 0 || status.f_flag & UInt(ST_RDONLY) != 0 || access(path, W_OK | X_OK) != 0
  }

  private static func nearestExisting(_ path: String) -> String {
    var path = path.absolutePath
    while path != "/", isFolder(path) == nil {
      path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "/"
      if path.isEmpty { path = "/" }
    }
    return path
  }

  /// Nil where there is nothing of that name.
  private static func isFolder(_ path: String) -> Bool? {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) ? isFolder.boolValue : nil
  }
}
