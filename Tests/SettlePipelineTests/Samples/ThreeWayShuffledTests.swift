import Foundation
import Testing

@testable import SettlePipeline

/// The files of `samples/three-way` in other orders, under other names and in pieces, the processors' sources the other
/// way round: the same reports.
@Suite struct ThreeWayShuffledTests {
  /// How each table's rows are put into files: one by one, with a number that tells their places.
  private static func pieces(_ rows: [String]) -> [[String]] {
    let reversed = Array(rows.reversed())
    let odd = reversed.indices.filter { $0 % 2 == 1 }.map { reversed[$0] }
    let even = reversed.indices.filter { $0 % 2 == 0 }.map { reversed[$0] }
    // Some rows are in both files, as reports overlap.
    return [odd, even + odd.prefix(3)].filter { !$0.isEmpty }
  }

  private static func write(_ date: ThreeWayDate, into folder: String) throws {
    for file in try date.files() {
      let parts = file.split(separator: "/").map(String.init)
      try FileManager.default.createDirectory(atPath: "\(folder)/\(parts[0])", withIntermediateDirectories: true)
      let text = try date.text(of: file)
      for (number, piece) in (file.hasSuffix(".xml") ? statements(text) : table(text)).enumerated() {
        // The number before the name turns their order round, and the ending stays what the pipeline looks for.
        let path = "\(folder)/\(parts[0])/\(9 - number)-\(parts[1])"
        try Data(piece.utf8).write(to: URL(fileURLWithPath: path))
      }
    }
  }

  private static func table(_ text: String) -> [String] {
    let lines = text.split(separator: "\n").map(String.init)
    return pieces(Array(lines.dropFirst())).map { ([lines[0]] + $0).joined(separator: "\n") + "\n" }
  }

  /// Statements in reverse, each with its entries in reverse.
  private static func statements(_ text: String) -> [String] {
    func turned(_ text: String, _ tag: String) -> String {
      let (open, close) = ("      <\(tag)>\n", "      </\(tag)>\n")
      guard let start = text.range(of: open), let end = text.range(of: close, options: .backwards) else { return text }
      let parts = text[start.lowerBound..<end.upperBound].components(separatedBy: close).filter { !$0.isEmpty }
      return text[..<start.lowerBound] + parts.reversed().map { $0 + close }.joined() + text[end.upperBound...]
    }
    let (open, close) = ("    <Stmt>\n", "    </Stmt>\n")
    guard let start = text.range(of: open), let end = text.range(of: close, options: .backwards) else { return [text] }
    let parts = text[start.lowerBound..<end.upperBound].components(separatedBy: close).filter { !$0.isEmpty }
    let whole = parts.reversed().map { turned($0 + close, "Ntry") }
    return whole.map { text[..<start.lowerBound] + $0 + text[end.upperBound...] }
  }

  /// The pipeline with the sources of `import` in reverse.
  private static func writePipeline(into folder: String) throws -> String {
    let lines = try SampleFolder.text("three-way/pipeline.yaml").components(separatedBy: "\n")
    let sources = lines.indices.filter { lines[$0].hasPrefix("    - { path: ") }.dropFirst()
    var turned = lines
    for (place, source) in zip(sources, sources.reversed()) { turned[place] = lines[source] }
    let path = "\(folder)/pipeline.yaml"
    try Data(turned.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Where a row stands is another matter than what it says.
  private static func told(_ night: ThreeWayNights.Night, _ file: String) -> [String] {
    night.rows(file).map { row in
      row.filter { !["evidence", "bank_evidence"].contains($0.key) }.sorted { $0.key < $1.key }
        .map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
  }

  @Test func theOrderOfFilesAndRowsDoesNotMatter() async throws {
    let folder = NSTemporaryDirectory() + "settle-three-way-shuffled-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for date in ThreeWayDate.allCases { try Self.write(date, into: "\(folder)/\(date)") }
    let pipeline = try Self.writePipeline(into: folder)
    let shuffled = try await ThreeWayNights(again: false, pipeline: pipeline) { "\(folder)/\($0)" }
    for date in ThreeWayDate.allCases {
      let (night, other) = (try await ThreeWayNights.night(of: date), try shuffled.night(of: date))
      #expect(other.result.exitStatus == .done, "\(other.result.stages.compactMap(\.message)) \(other.result.messages)")
      for file in night.files.keys.sorted() where file.hasSuffix(".csv") {
        #expect(Self.told(other, file) == Self.told(night, file), "\(date) \(file)")
      }
    }
    #expect(shuffled.faults == [])
  }
}
