import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct CancellationsTests {
  /// Order A, which has failed for good with `pi_A` left open at the processor.
  private func failed(_ body: (Story) async throws -> Void) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.declined("A", made: "pi_A")
      try await body(story)
    }
  }

  @Test func aRequestIsStoredOnceBeforeItIsSent() async throws {
    try await failed { story in
      let stored = try await story.reserveCancellations()
      #expect(stored.map(\.processorPayment) == ["pi_A"])
      #expect(try await story.cancellations("A") == ["pi_A open"])
      #expect(try await story.reserveCancellations().isEmpty)
      let context = await story.context()
      let open = try await story.read { try $0.openCancellations(.all, after: nil, limit: 9, context: context) }
      #expect(open == stored)
      #expect(
        try await story.read { try $0.openCancellations(.blocking, after: nil, limit: 9, context: context) } == [])
    }
  }

  /// Until the processor says that it is canceled it may still take the money, so nothing else may.
  @Test func whileOneIsOpenThePaymentIsNotCharged() async throws {
    try await failed { story in
      let stored = try await story.reserveCancellations()
      await story.next()
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      #expect(try await story.state("A") == "FAILED generic_decline, due 2026-11-21")
      #expect(try await story.claim().isLast)
      let context = await story.context()
      #expect(try await story.read { try $0.chargesDue(context: context) }.isEmpty)
      #expect(
        try await story.read { try $0.openCancellations(.blocking, after: nil, limit: 9, context: context) } == stored)
      try await story.record(.open(why: "reset"), of: stored[0])
      #expect(try await story.cancellations("A") == ["pi_A open reset"])
      #expect(try await story.claim().isLast)
      try await story.record(.ended(.canceled), of: stored[0])
      #expect(try await story.cancellations("A") == ["pi_A canceled"])
      // A canceled one takes no money any more, so the next attempt makes a new one.
      let claimed = try await story.claim()
      #expect(claimed.attempts.map(\.request.body) == ["charge 10.00 USD"])
      #expect(claimed.attempts.map(\.attempt) == [2])
      #expect(claimed.attempts.map(\.processorPayment) == [nil])
      try await story.declined("A", attempt: 2, made: "pi_A2")
      #expect(try await story.reserveCancellations().map(\.processorPayment) == ["pi_A2"])
    }
  }

  @Test func recordingAnAnswerTwiceChangesNothing() async throws {
    try await failed { story in
      let stored = try await story.reserveCancellations()
      try await story.record(.ended(.canceled), of: stored[0])
      let before = try await story.fingerprint()
      try await story.record(.ended(.canceled), of: stored[0])
      try await story.record(.open(why: "late"), of: stored[0])
      #expect(try await story.fingerprint() == before)
    }
  }

  @Test func whatTookTheMoneyAfterAllIsProofOfIt() async throws {
    try await failed { story in
      let stored = try await story.reserveCancellations()
      let charge = ProcessorCharge(
        processorPayment: "pi_A", processorCharge: "ch_A", state: .succeeded, amount: Money(1_000, "USD"),
        captured: 1_000, refunded: 0, disputed: false, payment: story.payment("A"), attempt: 1,
        createdAt: await story.instant)
      try await story.record(.ended(.succeeded(charge)), of: stored[0])
      #expect(try await story.state("A") == "SUCCEEDED by look_up")
      #expect(try await story.cancellations("A") == ["pi_A succeeded"])
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      // It had been told as failed: the order may be gone.
      #expect(try await story.breaks() == ["status_mismatch A open 10.00 USD/10.00 USD"])
    }
  }

  @Test func whatCannotBeCancelledIsConfirmedAgain() async throws {
    try await failed { story in
      var stored = try await story.reserveCancellations()
      try await story.record(.ended(.refused(code: "not_allowed")), of: stored[0])
      #expect(try await story.cancellations("A") == ["pi_A refused not_allowed"])
      #expect(try await story.reserveCancellations().isEmpty)
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      #expect(try await story.claim().attempts.map(\.request.body) == ["confirm pi_A 10.00 USD"])
      try await story.declined("A", attempt: 2, made: "pi_A")
      stored = try await story.reserveCancellations()
      #expect(try await story.cancellations("A") == ["pi_A open"])
      try await story.record(.ended(.canceled), of: stored[0])
      #expect(try await story.cancellations("A") == ["pi_A canceled"])
    }
  }

  /// A hold was made elsewhere, for somebody else to give up.
  @Test func aHoldIsNeverCancelled() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, hold: "pi_hold"))
      try await story.claim()
      try await story.declined("A", made: "pi_hold")
      #expect(try await story.state("A") == "FAILED generic_decline")
      #expect(try await story.reserveCancellations().isEmpty)
      // And another card has nothing to do with it.
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      #expect(try await story.claim().attempts.map(\.request.body) == ["charge 10.00 USD"])
    }
  }

  /// Two processor payments for one order are never payable at the same time.
  @Test func aHoldWaitsForTheOldPaymentsCancellation() async throws {
    let retry = RetryPolicy(rules: [.init(when: .reason(.cardDeclined), afterDays: [3])])
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.declined("A", made: "pi_A", retry: retry)
      await story.next()
      try await story.authorize(.order("A", 1_000, hold: "pi_hold"))
      #expect(try await story.reserveCancellations(.all).isEmpty)
      // Whatever has kept the request from being stored: the hold waits for it.
      #expect(try await story.claim().isLast)
      let stored = try await story.reserveCancellations(.blocking)
      #expect(stored.map(\.processorPayment) == ["pi_A"])
      #expect(try await story.claim().isLast)
      try await story.record(.ended(.canceled), of: try #require(stored.first))
      #expect(try await story.claim().attempts.map(\.request.body) == ["capture pi_hold 10.00 USD"])
    }
  }

  /// A processor that cannot be asked to give up a payment has refused to.
  @Test func whatCannotBeAskedForIsWaitedForByNobody() async throws {
    try await failed { story in
      try await story.authorize(.order("A", 1_000, hold: "pi_hold"))
      let (context, run) = (await story.context(), story.run)
      let reserved = try await story.write { db in
        try db.reserveCancellations(.blocking, after: nil, limit: 9, run: run, context: context) { _ in
          throw ProcessorRefusal.unsupported("the reference is none of its own")
        }
      }
      #expect(reserved.seen == story.payment("A"))
      #expect(reserved.stored.isEmpty)
      #expect(try await story.cancellations("A") == ["pi_A refused unsupported"])
      #expect(try await story.reserveCancellations(.blocking).isEmpty)
      #expect(try await story.claim().attempts.map(\.request.body) == ["capture pi_hold 10.00 USD"])
    }
  }

  /// What is told late of a processor payment that was canceled is no answer to the attempt that made another.
  @Test func aLateFailureOfACanceledOneEndsNoOtherAttempt() async throws {
    try await failed { story in
      let stored = try await story.reserveCancellations()
      try await story.record(.ended(.canceled), of: stored[0])
      await story.next()
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      try await story.claim()
      try await story.report(.failed("A").at(await story.instant.adding(.seconds(60))))
      #expect(try await story.attempts("A") == ["1 declined generic_decline", "2 open"])
      // Of the one that the attempt made, it is.
      try await story.report(
        .failed("A").row("txn_2").at(await story.instant.adding(.seconds(60))).naming(
          .init(payment: story.payment("A"), processorPayment: "pi_A2")))
      #expect(try await story.attempts("A") == ["1 declined generic_decline", "2 declined CARD_DECLINED"])
    }
  }

  @Test func onlyWhatFailedForGoodIsCancelled() async throws {
    try await Story.tell { story in
      for order in ["OPEN", "PAID", "NONE", "AGAIN"] { try await story.authorize(.order(order, 1_000)) }
      try await story.claim()
      try await story.unknown("OPEN", why: "processing", lookUp: true, reference: "pi_OPEN")
      try await story.charged("PAID")
      try await story.declined("NONE")
      try await story.declined("AGAIN", made: "pi_AGAIN")
      try await story.authorize(.order("AGAIN", 1_000, method: "pm_b"))
      #expect(try await story.reserveCancellations(.all).isEmpty)
      #expect(try await story.reserveCancellations(.blocking).isEmpty)
      let context = await story.context()
      #expect(try await story.read { try $0.cancellationsWaiting(context: context) } == (0, 0))
    }
  }

  /// What failed before settle could cancel is given up from the next date on; a hold is not, nor what is due again.
  @Test func aStoreThatHoldsDataIsMigrated() async throws {
    let store = try await Store.test()
    try await store.execute(
      """
      INSERT INTO payments (payment_id, merchant, processor, order_reference, order_id, amount, currency, hold, state,
        charge_due_on, processor_payment, failure_reason, recorded_on, recorded_at, failed_at, failed_on)
      SELECT gen_random_uuid(), 'm', 'stripe', o, gen_random_uuid(), 1, 'USD', hold, 'FAILED', due::date, 'pi_' || o,
        'CARD_DECLINED', '2026-11-20', now(), now(), '2026-11-20'
      FROM (VALUES ('A', NULL, NULL), ('DUE', NULL, '2026-11-21'), ('HOLD', 'pi_HOLD', NULL)) v (o, hold, due)
      """)
    try await store.execute(
      """
      INSERT INTO payment_references (merchant, processor, value, kind, payment_id)
      SELECT merchant, processor, hold, 'hold', payment_id FROM payments WHERE hold IS NOT NULL
      """)
    let owner = Pool(store.settings, size: 1)
    try await owner.transaction { db in
      try db.script(
        """
        DROP TABLE cancellations;
        ALTER TABLE payments DROP COLUMN cancel_due_on;
        ALTER TABLE charge_attempts DROP COLUMN instrument;
        DELETE FROM migrations WHERE name = '0006_retry'
        """)
    }
    await owner.close()
    #expect(try await store.migrate() == ["0006_retry"])
    #expect(
      try await store.rows("SELECT order_reference, cancel_due_on::text FROM payments ORDER BY order_reference")
        == ["A 2026-11-21", "DUE -", "HOLD -"])
    await store.close()
  }

  @Test func theDatabaseAllowsOneOpenRequestAPayment() async throws {
    try await failed { story in
      try await story.reserveCancellations()
      await #expect(throws: PostgresError.self) {
        try await story.store.execute(
          """
          INSERT INTO cancellations SELECT payment_id, 'pi_other', idempotency_key, request_path, request_body,
            api_version, state, unknown_why, code, token, business_date, created_at, answered_at FROM cancellations
          """)
      }
    }
  }
}
