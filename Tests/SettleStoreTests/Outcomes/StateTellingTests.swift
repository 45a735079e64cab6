import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct StateTellingTests {
  @Test func aReportedChargeSettlesAnUnknownAttempt() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.unknown("A")
      try await story.report(.charge("A", 1_000).changed { $0.references.payment = story.payment("A") })
      #expect(try await story.state("A") == "SUCCEEDED by outcome")
      #expect(try await story.attempts("A") == ["1 succeeded"])
      // Its ids are known from then on.
      try await story.report(.dispute("A", -1_000, dp: "dp_1"))
      #expect(
        try await story.store.rows("SELECT linked_by FROM outcome_records ORDER BY kind") == [
          "payment_id", "processor_id",
        ])
    }
  }

  @Test func aReportedChargeMakesAFailedPaymentSucceedAndAPersonLook() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000))
      try await story.claim()
      for order in ["A", "B"] { try await story.declined(order, made: "pi_\(order)") }
      // B was to be tried again with another payment method; A's failure was final.
      try await story.authorize(.order("B", 1_000, method: "pm_b"))
      try await story.report(.charge("A", 1_000), .charge("B", 1_000))
      try await story.reconcile()
      #expect(try await story.state("A") == "SUCCEEDED by outcome")
      #expect(try await story.state("B") == "SUCCEEDED by outcome")
      #expect(
        try await story.breaks().sorted() == [
          "status_mismatch A open 10.00 USD/10.00 USD", "status_mismatch B open 10.00 USD/10.00 USD",
        ])
      #expect(try await story.claim().isLast)
    }
  }

  /// A second attempt was open: its success is no surprise.
  @Test func aReportedChargeOfALaterAttemptIsNoMismatch() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.declined("A", made: "pi_A")
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      try await story.claim()
      try await story.unknown("A", attempt: 2)
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      #expect(try await story.breaks() == [])
      #expect(try await story.attempts("A") == ["1 declined generic_decline", "2 succeeded"])
    }
  }

  @Test(arguments: [
    ("CARD_DECLINED", "CARD_DECLINED"), ("INSUFFICIENT_FUNDS", "INSUFFICIENT_FUNDS"),
    ("EXPIRED_CARD", "EXPIRED_CARD"), ("PROCESSING_ERROR", "PROCESSING_ERROR"),
    ("do_not_honor", "PROCESSING_ERROR"), (nil, "PROCESSING_ERROR"),
  ])
  func aReportedFailureIsKeptInTheContractsWords(reason: String?, kept: String) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.unknown("A", reference: "pi_A")
      try await story.report(.failed("A", reason: reason).at(await story.instant))
      #expect(
        try await story.store.rows("SELECT state, failure_reason, failure_code FROM payments")
          == ["FAILED \(kept) \(reason ?? "-")"])
      #expect(try await story.attempts("A") == ["1 declined" + (reason.map { " \($0)" } ?? "")])
    }
  }

  /// The row names another processor payment than the one that is the payment's own.
  @Test func anotherProcessorPaymentsFailureSaysNothing() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.unknown("A", reference: "pi_A")
      let row = Reported.failed("B").changed { $0.references.payment = story.payment("A") }
      try await story.report(row.at(await story.instant))
      #expect(try await story.attempts("A") == ["1 open timeout"])
    }
  }

  /// An order's reference may be another system's: it settles only what settle has never asked for.
  @Test func whatOnlyAnOrderReferenceSuggestsIsNoProof() async throws {
    try await Story.tell { story in
      let orders = ["UNSENT", "OTHER AMOUNT", "OPEN", "DECLINED"]
      for order in orders { try await story.authorize(.order(order, 1_000)) }
      try await story.store.execute(
        "UPDATE payments SET charge_due_on = '2026-12-31' WHERE order_reference IN ('UNSENT', 'OTHER AMOUNT')")
      try await story.claim()
      try await story.declined("DECLINED")
      try await story.report(
        orders.map { order in
          Reported.charge(order, order == "OTHER AMOUNT" ? 900 : 1_000).naming(
            .init(order: order, processorPayment: "pi_\(order)"))
        })
      try await story.reconcile()
      #expect(try await story.state("UNSENT") == "SUCCEEDED by outcome")
      #expect(try await story.state("OTHER AMOUNT") == "REQUESTED, due 2026-12-31")
      #expect(try await story.attempts("OPEN") == ["1 open"])
      #expect(try await story.state("DECLINED") == "FAILED generic_decline")
      // What is reported as taken and is not believed in is for a person, never quietly matched.
      #expect(
        try await story.breaks().sorted() == [
          "amount_mismatch OTHER AMOUNT open 10.00 USD/9.00 USD", "status_mismatch DECLINED open 10.00 USD/10.00 USD",
          "status_mismatch OPEN open 10.00 USD/10.00 USD",
        ])
      #expect(try await story.store.rows("SELECT value FROM payment_references") == [])
      try await story.charged("OPEN")
      try await story.reconcile()
      #expect(try await story.matches().contains("charge OPEN 10.00 USD processor_id"))
    }
  }

  /// A failure from before the attempt was stored is an earlier attempt's.
  @Test func anOldFailureSaysNothingOfANewAttempt() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      let before = await story.instant
      await story.wait(.seconds(60))
      try await story.claim()
      try await story.report(.failed("A").naming(.init(payment: story.payment("A"))).at(before))
      #expect(try await story.attempts("A") == ["1 open"])
      #expect(try await story.state("A") == "REQUESTED")
    }
  }

  @Test func rowsThatTellStatesOnlyAreNotReportedMoney() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.unknown("A", reference: "pi_A")
      try await story.report([.charge("A", 900)], money: false)
      #expect(try await story.state("A") == "SUCCEEDED by outcome")
      try await story.reconcile(waiting: 1)
      #expect(try await story.breaks() == [])
      #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected awaited 1 10.00 USD"])
      try await story.report(Reported.charge("A", 1_000).row("settled"))
      try await story.reconcile(waiting: 1)
      #expect(try await story.matches() == ["charge A 10.00 USD processor_id"])
    }
  }

  enum RefundTelling: String, Sendable, CaseIterable { case answered, reported, failed }

  /// A refund that was processed and failed after all is a break, in whatever order the files tell it.
  @Test(arguments: [
    [RefundTelling.answered, .reported, .failed], [.answered, .failed, .reported], [.reported, .failed],
    [.failed, .reported], [.reported, .failed, .answered], [.failed, .reported, .answered], [.failed, .answered],
  ])
  func aRefundsFailureStandsWhateverTheOrder(tellings: [RefundTelling]) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      let refund = try await story.refund(.amountMismatch, answer: nil)
      let references = OutcomeRecord.References(
        payment: story.payment("A"), refund: refund.order.refund, processorRefund: "re_1")
      let (processed, failed) = (await story.instant, await story.instant.adding(.seconds(3_600)))
      for telling in tellings {
        switch telling {
        case .answered: try await story.record(.processed(reference: "re_1"), of: refund)
        case .reported: try await story.report(.refund("A", -500, re: "re_1").naming(references).at(processed))
        case .failed: try await story.report(.refundFailure("A", 500, re: "re_1").naming(references).at(failed))
        }
      }
      try await story.reconcile()
      #expect(
        try await story.store.rows(
          "SELECT state, (processed_at IS NOT NULL)::text, (failed_at IS NOT NULL)::text FROM refunds")
          == ["FAILED true true"])
      let open = try await story.read { try $0.breaks(reason: nil, open: true, limit: nil).map(\.reason) }
      #expect(open.contains(.refundFailed))
    }
  }

  @Test func aReportedRefundIsProcessed() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      try await story.refund(.amountMismatch, answer: .pending(reference: "re_1"))
      #expect(try await story.store.rows("SELECT state FROM refunds") == ["REQUESTED"])
      await story.next()
      try await story.report(.refund("A", -500, re: "re_1"))
      try await story.reconcile()
      #expect(
        try await story.store.rows("SELECT state, processed_on::text, processor_refund FROM refunds") == [
          "PROCESSED 2026-11-21 re_1"
        ])
      #expect(try await story.matches() == ["refund A -5.00 USD processor_id"])
      #expect(try await story.breaks() == ["amount_mismatch A resolved 10.00 USD/15.00 USD"])
    }
  }

  /// A file of money and one of states come on the same night, in either order, of an order that settle never charged.
  @Test(arguments: [false, true])
  func aFailureDeniesTheMoneyOfItsNightWhicheverComesFirst(isMoneyFirst: Bool) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000), .order("C", 1_000))
      let later = await story.instant.adding(.seconds(60))
      func told(_ order: String, _ row: Reported) -> Reported {
        row.changed { $0.references.payment = story.payment(order) }
      }
      let failures = [
        told("A", .failed("A").row(nil).at(later)),
        // The shop was told of both, and B's card was tried again.
        told("B", .failed("B").row(nil).at(later)), told("B", .charge("B", 1_000).row(nil).at(later)),
      ]
      let money = ["A", "B", "C"].map { order in
        Reported.charge(order, 1_000).changed { $0.references.order = order }
      }
      if isMoneyFirst { try await story.report(money, file: "money.csv") }
      try await story.report(failures, file: "states.csv", money: false)
      if !isMoneyFirst { try await story.report(money, file: "money.csv") }
      try await story.reconcile()
      let breaks = try await story.breaks()
      #expect(breaks == ["status_mismatch A open 10.00 USD/10.00 USD"])
      #expect(try await story.store.faults() == [])
      // What was matched on an earlier night stays so.
      await story.next()
      try await story.report(told("C", .failed("C").row(nil).at(later)), file: "late.csv", money: false)
      try await story.reconcile()
      #expect(try await story.breaks() == breaks)
    }
  }
}
