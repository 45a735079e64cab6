import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// What of disputes is still gone, whatever came back.
@Suite struct OpenDisputesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rows: [Reported]
    /// Order and amount of each dispute that is still open.
    var open: [String]
  }

  private static func dispute(_ order: String, _ amount: Int64, dp: String? = "dp_1", row: String = "1") -> Reported {
    Reported.dispute(order, -amount, dp: dp ?? "").row("dispute_\(order)_\(row)").changed {
      $0.references.processorDispute = dp
    }
  }

  private static func back(_ order: String, _ amount: Int64, dp: String? = "dp_1", row: String = "1") -> Reported {
    Reported.disputeReversal(order, amount, dp: dp ?? "").row("back_\(order)_\(row)").changed {
      $0.references.processorDispute = dp
    }
  }

  private static func hour(_ hour: Int64) -> Timestamp {
    Timestamp(seconds: (BusinessDate("2026-11-20")?.startInUTC.seconds ?? 0) + hour * 3_600)
  }

  private static func nobodys(_ charge: String?) -> (inout OutcomeRecord) -> Void {
    { $0.references = .init(processorCharge: charge, processorDispute: $0.references.processorDispute) }
  }

  static let cases: [Case] = [
    Case(testDescription: "all came back", rows: [dispute("A", 1_000), back("A", 1_000)], open: []),
    Case(testDescription: "a part came back", rows: [dispute("A", 1_000), back("A", 400)], open: ["A -6.00 USD"]),
    Case(
      testDescription: "in parts",
      rows: [dispute("A", 1_000), back("A", 400), back("A", 500, row: "2"), back("A", 100, row: "3")], open: []),
    Case(testDescription: "nothing came back", rows: [dispute("A", 1_000)], open: ["A -10.00 USD"]),
    Case(
      testDescription: "another dispute's reversal",
      rows: [dispute("A", 1_000), back("A", 1_000, dp: "dp_2")], open: ["A -10.00 USD"]),
    Case(
      testDescription: "each row has its own id and names the charge",
      rows: [
        dispute("A", 1_000, dp: nil).changed(nobodys("ch_Z")), back("A", 1_000, dp: nil).changed(nobodys("ch_Z")),
      ], open: []),
    Case(
      testDescription: "a part of that",
      rows: [
        dispute("A", 1_000, dp: nil).changed(nobodys("ch_Z")), back("A", 400, dp: nil).changed(nobodys("ch_Z")),
      ], open: ["- -6.00 USD"]),
    Case(
      testDescription: "only one of the two names the dispute",
      rows: [dispute("A", 1_000, dp: "dp_1"), back("A", 1_000, dp: nil)], open: []),
    Case(
      testDescription: "another charge of the same payment",
      rows: [
        dispute("A", 1_000, dp: nil), back("A", 1_000, dp: nil).changed { $0.references.processorCharge = "ch_B" },
      ], open: ["A -10.00 USD"]),
    Case(
      testDescription: "disputed once more after it came back",
      rows: [
        dispute("A", 1_000).at(hour(1)), back("A", 1_000).at(hour(2)), dispute("A", 1_000, row: "2").at(hour(3)),
      ], open: ["A -10.00 USD"]),
    Case(
      testDescription: "the earliest is given back first",
      rows: [
        dispute("A", 600, dp: nil).at(hour(1)), dispute("A", 300, dp: nil, row: "2").at(hour(2)),
        back("A", 700, dp: nil).at(hour(3)),
      ], open: ["A -2.00 USD"]),
    Case(
      testDescription: "what came back before counts for nothing",
      rows: [dispute("A", 1_000).at(hour(2)), back("A", 1_000).at(hour(1))], open: ["A -10.00 USD"]),
    Case(
      testDescription: "more came back than was taken, and then it was taken again",
      rows: [
        dispute("A", 500).at(hour(1)), back("A", 1_000).at(hour(2)), dispute("A", 500, row: "2").at(hour(3)),
      ], open: ["A -5.00 USD"]),
    Case(
      testDescription: "the customer's currency on one side only",
      rows: [dispute("A", 1_080).presented(-1_000, "EUR"), back("A", 1_000)], open: ["A -0.80 USD"]),
    Case(
      testDescription: "another currency gives nothing back",
      rows: [
        dispute("A", 1_000), back("A", 1_000).changed { $0.gross = Money(1_000, "EUR") },
      ], open: ["A -10.00 USD"]),
  ]

  @Test(arguments: cases) func whatIsGoneIsABreak(_ it: Case) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000))
      try await story.report(it.rows)
      try await story.reconcile()
      #expect(try await story.openBreaks(.dispute) == it.open)
      #expect(try await story.store.faults() == [])
      let before = try await story.fingerprint()
      try await story.reconcile()
      #expect(try await story.fingerprint() == before)
    }
  }

  /// The break goes on under its id, with less, and ends when the rest comes.
  @Test func theBreakShrinksAndEnds() async throws {
    try await Story.tell { story in
      try await story.report(Self.dispute("Z", 1_000))
      try await story.reconcile()
      let first = try #require(try await story.breakRows().first)
      await story.next()
      try await story.report(Self.back("Z", 400).at(await story.instant))
      try await story.reconcile()
      #expect(try await story.breaks() == ["dispute - open -/-6.00 USD"])
      #expect(try await story.breakRows().first?.id == first.id)
      #expect(try await story.totals().contains("reported dispute 1 -10.00 USD"))
      await story.next()
      try await story.report(Self.back("Z", 600, row: "2").at(await story.instant))
      try await story.reconcile()
      #expect(try await story.breaks().allSatisfy { !$0.contains("open") })
      #expect(try await story.store.faults() == [])
    }
  }
}
