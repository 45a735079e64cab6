import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Which night a file came on decides nothing that a name can decide.
@Suite struct BankOrderTests {
  private static func paid(_ amount: Int64, _ payout: String) -> Reported {
    Reported.other(.payout, -amount, row: "txn_\(payout)").payout(payout)
  }

  private func matched(_ story: Story) async throws -> [String] {
    try await story.store.rows(
      """
      SELECT p.reference, m.rule FROM bank_matches m JOIN bank_match_payouts u ON u.match_id = m.match_id
      JOIN payouts p ON p.payout_id = u.payout_id ORDER BY 1
      """)
  }

  @Test func aNameTakesALineFromAnAmount() async throws {
    try await Story.tell { story in
      try await story.report(Self.paid(10_000, "po_first00001"))
      try await story.book(.line(10_000, text: "STRIPE po_second0002"))
      try await story.reconcile()
      #expect(try await matched(story) == ["po_first00001 amount_and_date"])
      await story.next()
      try await story.report(Self.paid(10_000, "po_second0002"))
      try await story.reconcile()
      #expect(try await matched(story) == ["po_second0002 reference"])
      let before = try await story.fingerprint()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.fingerprint() == before)
      #expect(try await story.store.faults() == [])
      await story.next(days: 3)
      try await story.reconcile()
      let row = try #require(try await story.breakRows().first { $0.reason == .payoutNotInBank })
      #expect(row.processorReference == "po_first00001")
    }
  }

  /// A short name says which of two of an amount is meant, whichever comes first, and nothing of another amount.
  @Test(arguments: [(500, ["po_A2 amount_and_date"]), (501, ["po_A1 amount_and_date"])] as [(Int64, [String])])
  func aShortNameTakesALineFromItsOwnAmountOnly(_ amount: Int64, _ found: [String]) async throws {
    try await Story.tell { story in
      try await story.report(Self.paid(500, "po_A1"))
      try await story.book(.line(500, text: "STRIPE po_A2"))
      try await story.reconcile()
      #expect(try await matched(story) == ["po_A1 amount_and_date"])
      await story.next()
      try await story.report(Self.paid(amount, "po_A2"))
      try await story.reconcile()
      #expect(try await matched(story) == found)
      let before = try await story.fingerprint()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.fingerprint() == before)
      #expect(try await story.store.faults() == [])
    }
  }

  /// A sum too; and what it sets free is looked for again in the same night.
  @Test func aNameTakesALineFromASum() async throws {
    try await Story.tell { story in
      try await story.report(Self.paid(600, "po_first00001"), Self.paid(400, "po_second0002"))
      try await story.book(.line(1_000, text: "po_third00003"))
      try await story.reconcile()
      #expect(try await matched(story) == ["po_first00001 sum_of_payouts", "po_second0002 sum_of_payouts"])
      await story.next()
      try await story.report(Self.paid(1_000, "po_third00003"))
      try await story.book(.line(600))
      try await story.reconcile()
      #expect(try await matched(story) == ["po_first00001 amount_and_date", "po_third00003 reference"])
      #expect(try await story.store.faults() == [])
    }
  }

  /// Batch 12 is not named by what names batch 1, whose match stands.
  @Test func aNumberThatGoesOnIsAnother() async throws {
    try await Story.tell { story in
      try await story.report(Self.paid(5_000, "LongShopName/1"), of: "adyen")
      try await story.book(.line(5_000, text: "ADYEN LongShopName/1"))
      try await story.reconcile()
      await story.next()
      try await story.report(Self.paid(7_000, "LongShopName/12"), of: "adyen")
      try await story.book(.line(7_000, on: "2026-11-21", text: "ADYEN LongShopName/12"))
      try await story.reconcile()
      #expect(try await story.breaks() == [])
      #expect(try await matched(story) == ["LongShopName/1 reference", "LongShopName/12 reference"])
    }
  }

  /// Two lines of which the first, once explained, leaves few enough payouts to explain the second.
  @Test func aSecondRunFindsNothingElse() async throws {
    try await Story.tell { story in
      let amounts: [Int64] = [1_001, 1_999, 40_013, 59_987] + (0..<10).map { 70_001 + 701 * $0 }
      try await story.report(amounts.enumerated().map { Self.paid($0.element, "po_fix\(100 + $0.offset)") })
      try await story.book(.line(3_000), .line(100_000))
      #expect(try await story.reconcile().banked == 2)
      let before = try await story.fingerprint()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.fingerprint() == before)
    }
  }
}
