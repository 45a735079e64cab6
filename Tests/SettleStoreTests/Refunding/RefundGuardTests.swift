import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// What keeps a refund from being made twice, or from being too much: many real sessions at once, and the database
/// itself where a session forgets the lock.
@Suite struct RefundGuardTests {
  private func charged(_ body: (Story) async throws -> Void) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await body(story)
    }
  }

  private static let dollars = Currency.named("USD")

  private func reserve(
    _ minor: Int64, for asked: String, of charge: String = "ch_A", captured: Int64 = 1_000,
    within limits: RefundPolicy? = nil, _ story: Story
  ) async throws -> StoredRefund? {
    try await story.reserveRefund(
      of: charge, for: BreakID(naming: "test", asked), payment: story.payment("A"), amount: Money(minor, "USD"),
      reason: .amountMismatch, captured: captured, within: limits)
  }

  private func why(_ body: () async throws -> Void) async throws -> RefundPolicy.Held? {
    do {
      try await body()
      return nil
    } catch let held as HeldBack {
      return held.why
    }
  }

  /// So many sessions, each with a connection of its own, all begin at once.
  private func atOnce(_ count: Int, _ story: Story, _ body: @escaping @Sendable (Int, Session) throws -> Bool)
    async
    throws -> Int
  {
    let store = Store(story.store.settings, connections: count)
    let done = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<count {
        group.addTask {
          do { return try await store.pool.transaction { try body(number, $0) } } catch is HeldBack {
            return false
          } catch let error as PostgresError where error.constraint == "refunds_fit_the_charge" {
            return false
          }
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    await store.close()
    return done
  }

  private func reservation(
    _ minor: Int64, for asked: String, _ story: Story, within limits: RefundPolicy? = nil
  ) async -> @Sendable (Session) throws -> Bool {
    let (context, run, payment) = (await story.context(), story.run, story.payment("A"))
    let order = RefundOrder(
      refund: RefundID(charge: "ch_A", reason: .amountMismatch, askedFor: BreakID(naming: "test", asked)),
      payment: payment, processorCharge: "ch_A", amount: Money(minor, "USD"), reason: .amountMismatch)
    let request = ProcessorRequest(path: "/", body: "", idempotencyKey: "\(order.refund)", apiVersion: "v")
    let charge = ProcessorCharge(
      processorPayment: "pi_A", processorCharge: "ch_A", state: .succeeded, amount: Money(1_000, "USD"),
      captured: 1_000, refunded: 0, disputed: false, payment: payment, attempt: 1, createdAt: context.now)
    return { db in
      try db.reserveRefund(
        order, for: BreakID(naming: "test", asked), rule: "test", request: request, charge: charge,
        keyLife: .seconds(82_800), within: limits,
        run: run, context: context) != nil
    }
  }

  @Test func ofManySessionsThatAskTheSameOneGetsIt() async throws {
    try await charged { (story) async throws in
      let ask = await reservation(100, for: "one", story)
      let done = try await atOnce(16, story) { _, db in try ask(db) }
      #expect(done == 1)
      #expect(try await story.store.rows("SELECT count(*)::text FROM refunds") == ["1"])
      #expect(try await story.store.rows("SELECT refund_reserved::text FROM charge_allowances") == ["100"])
      #expect(
        try await story.store.rows("SELECT count(*)::text FROM outbox WHERE type = 'RefundRequested'") == ["1"])
    }
  }

  @Test func ofManySessionsThatAskForMoreThanThereIsWhatFitsGetsThrough() async throws {
    try await charged { (story) async throws in
      var asks: [@Sendable (Session) throws -> Bool] = []
      // Eight breaks, each asked for by two sessions.
      for number in 0..<16 { asks.append(await reservation(300, for: "break \(number % 8)", story)) }
      let done = try await atOnce(16, story) { [asks] number, db in try asks[number](db) }
      #expect(done == 3)
      #expect(
        try await story.store.rows("SELECT count(*)::text, sum(amount)::text FROM refunds") == ["3 900"])
      #expect(try await story.store.rows("SELECT refund_reserved::text FROM charge_allowances") == ["900"])
    }
  }

  /// Sessions that take no lock and count nothing: the constraint alone stands in their way.
  @Test func noSessionTakesMoreThanThereIsThoughItForgetsTheLock() async throws {
    try await charged { (story) async throws in
      let payment = story.payment("A")
      let done = try await atOnce(12, story) { _, db in
        try db.execute(
          """
          INSERT INTO charge_allowances AS a (payment_id, processor_charge, currency, captured, refund_reserved)
          VALUES (\(payment), 'ch_A', 'USD', 1000, 300)
          ON CONFLICT (payment_id, processor_charge) DO UPDATE SET refund_reserved = a.refund_reserved + 300
          """) == 1
      }
      #expect(done == 3)
    }
  }

  @Test(arguments: [
    ("one_refund_per_break", "SELECT payment_id, gen_random_uuid(), break_id, 'other key', state FROM refunds"),
    (
      "refunds_idempotency_key",
      "SELECT payment_id, gen_random_uuid(), gen_random_uuid(), idempotency_key, state FROM refunds"
    ),
    ("refunds_pkey", "SELECT payment_id, refund_id, gen_random_uuid(), 'other key', state FROM refunds"),
  ])
  func theDatabaseRefusesASecondOne(constraint: String, rows: String) async throws {
    try await charged { (story) async throws in
      try #require(try await reserve(300, for: "first", story) != nil)
      let error = await #expect(throws: PostgresError.self) {
        try await story.store.pool.transaction { db in
          try db.script(
            """
            INSERT INTO refunds (payment_id, refund_id, break_id, processor_charge, amount, currency, reason, rule,
              idempotency_key, request_path, request_body, api_version, token, requested_at, requested_on, key_expires_at)
            SELECT s.p, s.r, s.b, 'ch_B', 1, 'USD', 'amount_mismatch', 'x', s.k, 'p', 'b', 'v', 0, now(), current_date, now()
            FROM (\(rows)) s (p, r, b, k, state)
            """)
        }
      }
      #expect(error?.constraint == constraint)
    }
  }

  /// A break is refunded once: another charge, or another refund for it, changes nothing about that.
  @Test func aBreakIsRefundedOnceWhateverTheCharge() async throws {
    try await charged { (story) async throws in
      let first = try #require(try await reserve(100, for: "first", story))
      #expect(try await reserve(100, for: "first", of: "ch_B", story) == nil)
      try await story.record(.failed(reference: nil, why: "refused"), of: first)
      // By rule never again: the same charge, reason and break are the same refund.
      #expect(try await reserve(100, for: "first", story) == nil)
    }
  }

  @Test func aBreakThatIsSettledMeanwhileIsNotRefunded() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      let found = try #require(try await story.breakRows().first)
      try await story.store.execute(
        "UPDATE breaks SET status = 'resolved', resolved_on = first_seen, resolution = 'accepted'")
      let refund = try await story.reserveRefund(
        of: "ch_A", for: found.id, payment: story.payment("A"), amount: Money(500, "USD"), reason: .amountMismatch,
        captured: 1_500)
      #expect(refund == nil)
      #expect(try await story.store.rows("SELECT 1::text FROM charge_allowances") == [])
    }
  }

  /// The processor's figures were asked for before the lock; the dispute was imported since.
  @Test func aDisputeThatOpenedInBetweenIsSeenUnderTheLock() async throws {
    try await charged { (story) async throws in
      try await story.report(.charge("A", 1_000), .dispute("A", -1_000, dp: "dp_1"))
      #expect(try await why { _ = try await reserve(100, for: "first", story) } == .disputed)
      #expect(try await why { _ = try await reserve(100, for: "second", of: "ch_B", story) } == nil)
      try await story.report(.disputeReversal("A", 400, dp: "dp_1").row("part").at(await story.instant))
      #expect(try await why { _ = try await reserve(100, for: "first", story) } == .disputed)
      try await story.report(.disputeReversal("A", 600, dp: "dp_1").at(await story.instant))
      #expect(try await why { _ = try await reserve(100, for: "first", story) } == nil)
    }
  }

  private static func limits(run: Int64, day: Int64) -> RefundPolicy {
    RefundPolicy(rules: [], perRun: [dollars: run], perDay: [dollars: day])
  }

  @Test func limitsHoldAcrossSessionsAtOnce() async throws {
    try await charged { (story) async throws in
      var asks: [@Sendable (Session) throws -> Bool] = []
      for number in 0..<10 {
        asks.append(
          await reservation(100, for: "break \(number)", story, within: Self.limits(run: 100_000, day: 350)))
      }
      let done = try await atOnce(10, story) { [asks] number, db in try asks[number](db) }
      #expect(done == 3)
      #expect(try await story.store.rows("SELECT sum(amount)::text FROM refunds") == ["300"])
      #expect(try await story.store.rows("SELECT count(*)::text FROM refund_days") == ["1"])
    }
  }

  @Test func limitsSayWhichOneItWas() async throws {
    try await charged { (story) async throws in
      func ask(_ asked: String, run: Int64, day: Int64) async throws -> RefundPolicy.Held? {
        let limits = Self.limits(run: run, day: day)
        return try await why { _ = try await reserve(100, for: asked, within: limits, story) }
      }
      #expect(try await ask("a", run: 99, day: 1_000) == .abovePerRun)
      #expect(try await ask("a", run: 1_000, day: 99) == .abovePerDay)
      #expect(try await why { _ = try await reserve(1, for: "a", within: RefundPolicy(), story) } == .currencyNotNamed)
      #expect(try await ask("a", run: 100, day: 1_000) == nil)
      #expect(try await ask("b", run: 199, day: 1_000) == .abovePerRun)
      // Another date has limits of its own; the run that never ended goes on.
      await story.next()
      #expect(try await ask("b", run: 100, day: 100) == nil)
    }
  }
}
