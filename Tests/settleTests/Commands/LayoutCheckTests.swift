import Foundation
import Testing

@testable import settle

/// A file whose times carry no offset, looked at by itself.
@Suite struct LayoutCheckTests {
  private static let report = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../samples/stripe-payout-reconciliation/odd-report-zone.csv").standardizedFileURL.path

  private static let what = """
    settle: \(report):1: the times in "created" carry no offset, and nobody said which zone the report was made in; \
    add --zone, such as --zone America/New_York; 
    """

  /// A folder with the report in its inbox, and pipelines.
  private func with(_ pipelines: [String: String], _ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "settle-zone-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder + "/inbox/a", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, sources) in pipelines {
      try "pipeline: n\nprocessor: stripe\nimport: { sources: [\(sources)] }\n"
        .write(toFile: "\(folder)/\(name).yaml", atomically: true, encoding: .utf8)
    }
    try FileManager.default.copyItem(atPath: Self.report, toPath: folder + "/inbox/a/report.csv")
    try await body(folder)
  }

  @Test func withoutAZoneItSaysWhatToAdd() async throws {
    let plain = try await Binary.run("layout", "check", Self.report)
    #expect(plain.status == 65)
    #expect(plain.output.isEmpty)
    #expect(
      plain.errors == Self.what
        + "a pipeline file whose source names it (zone: America/New_York) goes with --pipeline\n")
  }

  @Test func theFlagNamesIt() async throws {
    let told = try await Binary.run("layout", "check", Self.report, "--zone", "America/New_York")
    #expect(told.status == 0, "\(told.errors)")
    #expect(told.output.contains("3 rows: 2 accepted, 1 quarantined, 0 ignored\n"))
    #expect(told.output.contains("times without an offset are of America/New_York\n"))
    let json = try await Binary.run("layout", "check", Self.report, "--zone", "UTC", "--json")
    #expect(json.output.contains("\"zone\": \"UTC\""))
    #expect(json.output.contains("\"accepted\": 3"))
  }

  @Test(arguments: [("America/New_Yrok", "did you mean America/New_York?"), ("CET", "write UTC or an IANA name")])
  func aZoneThatIsNoneIsUsage(zone: String, says: String) async throws {
    let refused = try await Binary.run("layout", "check", Self.report, "--zone", zone)
    #expect(refused.status == 64)
    #expect(refused.errors.contains("--zone: \"\(zone)\" is no time zone; \(says)"), "\(refused.errors)")
  }

  @Test func thePipelinesSourcesNameIt() async throws {
    let (york, berlin) = ("zone: America/New_York", "zone: Europe/Berlin")
    try await with([
      "one": "{ path: \"b/*\", \(york) }", "two": "{ path: \"b/*\", \(york) }, { path: \"c/*\", \(berlin) }",
      "none": "{ path: \"a/*\" }", "found": "{ path: \"b/*\", \(berlin) }, { path: \"a/*\", \(york) }",
    ]) { folder in
      func check(_ pipeline: String, _ file: String = Self.report) async throws -> Binary {
        try await Binary.run("layout", "check", file, "--pipeline", "\(pipeline).yaml", in: folder)
      }
      let quarantinedInNewYork = "3 rows: 2 accepted, 1 quarantined, 0 ignored"
      #expect(try await check("one").output.contains(quarantinedInNewYork))
      #expect(try await check("found", "inbox/a/report.csv").output.contains(quarantinedInNewYork))
      let two = try await check("two")
      #expect(two.status == 65)
      #expect(two.errors == Self.what + "the pipeline's sources name several (America/New_York, Europe/Berlin)\n")
      let none = try await check("none", "inbox/a/report.csv")
      #expect(none.status == 65)
      #expect(none.errors.hasSuffix("no source of none.yaml that may find it names one (zone: America/New_York)\n"))
    }
  }

  /// As all mistakes of a pipeline file: with line and nearest name.
  @Test func aZoneThatIsNoneIsRefusedWithThePipeline() async throws {
    try await with(["wrong": "{ path: \"a/*\", zone: Europe/Berln }"]) { folder in
      let refused = try await Binary.run(
        "layout", "check", "inbox/a/report.csv", "--pipeline", "wrong.yaml", in: folder)
      #expect(refused.status == 78)
      #expect(
        refused.errors == "settle: wrong.yaml:3: import.sources[0].zone: \"Europe/Berln\" is no time zone; did you mean"
          + " Europe/Berlin?\n")
    }
  }

  /// Every row is told: what it became, and why it was left out.
  @Test func aStatementsRowsAddUp() async throws {
    let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../samples").path
    let told = try await Binary.run("layout", "check", samples + "/mt940/plain.sta")
    #expect(told.status == 0, "\(told.errors)")
    #expect(
      told.output.contains(
        """
        6 rows: 5 accepted, 0 quarantined, 1 ignored
          accepted: 4 bank lines, 1 statement (with its balances, a row as in a run)
          ignored: 1 no_money (an amount of zero)

        """), "\(told.output)")
    let json = try await Binary.run("layout", "check", samples + "/mt940/plain.sta", "--json")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["read"] as? Int == 6)
    #expect(object["statements"] as? Int == 1)
    #expect(object["ignored_for"] as? [String: Int] == ["no_money": 1])
    #expect(object["quarantined_for"] as? [String: Int] == [:])
  }

  /// As a run would, by the processors that the pipeline knows.
  @Test func aProcessorThatNobodyKnowsIsTold() async throws {
    try await with(["plain": "{ path: \"a/*\" }", "klarna": "{ path: \"a/*\", processor: klarna }"]) { folder in
      try "order_id,amount,currency,processor\nA,1,USD,adyenn\nB,1,USD,klarna\n".write(
        toFile: folder + "/orders.csv", atomically: true, encoding: .utf8)
      let plain = try await Binary.run("layout", "check", "orders.csv", "--pipeline", "plain.yaml", in: folder)
      #expect(plain.output.contains("\n  quarantined: 2 unknown_processor\n"), "\(plain.output)")
      #expect(plain.output.contains("did you mean adyen?"))
      let klarna = try await Binary.run("layout", "check", "orders.csv", "--pipeline", "klarna.yaml", in: folder)
      #expect(klarna.output.contains("2 rows: 1 accepted, 1 quarantined, 0 ignored\n"), "\(klarna.output)")
    }
  }

  /// A layout of one's own that takes a shipped one's place says so wherever it counts.
  @Test func aReplacedLayoutIsTold() async throws {
    try await with(["n": "{ path: \"a/*\" }"]) { folder in
      let layouts = folder + "/layouts"
      try FileManager.default.createDirectory(atPath: layouts, withIntermediateDirectories: true)
      func write(_ text: String) throws {
        try text.write(toFile: layouts + "/mine.yaml", atomically: true, encoding: .utf8)
      }
      try write("layout: mt940\nextends: mt940\n")
      let refused = try await Binary.run("layout", "list", "--pipeline", "n.yaml", in: folder)
      #expect(refused.status == 78)
      #expect(
        refused.errors.hasPrefix("settle: layouts/mine.yaml:1: \"layout\" is the name of a shipped layout (mt940);"))
      try write("layout: mt940\nextends: mt940\nreplaces: shipped\n")
      let list = try await Binary.run("layout", "list", "--pipeline", "n.yaml", in: folder)
      #expect(list.status == 0, "\(list.errors)")
      #expect(
        list.output.split(separator: "\n").contains { $0.contains("mt940") && $0.contains("own, replaces shipped") })
      let sample = URL(fileURLWithPath: Self.report).deletingLastPathComponent().appending(path: "../mt940/plain.sta")
      let check = try await Binary.run("layout", "check", sample.path, "--pipeline", "n.yaml", in: folder)
      #expect(check.output.contains("\nread by layouts/mine.yaml, which takes the shipped layout's place\n"))
    }
  }
}
