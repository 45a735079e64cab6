import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

@Suite struct BreakSettlementTests {
  private func overcharged(_ body: (Story) async throws -> Void) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      try await body(story)
    }
  }

  @Test func aRefundThatIsAnsweredResolvesItsBreakForGood() async throws {
    try await overcharged { story in
      try await story.refund(.amountMismatch)
      #expect(try await story.breaks() == ["amount_mismatch A resolved 10.00 USD/15.00 USD"])
      #expect(try await story.store.rows("SELECT resolution FROM breaks") == ["refunded"])
      // The files still say 15.00.
      #expect(try await story.reconcile() == ReconcileCounts())
      await story.next()
      try await story.report(.refund("A", -500, re: "re_1"))
      #expect(try await story.reconcile().opened == 0)
      #expect(try await story.breaks() == [])
    }
  }

  /// What comes on top of a refunded difference is another break, which no rule refunds and a person may; also where the
  /// new row happened before the first, so that it speaks for the charge.
  @Test(arguments: [-3_600, 3_600] as [Int64])
  func aDifferenceAfterARefundIsABreakThatFollows(later seconds: Int64) async throws {
    try await overcharged { story in
      try await story.refund(.amountMismatch)
      await story.next()
      try await story.report(.charge("A", 500).row("txn_A2").at(story.noon.adding(.seconds(seconds))))
      #expect(try await story.reconcile(waiting: 3).opened == 1)
      #expect(try await story.reconcile(waiting: 3) == ReconcileCounts())
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/20.00 USD"])
      let totals = try await story.totals()
      #expect(
        totals == [
          "expected all 2 5.00 USD", "expected amount_mismatch 1 10.00 USD", "expected awaited 1 -5.00 USD",
          "reported all 2 20.00 USD", "reported amount_mismatch 2 20.00 USD",
        ])
      let context = await story.context()
      #expect(try await story.read { try $0.refundCandidates(for: [.amountMismatch], context: context) } == [])
      let id = try #require(try await story.breakRows().first?.id)
      let matter = try await story.read { try $0.decidableBreaks([id], processor: "stripe")[id] }
      // What went back before does not go back again.
      #expect(try RefundPolicy.refundable(try #require(matter?.refundable)).get() == Money(500, "USD"))
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func aDifferenceWhileARefundIsUnderWayFollowsToo() async throws {
    try await overcharged { story in
      let refund = try await story.refund(.amountMismatch, answer: nil)
      try await story.report(.charge("A", 500).row("txn_A2"))
      #expect(try await story.reconcile().opened == 1)
      #expect(try await story.reconcile() == ReconcileCounts())
      let both: Set = ["amount_mismatch A open 10.00 USD/15.00 USD", "amount_mismatch A open 10.00 USD/20.00 USD"]
      #expect(Set(try await story.breaks()) == both)
      try await story.record(.processed(reference: "re_1"), of: refund)
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(
        Set(try await story.breaks()) == [
          "amount_mismatch A resolved 10.00 USD/15.00 USD", "amount_mismatch A open 10.00 USD/20.00 USD",
        ])
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func aRefundThatFailsLeavesOneBreakAsItIsNow() async throws {
    try await overcharged { story in
      let refund = try await story.refund(.amountMismatch, answer: nil)
      try await story.report(.charge("A", 500).row("txn_A2"))
      try await story.reconcile()
      try await story.record(.failed(reference: nil, why: "refused"), of: refund)
      try await story.reconcile()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(
        Set(try await story.breaks()) == [
          "amount_mismatch A open 10.00 USD/20.00 USD", "amount_mismatch A resolved 10.00 USD/20.00 USD",
        ])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func aRefundedBreakThatTheFilesOutgrewIsSeen() async throws {
    try await overcharged { story in
      try await story.refund(.amountMismatch)
      await story.next()
      try await story.report(.charge("A", 500).row("txn_A2"))
      // As if reconciling had passed over it.
      try await story.journal(.done, of: "reconcile")
      try await story.store.execute("UPDATE stage_runs SET started_at = started_at + interval '1 hour'")
      let faults = try await story.store.faults()
      #expect(faults.count { $0.hasPrefix("explained: 1 of") } == 1)
    }
  }

  @Test func aRefundUnderWayLeavesItOpen() async throws {
    try await overcharged { story in
      try await story.refund(.amountMismatch, answer: nil)
      try await story.reconcile()
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/15.00 USD"])
    }
  }

  @Test func aRefundThatIsRefusedLeavesItOpenForAPerson() async throws {
    try await overcharged { story in
      try await story.refund(.amountMismatch, answer: .failed(reference: nil, why: "charge_disputed"))
      try await story.reconcile()
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/15.00 USD"])
      let context = await story.context()
      #expect(try await story.read { try $0.refundCandidates(for: [.amountMismatch], context: context) } == [])
    }
  }

  @Test func whatAPersonResolvedStaysResolved() async throws {
    try await overcharged { story in
      try await story.store.execute(
        "UPDATE breaks SET status = 'resolved', resolved_on = first_seen, resolution = 'accepted'")
      #expect(try await story.reconcile() == ReconcileCounts())
      await story.next()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.breaks() == [])
      // It is settled: neither side carries it on.
      #expect(try await story.totals() == [])
    }
  }

  /// What had explained itself and is there again is the same break, as old as it was.
  @Test func anExplainedDifferenceThatComesBackIsTheSameBreak() async throws {
    try await overcharged { story in
      let first = try await story.breakRows()
      await story.next()
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      await story.next()
      try await story.report(.charge("A", 1_600))
      try await story.reconcile()
      let again = try await story.breakRows()
      #expect(again.map(\.id) == first.map(\.id))
      #expect(again.map(\.firstSeen) == first.map(\.firstSeen))
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/16.00 USD"])
    }
  }

  @Test func anotherAmountOfAnOpenBreakIsBroughtUpToDate() async throws {
    try await overcharged { story in
      try await story.report(.charge("A", 1_700))
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/17.00 USD"])
    }
  }

  @Test func whyItIsHeldBackIsKeptUntilItIsResolved() async throws {
    try await overcharged { story in
      let row = try #require(try await story.breakRows().first)
      let payment = story.payment("A")
      // What became of a refund is told where there is one: see RefundLifeTests.
      let ofRefunds: [RefundPolicy.Held] = [.refundRefused, .refundFailed, .refundCanceled]
      for held in RefundPolicy.Held.allCases where !ofRefunds.contains(held) {
        let context = await story.context()
        #expect(try await story.write { try $0.holdBack(row.id, of: payment, because: held, context: context) } == 1)
        #expect(try await story.write { try $0.holdBack(row.id, of: payment, because: held, context: context) } == 0)
        try await story.reconcile()
        #expect(try await story.breakRows().map(\.heldBack) == [held])
        let candidates = try await story.read { try $0.refundCandidates(for: [.amountMismatch], context: context) }
        #expect(candidates.map(\.heldBack) == [held])
      }
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      #expect(try await story.breakRows().map(\.heldBack) == [nil])
    }
  }
}
