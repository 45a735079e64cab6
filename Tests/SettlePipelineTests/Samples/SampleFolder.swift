import Foundation
import Testing

/// The project's `samples/`: inputs beside what is expected of them.
enum SampleFolder {
  static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../samples").standardizedFileURL.path

  /// `scripts/samples` asks for it: what is found is then written down as expected instead of compared with it.
  static let isWritten = ProcessInfo.processInfo.environment["SETTLE_SAMPLES"] == "write"

  /// The visible entries of a folder within it, sorted.
  static func entries(of folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)").filter { !$0.hasPrefix(".") }.sorted()
  }

  static func text(_ file: String) throws -> String { try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8) }

  /// Compares what was found with an expected file, or writes that file. A difference tells its first line.
  static func expect(_ found: String, in file: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = "\(path)/\(file)"
    if isWritten {
      let folder = (file as NSString).deletingLastPathComponent
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      return try Data(found.utf8).write(to: URL(fileURLWithPath: file))
    }
    let expected = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
    guard Array(found.utf8) != Array(expected.utf8) else { return }
    let (foundLines, expectedLines) = (lines(found), lines(expected))
    let line = zip(foundLines, expectedLines).prefix { $0 == $1 }.count
    Issue.record(
      """
      \(file) is not what was found; where what was found is right, run scripts/samples and read the diff.
      line \(line + 1) expected: \(line < expectedLines.count ? expectedLines[line] : "(the end)")
      line \(line + 1) found:    \(line < foundLines.count ? foundLines[line] : "(the end)")
      """, sourceLocation: sourceLocation)
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
  }
}
