import Foundation
import SettleModel

/// Files of the inbox that no source of the pipeline takes: laid into the inbox itself or into a folder whose name is
/// misspelt, or with another ending. Nothing is wrong with a run that leaves them alone; but somebody put them there.
package struct UnreadFiles: Sendable {
  /// Relative to the inbox, in the order of their bytes.
  package let paths: [String]
  private let sources: [String]

  /// How many are told one by one.
  package static let told = 10

  /// Hidden files are left out, and so is what settle itself makes or reads as settings: reports, the pipeline file and
  /// its layouts. Where a source's folder cannot be read there are none: its own stage says so.
  ///
  /// - Parameter out: where the run's report goes.
  package init(in inbox: String, _ pipeline: PipelineDefinition, out: String?) {
    sources = (pipeline.ingest + pipeline.importing).map(\.path)
    let own = [out, pipeline.file, pipeline.layoutsFolder].compactMap { $0.map(Self.absolute) }
    guard let taken = try? Set(sources.flatMap { try Glob.files(matching: $0, under: inbox) }) else {
      paths = []
      return
    }
    paths = Self.files(in: inbox, but: Set(own)).filter { !taken.contains($0) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// One plain sentence for each, and how many more there are.
  package var sentences: [String] {
    let more = paths.count - Self.told
    return paths.prefix(Self.told).map { "no source takes \($0), so it was not read\(hint($0))" }
      + (more > 0 ? ["… and \(more.of("more file", "more files")) that no source takes"] : [])
  }

  private func hint(_ path: String) -> String {
    let folders = Set(sources.compactMap(Self.folder)).sorted()
    guard let folder = Self.folder(path) else {
      return folders.isEmpty ? "" : "; put it into \(folders.joined(separator: ", "))"
    }
    let patterns = sources.filter { Self.folder($0) == folder }
    if !patterns.isEmpty { return "; sources take \(patterns.joined(separator: ", "))" }
    return NearestName.suggestion(for: folder, among: folders).map { "; did you mean the folder \($0)?" } ?? ""
  }

  /// The first folder on the way to a file; nil where it lies in the inbox itself.
  private static func folder(_ path: String) -> String? {
    let parts = path.split(separator: "/")
    return parts.count > 1 ? String(parts[0]) : nil
  }

  private static func files(in inbox: String, but own: Set<String>) -> [String] {
    // A folder that is reached through a link is not gone through by itself.
    guard
      let walk = FileManager.default.enumerator(
        atPath: URL(fileURLWithPath: inbox).resolvingSymlinksInPath().path)
    else { return [] }
    var files: [String] = []
    while let path = walk.nextObject() as? String {
      let full = "\(inbox)/\(path)"
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) else { continue }
      let isHidden = path.split(separator: "/").last?.hasPrefix(".") ?? true
      let isReport = isFolder.boolValue && FileManager.default.fileExists(atPath: full + "/run_results.json")
      if isHidden || isReport || own.contains(absolute(full)) {
        if isFolder.boolValue { walk.skipDescendants() }
      } else if !isFolder.boolValue {
        files.append(path)
      }
    }
    return files
  }

  private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}

extension RunRequest {
  /// What a run says of files that it does not read, where it reads any.
  var unreadFiles: [String] {
    guard stagesInOrder.contains(where: { $0 == .ingest || $0 == .importing }) else { return [] }
    return UnreadFiles(in: inbox, pipeline, out: out).sentences
  }
}
