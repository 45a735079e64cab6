import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// What a payout is made of, and when it is on its way.
@Suite struct PayoutSumsTests {
  private func mismatches(_ story: Story) async throws -> [String] {
    try await story.breaks().filter { $0.hasPrefix("payout") }
  }

  /// Another report of the same account that tells states only counts no money twice.
  @Test func onlyReportedMoneyMakesAPayout() async throws {
    try await Story.tell { story in
      let charge = Reported.charge("A", 10_000).fee(300).payout("po_state1")
      try await story.report(
        charge, Reported.other(.payout, -9_700, row: "txn_po").payout("po_state1"))
      try await story.report(charge.row("A1"), file: "states.csv", money: false)
      try await story.report(Reported.charge("B", 500).payout("po_states_only"), file: "b.csv", money: false)
      try await story.reconcile()
      #expect(try await mismatches(story) == [])
      #expect(try await story.payouts() == ["po_state1 USD 1 lines net 9700 paid 9700 bank - rest 0"])
      #expect(try await story.store.faults() == [])
      let before = try await story.fingerprint()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.fingerprint() == before)
    }
  }

  /// An instant payout costs a fee of its own, which the bank never sees.
  @Test(arguments: [true, false])
  func aPayoutsOwnFeeIsNotPaid(_ hasLines: Bool) async throws {
    try await Story.tell { story in
      if hasLines { try await story.report(.charge("A", 10_100).payout("po_instant1")) }
      try await story.report(
        Reported.other(.payout, -10_000, row: "txn_po").fee(100).payout("po_instant1"), file: "payout.csv")
      try await story.book(.line(10_000, text: "po_instant1"))
      #expect(try await story.reconcile().banked == 1)
      #expect(try await mismatches(story) == [])
      let lines = hasLines ? "1 lines net 10000" : "0 lines net -100"
      #expect(try await story.payouts() == ["po_instant1 USD \(lines) paid 10000 bank 100.00 USD rest 0"])
      #expect(try await story.store.rows("SELECT fees::text FROM payouts") == ["100"])
      #expect(try await story.store.faults() == [])
    }
  }

  /// Money of another currency than the payout's is in no payout that anybody could find.
  @Test func whatWasNotPaidInItsCurrencyIsABreak() async throws {
    try await Story.tell { story in
      try await story.report(
        .charge("A", 10_000, "EUR").payout("po_mixed1"), .charge("B", 5_000).payout("po_mixed1"),
        Reported.other(.payout, -10_000, "EUR", row: "txn_po").payout("po_mixed1"))
      try await story.book(.line(10_000, "EUR", text: "po_mixed1"), .line(100))
      try await story.reconcile()
      #expect(try await mismatches(story) == ["payout_mismatch - open 50.00 USD/0.00 USD"])
      #expect(
        try await story.payouts() == [
          "po_mixed1 EUR 1 lines net 10000 paid 10000 bank 100.00 EUR rest 0",
          "po_mixed1 USD 1 lines net 5000 paid 0 bank - rest -5000",
        ])
      #expect(try await story.store.faults() == [])
      await story.next()
      try await story.report(Reported.other(.payout, -5_000, row: "txn_po2").payout("po_mixed1"))
      try await story.reconcile()
      #expect(try await mismatches(story) == ["payout_mismatch - resolved 50.00 USD/0.00 USD"])
    }
  }

  /// Midnight is the processor's own (Tokyo) or UTC's; a day early, the payout would be missed too soon.
  @Test(
    arguments: [
      ("Asia/Tokyo", "2026-11-18T15:30:00Z", "2026-11-19T15:00:00Z", "2026-11-19 2026-11-20"),
      ("Asia/Tokyo", "2026-11-18T12:00:00Z", "2026-11-20T00:00:00Z", "2026-11-18 2026-11-20"),
      ("America/New_York", "2026-11-19T03:00:00Z", "2026-11-20T00:00:00Z", "2026-11-18 2026-11-20"),
      ("UTC", "2026-11-19T23:59:59Z", "2026-11-20T00:00:00Z", "2026-11-19 2026-11-20"),
    ])
  func daysAreThoseOfThePipeline(_ zone: String, _ sent: String, _ arrives: String, _ days: String) async throws {
    let (sent, arrives) = (try #require(Timestamp(rfc3339: sent)), Timestamp(rfc3339: arrives))
    try await Story.tell { story in
      try await story.report(
        Reported.other(.payout, -500, row: "txn_po").payout("po_days1").at(sent).changed { $0.availableOn = arrives })
      try await story.reconcile(bank: BankTerms(), zone: zone)
      #expect(try await story.store.rows("SELECT sent_on::text, arrives_on::text FROM payouts") == [days])
    }
  }
}
