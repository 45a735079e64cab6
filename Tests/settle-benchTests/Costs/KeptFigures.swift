import Foundation
import Testing

/// Figures that a later version is compared with, in files beside the tests.
enum KeptFigures {
  /// `scripts/figures` asks for it: what is found is then kept instead of compared with what was.
  static let areWritten = ProcessInfo.processInfo.environment["SETTLE_FIGURES"] == "write"

  static func areKept(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url(name).path) }

  static func read<Figures: Decodable>(_ name: String) throws -> Figures {
    try JSONDecoder().decode(Figures.self, from: Data(contentsOf: url(name)))
  }

  /// What is compared with: what was kept, or what was found where that is kept now.
  static func keptOrFound<Figures: Codable>(_ name: String, found: Figures) throws -> Figures {
    guard areWritten else { return try read(name) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try (encoder.encode(found) + Data("\n".utf8)).write(to: url(name))
    return found
  }

  /// Fails where a figure has grown by more than the tolerance, in percent. A few more are let pass, for the small ones.
  static func expect(
    _ found: Int, within percent: Int, of kept: Int, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      found * 100 <= kept * (100 + percent) + 5_000,
      """
      \(what): \(found), of which \(kept) were kept, and \(percent)% more are let pass. Where the cost is worth it, run \
      scripts/figures and read the diff.
      """, sourceLocation: sourceLocation)
  }

  private static func url(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Kept/\(name).json")
  }
}
