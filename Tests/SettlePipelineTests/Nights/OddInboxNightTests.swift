import Foundation
import Postgres
import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

/// What somebody has laid into the inbox by mistake is told, and harms nothing.
@Suite(.serialized) struct OddInboxNightTests {
  private static let yaml = """
    pipeline: test
    processor: stripe
    ingest: { sources: [{ path: "authorizations/*" }] }
    import: { sources: [{ path: "outcomes/*.csv" }, { path: "bank/*" }] }
    """

  /// A misspelt processor would be charged by nobody and missed by nobody.
  @Test func anOrderOfAnUnknownProcessorIsQuarantined() async throws {
    try await Night.with(yaml: Self.yaml) { night in
      try night.put(
        "order_id,amount,currency,payment_method,processor\nA,500,USD,pm_card_visa,\nB,700,USD,,adyenn\n"
          + "C,900,USD,,adyen\n", "authorizations/a.csv")
      try night.put(
        #"{"cartId":"3f6a1f0c-0b0e-4b8e-9d55-6a1d3c2f0010","amount":1,"currency":"USD","processor":"strippe"}"# + "\n",
        "authorizations/b.jsonl")
      let rehearsed = try await night.run(.ingest, dryRun: true)
      #expect(rehearsed.files.map(\.counts.quarantined) == [1, 1])
      let result = try await night.run()
      #expect(result.exitStatus == .done)
      #expect(try await night.states() == ["A SUCCEEDED", "C REQUESTED"])
      #expect(
        try night.rows("quarantine.csv").map { row in
          ["file", "line", "field", "reason"].map { row[$0] ?? "" }.joined(separator: " ")
        } == [
          "authorizations/a.csv 3 processor unknown_processor", "authorizations/b.jsonl 1 processor unknown_processor",
        ])
      let text = try String(contentsOfFile: night.folder + "/out/quarantine.csv", encoding: .utf8)
      #expect(text.contains("did you mean adyen?"))
    }
  }

  @Test func aFileThatNoSourceTakesIsToldByEachRun() async throws {
    try await Night.with(yaml: Self.yaml) { night in
      try night.put("order_id,amount,currency,payment_method\nA,500,USD,pm_card_visa\n", "authorizations/a.csv")
      try night.put("x", "outcomes/x.CSV.gz")
      let line = "no source takes outcomes/x.CSV.gz, so it was not read; sources take outcomes/*.csv"
      #expect(try await night.run(dryRun: true).messages.first == line)
      let result = try await night.run()
      #expect(result.exitStatus == .done)
      #expect(result.messages == [line])
      let before = try night.bytes()
      #expect(try await night.run().messages == [line])
      #expect(try night.bytes() == before)
    }
  }

  /// A statement that a bank sends twice in one file, with entries that read alike in it, is one.
  @Test(arguments: [(":28C:231/1", 1), (":28C:231/1", 3), (":28C:231", 2), (":28C:0", 2)])
  func aStatementTwiceInOneFileCountsOnce(number: String, copies: Int) async throws {
    let statement = """
      :20:START
      :25:12030000/0000202051
      \(number)
      :60F:C261119EUR100,00
      :61:2611201120C10,00NTRFNONREF
      :86:CARD TURNOVER
      :61:2611201120C10,00NTRFNONREF
      :86:CARD TURNOVER
      :61:2611201120D4,00NTRFNONREF//B-1
      :86:FEE
      :62F:C261120EUR116,00
      -

      """
    try await Night.with(yaml: Self.yaml) { night in
      func lines() async throws -> [String] {
        try await night.store.pool.session { db in
          try db.query("SELECT concat_ws(' ', count(*), sum(amount)) AS words FROM bank_lines") { try $0.get("words") }
        }
      }
      try night.put(String(repeating: statement, count: copies), "bank/twice.sta")
      let result = try await night.run(.importing, .reconcile)
      #expect(result.exitStatus == .done)
      let counts = try #require(result.files.first?.counts)
      #expect(counts.read == Int64(4 * copies))
      #expect(counts.accepted == 4)
      #expect(counts.ignored == Int64(4 * (copies - 1)))
      #expect(try await lines() == ["3 1600"])
      #expect(try await night.count("bank_statements") == 1)
      try night.put(String(repeating: statement, count: copies + 1), "bank/again.sta")
      try await night.run(.importing, .reconcile)
      #expect(try await lines() == ["3 1600"])
    }
  }
}
