import SettleModel
import SettleStore
import SettleTesting
import Testing

/// What facts of a date change in reports of earlier dates.
@Suite struct RestatementsTests {
  @Test func aPayoutThatGotMoreLinesIsRestated() async throws {
    try await Story.tell { (story) async throws in
      try await story.report(
        .charge("A", 1_000).fee(50).payout("po_1"), Reported.other(.payout, -1_040, row: "po_1").payout("po_1"))
      try await story.close()
      await story.next(days: 2)
      try await story.report(.charge("C", 100).fee(10).payout("po_1"), file: "o.csv")
      try await story.close()
      let rows = try await story.restated()
      #expect(
        rows == [
          // What did not add up does now.
          "2026-11-20 breaks.csv afa6c18e-18bb-a63e-bb87-67db839492ac status open>resolved USD",
          "2026-11-20 payouts.csv po_1 lines 1>2 USD o.csv", "2026-11-20 payouts.csv po_1 gross 10.00>11.00 USD o.csv",
          "2026-11-20 payouts.csv po_1 fees 0.50>0.60 USD o.csv",
          "2026-11-20 payouts.csv po_1 net 9.50>10.40 USD o.csv",
          "2026-11-20 payouts.csv po_1 remainder 0.90>0.00 USD o.csv",
        ], "\(rows)")
    }
  }

  /// Two processors may give one id to their payouts.
  @Test func aPayoutIsItsProcessors() async throws {
    try await Story.tell { (story) async throws in
      try await story.report(.charge("A", 1_000).payout("po_1"), of: "stripe")
      try await story.close()
      await story.next()
      try await story.report(.charge("B", 300).payout("po_1"), of: "adyen")
      try await story.close()
      // Of the one an earlier report told; the other one is new.
      #expect(try await story.restated() == [])
      await story.next()
      try await story.report(.charge("C", 200).payout("po_1"), file: "o.csv", of: "stripe")
      try await story.close()
      #expect(
        try await story.restated() == [
          "2026-11-20 payouts.csv po_1 lines 1>2 USD o.csv", "2026-11-20 payouts.csv po_1 gross 10.00>12.00 USD o.csv",
          "2026-11-20 payouts.csv po_1 net 10.00>12.00 USD o.csv",
        ])
    }
  }

  @Test func aRecordThatSaysSomethingElseIsRestated() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000), .order("J", 500, "JPY"))
      try await story.charge("A", "J")
      try await story.report(.charge("A", 1_000).fee(30), .charge("J", 500, "JPY"))
      try await story.close()
      await story.next()
      try await story.report(.charge("A", 1_000).fee(35).payout("po_1"), .charge("J", 400, "JPY"), file: "o.csv")
      try await story.close()
      #expect(
        try await story.restated() == [
          "2026-11-20 matched.csv A fee 0.30>0.35 USD o.csv:2", "2026-11-20 matched.csv A net 9.70>9.65 USD o.csv:2",
          "2026-11-20 matched.csv A payout_id >po_1 o.csv:2", "2026-11-20 matched.csv J net 500>400 JPY o.csv:3",
          "2026-11-20 matched.csv J rule processor_id> JPY o.csv:3",
          "2026-11-20 totals.csv J amount 500>400 JPY o.csv:3",
          "2026-11-20 totals.csv J bucket matched>amount_mismatch JPY o.csv:3",
        ])
    }
  }

  /// What a rule lets pass once more is matched still: the report that had it matched says only by which rule, and what
  /// was awaited by nobody is not late.
  @Test func aMatchThatIsMadeAnewIsNotLate() async throws {
    try await Story.tell { (story) async throws in
      let rules = MatchRules([MatchRule(by: [.id], tolerance: Tolerance(ofOthers: .init(minor: 5)))])
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000))
      try await story.reconcile(by: rules)
      try await story.publish("report", as: "breaks.csv")
      await story.next()
      try await story.report(.charge("A", 1_002), file: "o.csv")
      try await story.reconcile(by: rules)
      try await story.publish("report", as: "breaks.csv")
      let lines = [
        "2026-11-20 matched.csv A net 10.00>10.02 USD o.csv:2",
        "2026-11-20 matched.csv A rule processor_id>processor_id_tolerated USD o.csv:2",
        "2026-11-20 matched.csv A tolerated >0.02 USD o.csv:2",
        "2026-11-20 totals.csv A amount 10.00>10.02 USD o.csv:2",
      ]
      #expect(try await story.restated() == lines)
      await story.next()
      try await story.report(.charge("A", 1_300), file: "p.csv")
      try await story.reconcile(by: rules)
      #expect(
        try await story.restated().contains(
          "2026-11-21 totals.csv A bucket matched>amount_mismatch USD p.csv:2"))
      await story.next(days: -1)
      #expect(try await story.restated() == lines)
    }
  }

  /// A gap in Adyen's batch numbers is about no date's payments.
  @Test func aMissingBatchSaysNothingOfPayments() async throws {
    func row(_ order: String, batch: String) -> Reported { .charge(order, 100).changed { $0.batch = batch } }
    try await Story.tell { (story) async throws in
      try await story.report(row("X", batch: "1"), of: "adyen")
      try await story.close(waiting: 3)
      await story.next()
      try await story.authorize(.order("A", 100, at: "adyen"))
      try await story.report(row("Y", batch: "4"), of: "adyen")
      try await story.close(waiting: 3)
      let gaps = try await story.breakRows().filter { $0.reason == .fileMissing }
      #expect(gaps.count == 2)
      await story.next()
      try await story.report(
        row("A", batch: "5").changed { $0.references = .init(order: "A") }, file: "o.csv", of: "adyen")
      try await story.close(waiting: 3)
      #expect(
        try await story.restated().filter { $0.contains("bucket") }
          == ["2026-11-21 totals.csv A bucket awaited>matched USD o.csv:2"])
    }
  }

  @Test func endsThatDidNotLastAreRestated() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000), .order("B", 2_000))
      try await story.claim()
      try await story.charged("A")
      try await story.declined("B", made: "pi_B")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      try await story.refund(.amountMismatch)
      try await story.close()
      await story.next()
      try await story.report(
        .charge("B", 2_000), .refund("A", -500, re: "re_1"),
        .refundFailure("A", 500, re: "re_1").at(await story.instant))
      try await story.close()
      let lines = try await story.restated()
      #expect(lines.contains("2026-11-20 failed.csv B reason CARD_DECLINED>SUCCEEDED USD"))
      #expect(lines.contains("2026-11-20 refunds.csv A status PROCESSED>FAILED USD"))
    }
  }
}
