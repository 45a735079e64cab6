import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Refunds of nobody's that came back, as the processor's files tell.
@Suite struct ReversedRefundsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rows: [Reported]
    /// Order and amount of each unexpected refund that is still open.
    var open: [String]
  }

  private static func refund(_ amount: Int64, re: String = "re_9", row: String = "1") -> Reported {
    Reported.refund("A", -amount, re: re).row("refund_\(row)")
  }

  private static func back(_ amount: Int64, re: String = "re_9", row: String = "1") -> Reported {
    Reported.refundFailure("A", amount, re: re).row("back_\(row)")
  }

  private static func hour(_ hour: Int64) -> Timestamp {
    Timestamp(seconds: (BusinessDate("2026-11-20")?.startInUTC.seconds ?? 0) + hour * 3_600)
  }

  static let cases: [Case] = [
    Case(testDescription: "in one file and instant", rows: [back(300), refund(300)], open: []),
    Case(testDescription: "another refund's", rows: [refund(300), back(300, re: "re_8")], open: ["A -3.00 USD"]),
    Case(testDescription: "another amount", rows: [refund(300), back(200)], open: ["A -3.00 USD"]),
    Case(
      testDescription: "another currency",
      rows: [refund(300), back(300).changed { $0.gross = Money(300, "EUR") }], open: ["A -3.00 USD"]),
    Case(
      testDescription: "of an earlier one", rows: [refund(300).at(hour(2)), back(300).at(hour(1))],
      open: ["A -3.00 USD"]),
    Case(
      testDescription: "refunded once more under the same id",
      rows: [refund(300).at(hour(1)), back(300).at(hour(2)), refund(300, row: "2").at(hour(3))],
      open: ["A -3.00 USD"]),
    Case(
      testDescription: "twice each",
      rows: [
        refund(300).at(hour(1)), back(300).at(hour(2)), refund(300, row: "2").at(hour(3)),
        back(300, row: "2").at(hour(4)),
      ], open: []),
    Case(
      testDescription: "only one of two", rows: [refund(300), refund(300, row: "2"), back(300).at(hour(23))],
      open: ["A -3.00 USD"]),
    Case(
      testDescription: "nobody's, named by the refund alone",
      rows: [
        refund(300).naming(.init(processorRefund: "re_9")), back(300).naming(.init(processorRefund: "re_9")),
      ], open: []),
    Case(
      testDescription: "without an id of the refund",
      rows: [
        refund(300).changed { $0.references.processorRefund = nil },
        back(300).changed { $0.references.processorRefund = nil },
      ], open: ["A -3.00 USD"]),
  ]

  @Test(arguments: cases) func whatCameBackIsNoBreak(_ it: Case) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000))
      try await story.report(it.rows)
      try await story.reconcile()
      #expect(try await story.openBreaks(.unexpectedRefund) == it.open)
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.store.faults() == [])
      let totals = try await story.totals()
      #expect(!totals.contains { $0.contains("unmatched") }, "\(totals)")
      let before = try await story.fingerprint()
      try await story.reconcile()
      #expect(try await story.fingerprint() == before)
      // On later dates only what is open is an item.
      await story.next()
      try await story.reconcile()
      #expect(
        try await story.totals().filter { $0.hasPrefix("reported") && $0.contains("refund") }
          == it.open.map { _ in "reported unexpected_refund 1 -3.00 USD" })
    }
  }

  /// The break ends on the date that tells of the reversal; the report of the date before has it still.
  @Test func theBreakEndsWithTheReversal() async throws {
    try await Story.tell { story in
      try await story.report(Self.refund(300))
      try await story.reconcile()
      #expect(try await story.breaks() == ["unexpected_refund - open -/-3.00 USD"])
      let first = try await story.totals()
      await story.next()
      try await story.report(Self.back(300).at(await story.instant))
      try await story.reconcile()
      #expect(try await story.breaks() == ["unexpected_refund - resolved -/-3.00 USD"])
      #expect(
        try await story.totals() == [
          "reported all 2 0.00 USD", "reported refund_failure 1 3.00 USD", "reported unexpected_refund 1 -3.00 USD",
        ])
      await story.next()
      try await story.reconcile()
      #expect(try await story.totals() == [])
      await story.next(days: -2)
      #expect(try await story.totals() == first)
    }
  }
}
