import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// A refund from its request to its end, which may come long after its success.
@Suite struct RefundLifeTests {
  /// 15.00 were taken instead of 10.00, and 5.00 are asked for.
  private func asked(_ body: (Story, StoredRefund) async throws -> Void) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      try await body(story, try #require(try await story.refund(.amountMismatch, answer: nil)))
    }
  }

  private func state(_ story: Story) async throws -> [String] {
    try await story.store.rows("SELECT state, processor_state, processor_refund, failure FROM refunds")
  }

  private func held(_ story: Story) async throws -> [String] {
    try await story.breakRows().map { "\($0.reason.rawValue) \($0.open) \($0.heldBack?.rawValue ?? "-")" }
  }

  private func reserved(_ story: Story) async throws -> [String] {
    try await story.store.rows("SELECT captured::text, refund_reserved::text FROM charge_allowances")
  }

  struct Life: Sendable, CustomTestStringConvertible {
    var answers: [RefundResult]
    var state: String
    var asking: String
    var reserved: String
    var testDescription: String { "\(answers)" }
  }

  private static let pending = RefundResult.pending(reference: "re_1")
  private static let waiting = RefundResult.requiresAction(reference: "re_1")
  private static let processed = RefundResult.processed(reference: "re_1")
  private static let failed = RefundResult.failed(reference: "re_1", why: "lost_or_stolen_card")

  static let lives: [Life] = [
    Life(answers: [], state: "REQUESTED - - -", asking: "true -", reserved: "500"),
    Life(answers: [.unknown(why: "reset")], state: "REQUESTED - - -", asking: "true -", reserved: "500"),
    Life(answers: [pending], state: "REQUESTED pending re_1 -", asking: "true -", reserved: "500"),
    Life(answers: [pending, waiting], state: "REQUESTED requires_action re_1 -", asking: "true -", reserved: "500"),
    Life(answers: [pending, waiting, pending], state: "REQUESTED pending re_1 -", asking: "true -", reserved: "500"),
    Life(answers: [processed], state: "PROCESSED succeeded re_1 -", asking: "false -", reserved: "500"),
    Life(answers: [pending, processed], state: "PROCESSED succeeded re_1 -", asking: "false -", reserved: "500"),
    Life(
      answers: [pending, failed], state: "FAILED failed re_1 lost_or_stolen_card", asking: "true refund_failed",
      reserved: "0"),
    Life(
      answers: [waiting, .canceled(reference: "re_1")], state: "FAILED canceled re_1 canceled",
      asking: "true refund_canceled", reserved: "0"),
    Life(
      answers: [.failed(reference: nil, why: "charge_disputed")], state: "FAILED - - charge_disputed",
      asking: "true refund_refused", reserved: "0"),
    // After its success the break stays resolved: the failure is a break of its own.
    Life(
      answers: [processed, failed], state: "FAILED failed re_1 lost_or_stolen_card", asking: "false -", reserved: "0"),
    Life(
      answers: [processed, failed, processed, pending, .unknown(why: "late")],
      state: "FAILED failed re_1 lost_or_stolen_card", asking: "false -", reserved: "0"),
    // A refusal of the request says nothing about what was processed.
    Life(
      answers: [processed, .failed(reference: nil, why: "late")], state: "PROCESSED succeeded re_1 -",
      asking: "false -", reserved: "500"),
  ]

  @Test(arguments: lives)
  func eachAnswerMovesTheRefundAndItsBreak(life: Life) async throws {
    try await asked { story, refund in
      for answer in life.answers { try await story.record(answer, of: refund) }
      #expect(try await state(story) == [life.state])
      #expect(try await held(story) == ["amount_mismatch \(life.asking)"])
      #expect(try await reserved(story) == ["1500 \(life.reserved)"])
      // A rule never asks twice, whatever came of it.
      let context = await story.context()
      #expect(try await story.read { try $0.refundCandidates(for: [.amountMismatch], context: context) } == [])
      try await story.reconcile()
      #expect(try await held(story).first { $0.hasPrefix("amount") } == "amount_mismatch \(life.asking)")
    }
  }

  /// The defect that this mends: a failure on a later date took the success back from the earlier date's reports.
  @Test(arguments: [true, false])
  func reportsOfAnOlderDateSayWhatItKnew(byFile: Bool) async throws {
    try await asked { story, refund in
      try await story.record(Self.pending, of: refund)
      try await story.reconcile()
      let first = try await page(story)
      await story.next()
      try await story.record(Self.processed, of: refund)
      try await story.report(.refund("A", -500, re: "re_1"))
      try await story.reconcile()
      let second = try await page(story)
      await story.next()
      if byFile {
        try await story.report(.refundFailure("A", 500, re: "re_1").at(await story.instant))
      } else {
        try await story.record(Self.failed, of: refund)
      }
      try await story.reconcile()
      let third = try await page(story)
      await story.next()
      if !byFile { try await story.report(.refundFailure("A", 500, re: "re_1").at(await story.instant)) }
      try await story.reconcile()
      await story.next(days: -1)
      #expect(try await page(story) == third)
      await story.next(days: -1)
      #expect(try await page(story) == second)
      await story.next(days: -1)
      #expect(try await page(story) == first)
      #expect(first.contains("refund REQUESTED re_1"))
      #expect(first.contains("amount_mismatch A open 10.00 USD/15.00 USD - -"))
      #expect(second.contains("refund PROCESSED re_1"))
      #expect(second.contains("amount_mismatch A resolved 10.00 USD/15.00 USD refunded -"))
      #expect(third.contains("refund FAILED re_1"))
      #expect(third.contains("refund_failed A open -5.00 USD/0.00 USD - -"))
      #expect(
        try await story.store.rows(
          "SELECT processed_on::text, failed_on::text, (processed_at < failed_at)::text FROM refunds")
          == ["2026-11-21 2026-11-22 true"])
    }
  }

  /// Why a break is left to a person is not said before it was known.
  @Test func aLaterFailureIsNotToldOfAnEarlierDate() async throws {
    try await asked { story, refund in
      try await story.record(.unknown(why: "reset"), of: refund)
      let first = try await page(story)
      #expect(first.contains("refund REQUESTED -"))
      #expect(first.contains("expected unknown 1 -5.00 USD"))
      await story.next()
      try await story.record(Self.failed, of: refund)
      #expect(try await page(story).contains("amount_mismatch A open 10.00 USD/15.00 USD - refund_failed"))
      await story.next(days: -1)
      #expect(try await page(story) == first)
    }
  }

  /// A failure that the processor told before any file: what the files say afterwards is matched, and balances.
  @Test func filesThatComeAfterTheFailureBalance() async throws {
    try await asked { story, refund in
      try await story.record(Self.processed, of: refund)
      await story.next()
      try await story.record(Self.failed, of: refund)
      try await story.reconcile()
      #expect(try await story.breaks() == ["refund_failed A open -5.00 USD/0.00 USD"])
      await story.next()
      try await story.report(
        .refund("A", -500, re: "re_1"), .refundFailure("A", 500, re: "re_1").at(await story.instant))
      try await story.reconcile()
      #expect(
        try await story.totals() == [
          "expected all 1 -5.00 USD", "expected matched 1 -5.00 USD", "reported all 2 0.00 USD",
          "reported matched 1 -5.00 USD", "reported refund_failed 1 5.00 USD",
        ])
      await story.next()
      #expect(try await story.totals() == [])
    }
  }

  @Test func whatIsPendingIsNotMissing() async throws {
    try await asked { story, refund in
      try await story.record(Self.pending, of: refund)
      await story.next(days: 9)
      try await story.reconcile()
      #expect(try await held(story) == ["amount_mismatch true -"])
      try await story.record(Self.processed, of: refund)
      await story.next()
      try await story.reconcile()
      #expect(try await story.breaks() == ["missing_refund A open -5.00 USD/-"])
    }
  }

  /// An answer that nobody knows is a break once its key is gone, and is resolved when the look-up finds it after all.
  @Test func anUnknownAnswerIsABreakUntilItIsFound() async throws {
    try await asked { story, refund in
      try await story.record(.unknown(why: "reset"), of: refund)
      await story.next(days: 2)
      try await story.reconcile()
      #expect(try await story.breaks().contains("outcome_unknown A open -5.00 USD/-"))
      try await story.record(Self.processed, of: refund)
      try await story.reconcile()
      #expect(
        try await story.breaks() == [
          "amount_mismatch A resolved 10.00 USD/15.00 USD", "outcome_unknown A resolved -5.00 USD/-",
        ])
    }
  }

  /// Until when its key is relied on was fixed when it was stored, whatever the pipeline's margin is by now.
  @Test func itsBreakOpensWhenItsOwnKeyExpires() async throws {
    try await asked { story, _ in
      await story.wait(.seconds(79_000))
      try await story.reconcile()
      #expect(try await held(story) == ["amount_mismatch true -"])
      await story.wait(.seconds(1_000))
      try await story.reconcile()
      #expect(try await held(story) == ["amount_mismatch true -", "outcome_unknown true -"])
    }
  }

  @Test func whatMayStillMoveIsAskedAbout() async throws {
    try await asked { story, refund in
      func known(since days: Int = 30) async throws -> [KnownRefund] {
        let context = await story.context()
        return try await story.read {
          try $0.knownRefunds(processedSince: context.now.adding(.seconds(-days * 86_400)), context: context)
        }
      }
      #expect(try await known() == [])
      try await story.record(Self.waiting, of: refund)
      let waiting = try #require(try await known().first)
      #expect(waiting.order == refund.order)
      #expect((waiting.reference, waiting.state, waiting.isUnfinished) == ("re_1", .requiresAction, true))
      try await story.record(.unknown(why: "gone"), of: refund)
      #expect(try await known().map(\.isDoubted) == [true])
      try await story.record(Self.waiting, of: refund)
      #expect(try await known() == [waiting])
      await story.next(days: 60)
      #expect(try await known().map(\.reference) == ["re_1"])
      try await story.record(Self.processed, of: refund)
      #expect(try await known().map(\.isUnfinished) == [false])
      await story.next(days: 31)
      #expect(try await known() == [])
      try await story.record(Self.failed, of: refund)
      #expect(try await known(since: 365) == [])
    }
  }

  /// The date's refunds, breaks and totals.
  private func page(_ story: Story) async throws -> [String] {
    let date = await story.date
    var lines = try await story.breakRows().map { row in
      let amounts = [row.expected, row.reported].map { $0?.description ?? "-" }.joined(separator: "/")
      return "\(row.reason.rawValue) \(row.orderReference ?? "-") \(row.open ? "open" : "resolved") \(amounts)"
        + " \(row.resolution ?? "-") \(row.heldBack?.rawValue ?? "-")"
    }
    lines += try await story.read { db in
      var rows: [String] = []
      try db.forEachRefund(on: date) { rows.append("refund \($0.state.rawValue) \($0.processorReference ?? "-")") }
      return rows
    }
    return try await lines + story.totals()
  }
}
