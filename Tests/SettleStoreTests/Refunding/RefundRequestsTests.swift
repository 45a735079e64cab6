import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct RefundRequestsTests {
  private static let asked = BreakID(naming: "test", "break")

  private func charged(_ body: (Story) async throws -> Void) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await body(story)
    }
  }

  private func reserve(
    _ minor: Int64, for asked: String = "first", of charge: String = "ch_A", refunded: Int64 = 0,
    disputed: Bool = false, _ story: Story
  ) async throws -> StoredRefund? {
    try await story.reserveRefund(
      of: charge, for: BreakID(naming: "test", asked), payment: story.payment("A"), amount: Money(minor, "USD"),
      reason: .amountMismatch, captured: 1_000, refunded: refunded, disputed: disputed)
  }

  private func held(_ body: () async throws -> Void) async throws -> RefundPolicy.Held? {
    do {
      try await body()
      return nil
    } catch let held as HeldBack {
      return held.why
    }
  }

  @Test func theRequestIsStoredBeforeItMayBeSent() async throws {
    try await charged { story in
      let refund = try #require(try await reserve(300, story))
      #expect(refund.request.body == "refund ch_A 3.00 USD")
      #expect(refund.keyExpires == (await story.instant).adding(.seconds(80_000)))
      let context = await story.context()
      #expect(try await story.read { try $0.openRefunds(context: context) } == [refund])
      #expect(
        try await story.store.rows("SELECT state, amount::text, requested_on::text, rule FROM refunds") == [
          "REQUESTED 300 2026-11-20 amount_mismatch: test"
        ])
      #expect(
        try await story.store.rows(
          "SELECT type, payload ->> 'refundId', payload ->> 'amount', payload ->> 'reason' FROM outbox WHERE type LIKE 'R%'"
        )
          == ["RefundRequested \(refund.order.refund) 300 amount_mismatch"])
    }
  }

  @Test func theSameRefundIsAskedForOnce() async throws {
    try await charged { story in
      try #require(try await reserve(300, story) != nil)
      let before = try await story.fingerprint()
      #expect(try await reserve(300, story) == nil)
      // Another amount for the same break is no other refund.
      #expect(try await reserve(200, story) == nil)
      #expect(try await story.fingerprint() == before)
    }
  }

  @Test func whatTheChargeStillAllowsIsCounted() async throws {
    try await charged { story in
      let first = try #require(try await reserve(600, for: "first", story))
      let refusal = try await held { _ = try await reserve(401, for: "second", story) }
      #expect(refusal == .exceedsCaptured)
      // A refund that is refused gives its part back; one that is processed does not.
      try await story.record(.failed(reference: nil, why: "refused"), of: first)
      let second = try #require(try await reserve(1_000, for: "second", story))
      try await story.record(.processed(reference: "re_2"), of: second)
      let third = try await held { _ = try await reserve(1, for: "third", refunded: 1_000, story) }
      #expect(third == .exceedsCaptured)
      // Another charge of the payment, such as a duplicate, has its own allowance.
      #expect(try await reserve(1_000, for: "fourth", of: "ch_B", story) != nil)
    }
  }

  @Test func theProcessorsOwnFiguresCount() async throws {
    try await charged { (story) async throws in
      #expect(try await held { _ = try await reserve(1, disputed: true, story) } == .disputed)
      #expect(try await held { _ = try await reserve(1, refunded: 1, story) } == .alreadyRefunded)
      #expect(try await story.store.rows("SELECT 1::text FROM refunds") == [])
    }
  }

  /// Two runs cannot be, by the lease; should they be all the same, the payment's row decides.
  @Test func ofManyAtOnceNoMoreThanWasTakenIsReserved() async throws {
    try await charged { (story) async throws in
      let reserved = await withTaskGroup(of: Int64.self) { group in
        // Ten breaks, each asked for twice at once.
        for number in 0..<20 {
          group.addTask {
            let refund = try? await reserve(250, for: "break \(number % 10)", story)
            return refund.flatMap { $0 }?.order.amount.minor ?? 0
          }
        }
        return await group.reduce(0, +)
      }
      #expect(reserved == 1_000)
      #expect(
        try await story.store.rows(
          "SELECT count(*)::text, count(DISTINCT break_id)::text, sum(amount)::text FROM refunds")
          == ["4 4 1000"])
      #expect(try await story.store.rows("SELECT count(*)::text FROM outbox WHERE type = 'RefundRequested'") == ["4"])
    }
  }

  /// One session is in the middle of its reservation: the other waits for it and then counts it.
  @Test func theSecondRequesterSeesTheFirst() async throws {
    try await charged { story in
      let payment = story.payment("A")
      let second = try await story.store.pool.transaction { db in
        _ = try db.first("SELECT payment_id FROM payments WHERE payment_id = \(payment) FOR UPDATE")
        let second = Task { try await held { _ = try await reserve(600, for: "second", story) } }
        while try db.othersWaiting() == 0 {
          _ = try db.query("SELECT pg_sleep(0.005)")
        }
        _ = try db.execute(
          """
          INSERT INTO refunds (payment_id, refund_id, break_id, processor_charge, amount, currency, reason, rule,
            idempotency_key, request_path, request_body, api_version, token, requested_at, requested_on, key_expires_at)
          SELECT \(payment), \(payment), \(payment), 'ch_A', 600, 'USD', 'dispute', 'x', 'k', 'p', 'b', 'v', 0, now(),
            current_date, now()
          """)
        return second
      }
      #expect(try await second.value == .exceedsCaptured)
    }
  }

  @Test func recordingAnAnswerTwiceChangesNothing() async throws {
    let results: [RefundResult] = [
      .processed(reference: "re_1"), .pending(reference: "re_1"), .failed(reference: "re_1", why: "x"),
      .unknown(why: "timeout"),
    ]
    for result in results {
      try await charged { story in
        let refund = try #require(try await reserve(300, story))
        try await story.record(result, of: refund)
        let before = try await story.fingerprint()
        try await story.record(result, of: refund)
        await story.next()
        try await story.record(result, of: refund)
        #expect(try await story.fingerprint() == before, "\(result)")
      }
    }
  }

  /// What is final stays, whatever is told later.
  @Test func aFinalAnswerStays() async throws {
    try await charged { story in
      let refund = try #require(try await reserve(300, story))
      try await story.record(.processed(reference: "re_1"), of: refund)
      let before = try await story.fingerprint()
      try await story.record(.failed(reference: nil, why: "late"), of: refund)
      try await story.record(.unknown(why: "late"), of: refund)
      try await story.record(.pending(reference: "re_1"), of: refund)
      #expect(try await story.fingerprint() == before)
    }
  }

  @Test func aPendingRefundIsNotSentAgain() async throws {
    try await charged { story in
      let refund = try #require(try await reserve(300, story))
      try await story.record(.unknown(why: "timeout"), of: refund)
      let context = await story.context()
      #expect(try await story.read { try $0.openRefunds(context: context) } == [refund])
      try await story.record(.pending(reference: "re_1"), of: refund)
      #expect(try await story.read { try $0.openRefunds(context: context) } == [])
      // The processor's id stays when the end has none of its own.
      try await story.record(.failed(reference: nil, why: "expired_or_canceled_card"), of: refund)
      #expect(
        try await story.store.rows("SELECT state, processor_refund, failure FROM refunds") == [
          "FAILED re_1 expired_or_canceled_card"
        ])
    }
  }
}
