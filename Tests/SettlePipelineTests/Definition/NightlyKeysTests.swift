import SettleModel
import Testing

@testable import SettlePipeline

/// The shipped pipeline file names every key that a pipeline file may have, in use or in a comment.
struct NightlyKeysTests {
  /// A mapping of a pipeline file, and a file in which it holds nothing but a key that nobody knows.
  static let mappings: [(section: String?, yaml: String)] = [
    (nil, "{ KEY: 1 }"), ("ingest", "ingest: { KEY: 1 }"), ("ingest", "ingest: { sources: [{ KEY: 1 }] }"),
    ("charge", "charge: { KEY: 1 }"), ("charge", "charge: { retry: [{ KEY: 1 }] }"), ("import", "import: { KEY: 1 }"),
    ("import", "import: { sources: [{ KEY: 1 }] }"), ("reconcile", "reconcile: { KEY: 1 }"),
    ("reconcile", "reconcile: { match: [{ KEY: 1 }] }"), ("reconcile", "reconcile: { fees: [{ KEY: 1 }] }"),
    ("reconcile", "reconcile: { fx: { KEY: 1 } }"), ("bank", "bank: { KEY: 1 }"), ("refund", "refund: { KEY: 1 }"),
    ("refund", "refund: { rules: [{ KEY: 1 }] }"), ("fail_on", "fail_on: { KEY: 1 }"),
  ]

  /// What the reader of the mapping itself says that it knows.
  private func keys(_ yaml: String) throws -> [String] {
    let head = yaml.hasPrefix("{") ? "" : "pipeline: n\nprocessor: stripe\n"
    let error = try #require(throws: PipelineFileError.self) {
      try PipelineDefinition(yaml: head + yaml.replacing("KEY", with: "qqqqqqqqqqqqqqqq"), file: "n.yaml")
    }
    let known = try #require(error.message.split(separator: "known here: ").last, "\(error)")
    #expect(error.message.contains("unknown key; known here: "), "\(error)")
    return known.split(separator: ", ").map(String.init)
  }

  /// The lines of a section, comments with their text, from its own key to the next one.
  private func lines(of section: String?, _ keys: [String]) throws -> [Substring] {
    let text = try #require(EmbeddedFiles.all.first { $0.name == "nightly.yaml" }).text
    let lines = text.split(separator: "\n")
    guard let section else { return lines.filter { !$0.hasPrefix(" ") } }
    func begins(_ line: Substring, _ key: String) -> Bool {
      line.hasPrefix("\(key):") || line.hasPrefix("# \(key):")
    }
    let start = try #require(lines.firstIndex { begins($0, section) })
    return Array(
      lines[start...].prefix { line in
        !keys.contains { $0 != section && begins(line, $0) }
      })
  }

  @Test(arguments: mappings)
  func namesEveryKnownKey(_ section: String?, _ yaml: String) throws {
    let known = try keys(yaml)
    #expect(!known.isEmpty)
    let lines = try lines(of: section, keys("{ KEY: 1 }"))
    for key in known {
      let pattern = try Regex("(^|[^A-Za-z_])\(key):( |$)")
      #expect(lines.contains { $0.contains(pattern) }, "\(yaml): nightly.yaml does not tell of \(key)")
    }
  }
}
