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
