import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// The set-based SQL against the obvious, quadratic matcher, on ten thousand random worlds.
///
/// Many worlds share a store, where no two have a name or an amount in common. A difference names its world (`W17`) and
/// the test's argument is the seed.
@Suite struct OracleTests {
  private static let worlds = 500
  private static let waitingDays = 1

  private static let pennies = Tolerance(byCurrency: [.named("USD"): .init(minor: 2), .named("KWD"): .init(share: 200)])
  private static let percent = Tolerance(ofOthers: .init(share: 300))

  /// Each seed has one of these, in turn.
  static let rules: [MatchRules] = [
    .standard,
    .standard,
    MatchRules([MatchRule(by: [.id]), MatchRule(by: [.reference]), MatchRule(by: [.amount, .date], within: 2)]),
    MatchRules([
      MatchRule(by: [.id], tolerance: pennies), MatchRule(by: [.reference], tolerance: percent),
      MatchRule(by: [.reference, .amount]), MatchRule(by: [.amount, .date], within: 1),
    ]),
    MatchRules([
      MatchRule(by: [.id]), MatchRule(by: [.reference], together: true),
      MatchRule(by: [.reference], ours: .authorizationID, theirs: .processorPayment),
      MatchRule(by: [.amount, .date], within: 0),
    ]),
    MatchRules([
      MatchRule(by: [.id], tolerance: percent), MatchRule(by: [.reference, .amount], tolerance: percent),
      MatchRule(by: [.id], tolerance: pennies, together: true), MatchRule(by: [.amount, .date], within: 2),
    ]),
    MatchRules([MatchRule(by: [.id]), MatchRule(by: [.amount, .date], within: 31)]),
    MatchRules([
      MatchRule(by: [.id], tolerance: pennies), MatchRule(by: [.id], tolerance: percent), MatchRule(by: [.reference]),
      MatchRule(by: [.reference], ours: .authorizationID, theirs: .processorPayment, tolerance: percent),
      MatchRule(by: [.reference], tolerance: pennies), MatchRule(by: [.reference], tolerance: percent),
    ]),
  ]

  @Test(arguments: 0..<24 as Range<UInt64>)
  func theyAgree(seed: UInt64) async throws {
    let rules = Self.rules[Int(seed) % Self.rules.count]
    try await Story.tell { story in
      let worlds = (0..<Self.worlds).map { SmallWorld($0, seed: seed, noon: story.noon) }
      var oracles: [Oracle] = []
      for world in worlds {
        oracles.append(Oracle(world, rules: rules, waitingDays: Self.waitingDays, date: await story.date))
      }
      try await begin(worlds, in: story)
      for night in 0..<SmallWorld.nights {
        for processor in ["stripe", "adyen"] { try await report(worlds, of: processor, on: night, in: story) }
        try await story.reconcile(waiting: Self.waitingDays, by: rules)
        for index in oracles.indices { oracles[index].live(through: night) }
        let expected = oracles.flatMap(\.lines)
        try await expect(expected, in: story)
        try await check(story, rules)
        await story.next()
      }
    }
  }

  /// The differences, told world by world.
  private func expect(_ expected: [String], in story: Story) async throws {
    let found = try await story.store.rows(Self.found)
    let (more, fewer) = (Set(found).subtracting(expected), Set(expected).subtracting(found))
    #expect(more.sorted().prefix(10) == [], "found, and not foretold")
    #expect(fewer.sorted().prefix(10) == [], "foretold, and not found")
    #expect(found.count == expected.count)
  }

  private func check(_ story: Story, _ rules: MatchRules) async throws {
    _ = try await story.totals()
    let before = try await story.fingerprint()
    #expect(try await story.reconcile(waiting: Self.waitingDays, by: rules) == ReconcileCounts())
    #expect(try await story.fingerprint() == before)
    try await story.journal(.done, of: "reconcile")
    for check in [StoreCheck.matches, .explained, .totals, .outcomes, .payments] {
      let result = try await story.read { try $0.verify(check) }
      #expect(result.examples == [], "\(check.name)")
    }
  }

  private static let found: SQL = """
    SELECT b.reason, coalesce(p.order_reference || coalesce('/' || p.authorization_id, ''), '-'),
      CASE WHEN b.outcome_id IS NULL THEN '-' ELSE coalesce(o.row_id, 'event') END, b.expected_amount::text,
      b.expected_currency, b.reported_amount::text, b.reported_currency
    FROM breaks b
    LEFT JOIN payments p ON p.payment_id = b.payment_id
    LEFT JOIN outcome_records o ON o.payment_id = b.payment_id AND o.outcome_id = b.outcome_id
    WHERE b.status = 'open'
    UNION ALL
    SELECT 'match ' || m.kind, p.order_reference || coalesce('/' || p.authorization_id, ''), coalesce(o.row_id, 'event'),
      m.rule, m.amount::text, m.currency, m.tolerated::text
    FROM matches m
    JOIN payments p ON p.payment_id = m.payment_id
    JOIN outcome_records o ON o.payment_id = m.payment_id AND o.outcome_id = m.outcome_id
    """
}

extension OracleTests {
  /// Everything is authorized, asked for and answered, and some of it refunded.
  private func begin(_ worlds: [SmallWorld], in story: Story) async throws {
    let payments = worlds.flatMap(\.payments)
    try await story.authorize(
      payments.map {
        .order(
          $0.order, $0.amount.minor, $0.amount.currency.code, id: $0.authorization,
          at: $0.answer == .elsewhere ? "adyen" : nil)
      })
    try await story.claim(size: payments.count, keyLife: .seconds(10_000_000))
    try await story.record(
      payments.compactMap { payment -> AttemptResult? in
        switch payment.answer {
        case .elsewhere: return nil
        case .unknown:
          return AttemptResult(
            payment: payment.id, attempt: 1, outcome: .open(why: "timeout", lookUp: false, processorPayment: nil))
        case .declined:
          let decline = Decline(
            reason: .cardDeclined, code: "generic_decline", processorPayment: nil, mayRetry: false)
          return AttemptResult(payment: payment.id, attempt: 1, outcome: .ended(.declined(decline)))
        case .charged:
          let charge = ProcessorCharge(
            processorPayment: "pi_\(payment.name)", processorCharge: "ch_\(payment.name)", state: .succeeded,
            amount: payment.amount, captured: 0, refunded: 0, disputed: false, payment: payment.id, attempt: 1,
            createdAt: story.noon)
          return AttemptResult(payment: payment.id, attempt: 1, outcome: .ended(.succeeded(charge, proof: .answer)))
        }
      })
    let refunds = worlds.flatMap(\.refunds)
    let date = await story.date
    try await story.write { db in
      _ = try db.execute(
        """
        INSERT INTO refunds (payment_id, refund_id, break_id, processor_charge, amount, currency, reason, rule,
          idempotency_key, request_path, request_body, api_version, state, processor_refund, token, requested_at,
          requested_on, processed_at, processed_on, answered_on, key_expires_at, processor_state)
        SELECT payment_id, refund_id, refund_id, 'ch', amount, currency, 'duplicate_charge', 'test', refund_id::text, '/',
          '', '', 'PROCESSED', reference, 0, \(story.noon), \(date)::date, \(story.noon), \(date)::date, \(date)::date,
          \(story.noon), 'succeeded'
        FROM unnest(\(refunds.map(\.payment.id)), \(refunds.map(\.id)), \(refunds.map(\.amount)),
          \(refunds.map(\.payment.amount.currency)), \(refunds.map(\.reference)))
          r (payment_id, refund_id, amount, currency, reference)
        """)
    }
  }

  /// A night's file, and one that repeats some of what came before.
  private func report(
    _ worlds: [SmallWorld], of processor: String, on night: Int, in story: Story
  ) async throws {
    let rows = worlds.flatMap(\.rows).filter { $0.processor == processor && $0.night <= night }
    let new = rows.filter { $0.night == night }.map { Reported(of: $0.record) }
    try await story.report(new.reversed(), of: processor)
    let again = rows.enumerated().filter { $0.offset.isMultiple(of: 5) && $0.element.record.rowID != nil }
    try await story.report(again.map { Reported(of: $0.element.record) }, of: processor)
  }
}
