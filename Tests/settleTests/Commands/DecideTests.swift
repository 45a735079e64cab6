import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import settle

/// `settle decide` as it is called: its lines, its JSON and its exit status.
@Suite struct DecideTests {
  /// A store with one open break, of money that nobody asked for, and a folder with its `breaks.csv`.
  private struct Desk {
    let store: Store
    let folder: String
    let environment: [String: String]
    let breaks: String

    func put(_ text: String) throws {
      try text.write(toFile: folder + "/breaks.csv", atomically: true, encoding: .utf8)
    }

    /// The open break decided so, in the file as finance had it.
    func write(_ decision: String, note: String = "") throws {
      var lines = breaks.split(separator: "\r\n").map(String.init)
      var cells = lines[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      cells[16] = decision
      cells[17] = note
      lines[1] = cells.joined(separator: ",")
      try put(lines.joined(separator: "\r\n") + "\r\n")
    }

    func settle(_ arguments: String..., adding variables: [String: String] = [:]) async throws -> Binary {
      try await Binary.run(arguments, environment: environment.merging(variables) { $1 }, in: folder)
    }

    func count(_ table: String) async throws -> String {
      try await store.rows("SELECT count(*)::text FROM \(identifier: table)").joined()
    }
  }

  private func with(_ body: (Desk) async throws -> Void) async throws {
    let story = try await SmallStory.happened()
    let folder = NSTemporaryDirectory() + "settle-decide-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let environment = ["DATABASE_URL": story.store.settings.conninfo]
    let breaks = try await Binary.run("breaks", "--status", "open", "--csv", environment: environment)
    try await body(Desk(store: story.store, folder: folder, environment: environment, breaks: breaks.output))
    await story.store.close()
  }

  @Test func aDecisionGoesFromTheFileToTheReport() async throws {
    try await with { desk in
      try desk.write("Accept", note: "of the other shop")
      let before = try await desk.store.fingerprint()
      let dry = try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21", "--dry-run", "--as", "alice")
      #expect(dry.status == 0, "\(dry.errors)")
      #expect(dry.output.hasSuffix("1 decided\ndry run: nothing was changed\n"))
      #expect(try await desk.store.fingerprint() == before)
      let taken = try await desk.settle(
        "decide", "breaks.csv", "--date", "2026-11-21", adding: ["SETTLE_USER": "alice"])
      #expect(taken.status == 0, "\(taken.errors)")
      #expect(taken.output.contains("breaks.csv, by alice, for "))
      let again = try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21", "--as", "bob")
      #expect(again.status == 0)
      #expect(again.output.contains("1 already decided\n"))
      #expect(try await desk.count("decisions") == "1")
      let verified = try await desk.settle("verify")
      #expect(verified.status == 0, "\(verified.output)")
      let listed = try await desk.settle("breaks", "--json")
      #expect(listed.output.contains(#""decision": "accept""#))
      #expect(listed.output.contains(#""note": "of the other shop""#))
      let told = try await desk.settle("explain", "ch_X")
      #expect(told.output.contains("decision  accept, by alice, for "))
      #expect(told.output.contains("note: of the other shop  [breaks.csv:2]"))
      let status = try await desk.settle("status")
      #expect(status.output.contains("1 decided"))
      #expect(try await desk.settle("retry").errors.contains("nothing to retry"))
    }
  }

  /// Each row says what it is about: whoever reads it need not look it up in the file.
  @Test func eachRowSaysWhatItIsAboutAndWhatBecameOfIt() async throws {
    try await with { desk in
      try desk.write("accept")
      let id = String(desk.breaks.split(separator: "\r\n")[1].prefix(36))
      let told = try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21", "--dry-run", "--as", "alice")
      let lines = told.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
      #expect(
        lines.prefix(2) == [
          "line break reason amount decision result", "2 \(id.prefix(8)) unexpected_charge 5.00 USD accept decided",
        ])
      try desk.write("Wait 2026-12-01")
      let refused = try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21", "--json")
      let object = try #require(try JSONSerialization.jsonObject(with: Data(refused.output.utf8)) as? [String: Any])
      let row = try #require((object["rows"] as? [[String: Any]])?.first)
      #expect(row["break_id"] as? String == id)
      #expect(row["break_reason"] as? String == "unexpected_charge")
      #expect([row["amount"], row["currency"]].map { $0 as? String } == ["5.00", "USD"])
      #expect(row["reason"] as? String == "unknown_decision")
      #expect((row["detail"] as? String)?.contains("wait:2026-12-01") == true)
      #expect(row["decision"] is NSNull && row["order_reference"] is NSNull)
    }
  }

  /// The limits that a decision is told of are those of the runs that carry it out.
  @Test func decisionsAreJudgedByThePipelineOfTheLastRun() async throws {
    try await with { desk in
      try desk.write("accept")
      func judge(_ arguments: String...) async throws -> (pipeline: String?, binary: Binary) {
        let words = ["decide", "breaks.csv", "--date", "2026-11-21", "--dry-run", "--json"] + arguments
        let binary = try await Binary.run(words, environment: desk.environment, in: desk.folder)
        let object = try JSONSerialization.jsonObject(with: Data((binary.output.isEmpty ? "{}" : binary.output).utf8))
        return ((object as? [String: Any])?["pipeline"] as? String, binary)
      }
      #expect(try await judge().pipeline == "nightly")
      for name in ["of-the-runs", "of-the-flag"] {
        try "pipeline: \(name)\nprocessor: stripe\n".write(
          toFile: "\(desk.folder)/\(name).yaml", atomically: true, encoding: .utf8)
      }
      let file = "\(desk.folder)/of-the-runs.yaml"
      try await desk.store.pool.transaction { db in
        _ = try db.execute("UPDATE runs SET arguments = \(["run", "--pipeline", file, "--date", "2026-11-20"])")
      }
      #expect(try await judge().pipeline == "of-the-runs")
      #expect(try await judge("--pipeline", "of-the-flag.yaml").pipeline == "of-the-flag")
      try FileManager.default.removeItem(atPath: file)
      let lost = try await judge().binary
      #expect(lost.status == 78)
      #expect(lost.errors.hasPrefix("settle: decisions are judged by the last run's pipeline, and that cannot be read"))
      #expect(lost.errors.contains("--pipeline"))
      #expect(try await judge("--pipeline", "of-the-flag.yaml").binary.status == 0)
    }
  }

  @Test func rowsThatAreRefusedEndWithOneAndSayWhy() async throws {
    try await with { desk in
      try desk.write("refund", note: "4242 4242 4242 4242")
      let refused = try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21", "--json")
      #expect(refused.status == 1)
      #expect(!refused.output.contains("4242"))
      let object = try #require(try JSONSerialization.jsonObject(with: Data(refused.output.utf8)) as? [String: Any])
      #expect((object["counts"] as? [String: Int])?["refused"] == 1)
      #expect(((object["rows"] as? [[String: Any]])?.first)?["reason"] as? String == "card_number")
      try desk.write("refund")
      let impossible = try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21")
      #expect(impossible.status == 1)
      #expect(impossible.output.contains("not_refundable: "))
      #expect(try await desk.count("decisions") == "0")
      #expect(try await desk.settle("verify").status == 0)
    }
  }

  @Test func whatIsNoSheetEndsWith65AndNoNameOrTwoWith64() async throws {
    try await with { desk in
      try desk.put("order,amount\n1,2\n")
      let refused = try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21")
      #expect(refused.status == 65)
      #expect(refused.errors.hasPrefix("settle: breaks.csv:1: the header has no column break_id"))
      #expect(try await desk.settle("decide", "nowhere.csv").status == 65)
      #expect(
        try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21", "--as", "a", "--approve-as", "b").status
          == 64)
      try desk.write("accept")
      #expect(try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21", "--as", " ").status == 64)
      #expect(try await desk.settle("decide").status == 64)
      #expect(try await desk.count("decisions") == "0")
    }
  }

  @Test func aDateThatIsStillToComeIsRefusedUnlessItIsMeant() async throws {
    try await with { desk in
      try desk.write("accept")
      let refused = try await desk.settle("decide", "breaks.csv", "--date", "2999-11-21")
      #expect(refused.status == 64)
      #expect(refused.errors.hasPrefix("settle: the date 2999-11-21 is still to come"))
      #expect(try await desk.count("decisions") == "0")
      let meant = try await desk.settle("decide", "breaks.csv", "--date", "2999-11-21", "--allow-future")
      #expect(meant.status == 0, "\(meant.errors)")
    }
  }

  @Test func whileARunHoldsTheStoreItIsTriedLater() async throws {
    try await with { desk in
      try desk.write("accept")
      let lease = try await Lease.acquire(desk.store.settings, run: UUID(), holder: "nightly")
      let ended = try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21")
      await lease.release()
      #expect(ended.status == 75)
      #expect(ended.errors.contains("another run holds the store"))
      #expect(try await desk.settle("decide", "breaks.csv", "--date", "2026-11-21").status == 0)
    }
  }
}
