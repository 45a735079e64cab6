import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// Payments that another processor than the pipeline's charges: settle only reconciles them.
@Suite struct ChargedElsewhereTests {
  @Test func itIsAwaitedFromItsDateAndNeverCharged() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"), .order("B", 500))
      #expect(try await story.state("A") == "REQUESTED")
      #expect(try await story.state("B") == "REQUESTED, due 2026-11-20")
      let batch = try await story.claim()
      #expect(batch.attempts.map(\.payment) == [story.payment("B")])
      #expect(try await story.attempts("A") == [])
      let announced = try await story.store.rows("SELECT payload ->> 'paymentId' FROM outbox")
      #expect(announced == ["\(story.payment("B"))"])
      #expect(try await story.totals().contains("expected awaited 1 10.00 USD"))
      for broken in [[], [], ["missing_at_processor A open 10.00 USD/-"]] {
        try await story.reconcile(waiting: 2)
        #expect(try await story.breaks().filter { $0.contains(" A ") } == broken)
        _ = try await story.totals()
        await story.next()
      }
    }
  }

  @Test func reportedMoneyOfItsProcessorMakesItSucceeded() async throws {
    try await Story.tell { story in
      try await story.authorize(
        .order("A", 1_000, at: "adyen"), .order("B", 500, hold: "psp_B", at: "adyen"), .order("C", 700, at: "adyen"))
      try await story.report(
        .charge("A", 1_000).naming(.init(order: "A")), .charge("B", 500).naming(.init(processorPayment: "psp_B")),
        of: "adyen")
      try await story.reconcile()
      #expect(try await story.state("A") == "SUCCEEDED by outcome")
      #expect(try await story.state("B") == "SUCCEEDED by outcome")
      #expect(
        try await story.matches() == ["charge A 10.00 USD order_reference", "charge B 5.00 USD processor_id"])
      #expect(try await story.breaks() == ["missing_at_processor C open 7.00 USD/-"])
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.store.faults() == [])
    }
  }

  /// An order's reference in one processor's file is no word about what another one was to charge.
  @Test func theOrderAloneLinksOnlyWithinItsProcessor() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"), .order("B", 500, id: "b1", at: "adyen"))
      try await story.report(
        .charge("A", 1_000).naming(.init(order: "A")), .charge("B", 500).naming(.init(order: "B")))
      try await story.reconcile(waiting: 1)
      #expect(
        try await story.breaks().sorted() == [
          "unexpected_charge A open -/10.00 USD", "unexpected_charge B open -/5.00 USD",
        ])
      #expect(try await story.state("A") == "REQUESTED")
    }
  }

  @Test func anotherProcessorForTheSameOrderIsAConflict() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"), .order("B", 500))
      let counts = try await story.authorize(
        .order("A", 1_000), .order("B", 500, at: "adyen"), .order("A", 1_000, at: "adyen"))
      #expect(counts.quarantined == 2)
      #expect(counts.ignored == 1)
      #expect(
        try await story.quarantined() == [
          "2 processor conflict: known with another processor: one authorization has one set of terms",
          "3 processor conflict: known with another processor: one authorization has one set of terms",
        ])
    }
  }

  /// Which card the other processor charges, and whether again after a decline, is not settle's affair.
  @Test func anotherInstrumentMakesNothingDue() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"))
      let counts = try await story.authorize(.order("A", 1_000, method: "pm_other", at: "adyen"))
      #expect(counts.ignored == 1)
      try await story.report(.failed("A").naming(.init(payment: story.payment("A"))), of: "adyen")
      #expect(try await story.state("A") == "FAILED CARD_DECLINED")
      try await story.authorize(.order("A", 1_000, method: "pm_third", at: "adyen"))
      #expect(try await story.state("A") == "FAILED CARD_DECLINED")
      #expect(try await story.claim().attempts.isEmpty)
      #expect(try await story.reserveCancellations().isEmpty)
      try await story.reconcile()
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func noRuleRefundsIt() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"))
      let row = Reported.charge("A", 1_000).changed { $0.references.payment = story.payment("A") }
      try await story.report(row, row.under("A2"), of: "adyen")
      try await story.reconcile()
      #expect(try await story.breaks() == ["duplicate_charge A open -/10.00 USD"])
      let context = await story.context()
      let candidates = try await story.read { try $0.refundCandidates(for: [.duplicateCharge], context: context) }
      let subject = try #require(candidates.first?.subject)
      let policy = RefundPolicy(
        rules: [RefundRule(when: .duplicateCharge, portion: .duplicate, limit: [subject.reported.currency: 9_999])],
        perRun: [subject.reported.currency: 9_999], perDay: [subject.reported.currency: 9_999])
      #expect(policy.decide(subject, spent: .init()) == .heldBack(.otherProcessor))
    }
  }
}
