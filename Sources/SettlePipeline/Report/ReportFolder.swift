import CLinux
import Crypto
import Foundation
import Glibc
import SettleModel

/// The folder that finance reads from: replaced as a whole, so that nobody ever sees half a report.
///
/// A new report is written beside the old one and takes its place in one step of the file system. What settle did not
/// write itself is carried over: a `breaks.csv` that finance has edited becomes `breaks.edited-1.csv`.
struct ReportFolder {
  let path: String
  /// Where the next report is written until it is whole.
  let staging: String
  /// What the paths of all folders begin with in which runs stage this report.
  let stagingPrefix: String

  /// The hashes of what settle wrote, so that it can tell what somebody has edited.
  static let manifest = ".settle-manifest"

  /// - Parameter token: the run's own, so that a run that was paused cannot write into its successor's.
  init(path: String, token: Int64) {
    let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
    self.path = absolute
    let url = URL(fileURLWithPath: absolute)
    let parent = url.deletingLastPathComponent().path
    stagingPrefix = (parent == "/" ? "" : parent) + "/.\(url.lastPathComponent).next-"
    staging = stagingPrefix + "\(token)"
  }

  /// Makes an empty staging folder.
  func prepare() throws {
    try refuseOtherContents()
    do {
      try removeLeftovers()
      try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
    } catch {
      throw cannotBeMade
    }
  }

  var cannotBeMade: Failure {
    Failure(
      status: .configuration,
      message: "the folder for reports cannot be made beside \(path): check --out and its permissions")
  }

  /// What is there already must be a report, or at least no folder of something else.
  func refuseOtherContents() throws {
    guard !FileManager.default.fileExists(atPath: path) || isFolder(path) else {
      throw Failure(status: .configuration, message: "\(path) is a file: name a folder for reports with --out")
    }
    if try contents(of: path).contains(where: { isFolder(path + "/" + $0) }) {
      throw Failure(
        status: .configuration, message: "\(path) holds folders of its own: name a folder for reports alone with --out")
    }
  }

  /// What a run that was killed had staged.
  private func removeLeftovers() throws {
    let url = URL(fileURLWithPath: path)
    let parent = url.deletingLastPathComponent().path
    for name in try contents(of: parent) where name.hasPrefix(".\(url.lastPathComponent).next-") {
      try FileManager.default.removeItem(atPath: parent + "/" + name)
    }
  }

  /// The hashes of the staged files that are the same whenever the report is written, by name: read once, for all who
  /// need them.
  func hashStaged() throws -> [String: String] {
    try contents(of: staging).filter { $0 != "run_results.json" }.reduce(into: [:]) { hashes, name in
      hashes[name] = try hash(staging + "/" + name)
    }
  }

  /// How many files the next report has so far.
  var staged: Int64 { get throws { Int64(try contents(of: staging).count) } }

  /// Puts the staged report in place. Returns under which names it kept what somebody had edited.
  ///
  /// - Parameter hashes: of the staged files, by ``hashStaged()``.
  func publish(_ hashes: [String: String]) throws -> [String] {
    let old = try manifestOfOld()
    let kept = try contents(of: path).sorted().filter { $0 != Self.manifest }.compactMap { name in
      try carryOver(name, written: hashes, writtenBefore: old[name])
    }
    let manifest = hashes.sorted { $0.key < $1.key }.map { "\($1)  \($0)\n" }
    try ReportFile.write(manifest.joined(), as: Self.manifest, in: staging)
    try swap()
    // The old report, which nobody looks for any more; what stays of it goes with the next one.
    try? FileManager.default.removeItem(atPath: staging)
    return kept
  }

  /// Keeps a file that settle did not write, under a name of its own where the report has one of that name.
  private func carryOver(_ name: String, written: [String: String], writtenBefore: String?) throws -> String? {
    guard name != "run_results.json" else { return nil }
    let source = path + "/" + name
    guard let writtenNow = written[name] else {
      // A file that an earlier version wrote and this one does not goes; anything else was put there by somebody.
      if try writtenBefore != hash(source) { try link(source, to: staging + "/" + name) }
      return nil
    }
    let found = try hash(source)
    guard found != writtenBefore, found != writtenNow else { return nil }
    let url = URL(fileURLWithPath: name)
    let base = url.deletingPathExtension().lastPathComponent
    var number = 1
    var kept: String { "\(base).edited-\(number).\(url.pathExtension)" }
    while FileManager.default.fileExists(atPath: path + "/" + kept)
      || FileManager.default.fileExists(atPath: staging + "/" + kept)
    {
      number += 1
    }
    try link(source, to: staging + "/" + kept)
    return kept
  }

  /// Exchanges the two folders in one step; the first report has nothing to exchange with.
  private func swap() throws {
    guard FileManager.default.fileExists(atPath: path) else {
      guard rename(staging, path) == 0 else { throw notWritable }
      return
    }
    guard linux_exchange(staging, path) == 0 else { throw notWritable }
  }

  private var notWritable: Failure {
    Failure(
      status: .configuration,
      message: "\(path) cannot be replaced (\(String(cString: strerror(errno)))): check --out and its permissions")
  }

  private func manifestOfOld() throws -> [String: String] {
    guard let data = FileManager.default.contents(atPath: path + "/" + Self.manifest) else { return [:] }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").reduce(into: [:]) { hashes, line in
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { hashes[parts[1].trimmingCharacters(in: .whitespaces)] = String(parts[0]) }
    }
  }

  private func contents(of folder: String) throws -> [String] {
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  private func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  private func link(_ source: String, to target: String) throws {
    try FileManager.default.copyItem(atPath: source, toPath: target)
  }

  func hash(_ path: String) throws -> String {
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? handle.close() }
    var hash = SHA256()
    while let chunk = try handle.read(upToCount: 256 * 1024), !chunk.isEmpty { hash.update(data: chunk) }
    return hash.finalize().hexadecimal
  }
}
