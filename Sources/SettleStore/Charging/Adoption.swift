package import Postgres
package import SettleModel

/// What a look through the processor's list has changed.
package struct Adoption: Sendable, Equatable {
  /// Payments that were charged before, and are not charged again.
  package var charged = 0
  /// Payments that the processor has another charge for, of another currency or less: a person decides.
  package var contradicted = 0
  /// Payments that the processor has not decided on yet.
  package var undecided = 0

  package init() {}

  package static func + (left: Adoption, right: Adoption) -> Adoption {
    var sum = left
    sum.charged += right.charged
    sum.contradicted += right.contradicted
    sum.undecided += right.undecided
    return sum
  }
}

// A store that was lost or restored takes over what the processor knows and it does not. Each charge that names one of
// its payments becomes an attempt with the operation `adopted`, so that the number of the next attempt, and with it the
// next idempotency key, lies above all that the processor has seen.

extension Session {
  /// How many of these charges tell of attempts that this store never made, though their payments are its own and have
  /// not succeeded in it. Of whichever merchant they are: the store was restored for all of them.
  package func unknownAttempts(among charges: [ProcessorCharge], context: LoadContext) throws -> Int64 {
    let own = charges.filter { $0.payment != nil && $0.attempt != nil }
    guard !own.isEmpty else { return 0 }
    return try first(
      """
      SELECT count(DISTINCT p.payment_id) AS payments
      FROM unnest(\(own.compactMap(\.payment)), \(own.map { Int32(clamping: $0.attempt ?? 0) }),
        \(own.map { $0.state == .succeeded })) c (payment_id, attempt, taken)
      JOIN payments p ON p.payment_id = c.payment_id
      WHERE p.processor = \(context.processor) AND p.state <> 'SUCCEEDED'
        AND (NOT EXISTS (
            SELECT FROM charge_attempts a WHERE a.payment_id = p.payment_id AND a.attempt = c.attempt)
          OR c.taken AND NOT EXISTS (
            SELECT FROM charge_attempts a WHERE a.payment_id = p.payment_id AND a.state = 'open'))
      """)?.get("payments") ?? 0
  }

  /// Takes over what a page of the processor's list tells of payments that have not succeeded here.
  ///
  /// A success of the payment's currency and at least its amount is its charge; of several, the oldest, whichever page
  /// it is on, since the others are the processor's own mistakes. Any other success leaves the payment to a person: it
  /// is never charged again by itself.
  package func adopt(_ charges: [ProcessorCharge], context: LoadContext) throws -> Adoption {
    let own = charges.filter { $0.payment != nil }
    guard !own.isEmpty else { return Adoption() }
    guard try findOwn(own, context: context) > 0 else {
      try script("DROP TABLE found")
      return Adoption()
    }
    try announceRequests(ofFound: "found", context: context)
    var adoption = Adoption()
    adoption.charged = try adoptSuccesses(context: context)
    adoption.contradicted = try leave(
      "state = 'succeeded' AND NOT is_own", because: "the processor has another charge of this payment", toPerson: true,
      context: context)
    adoption.undecided = try leave(
      "state = 'undecided'", because: "undecided at the processor", toPerson: false, context: context)
    try adoptFailures(context: context)
    try countAttempts()
    try knowReferences(context: context)
    try script("DROP TABLE found")
    return adoption
  }

  /// The charges that name payments of this store, as `found`.
  private func findOwn(_ own: [ProcessorCharge], context: LoadContext) throws -> Int {
    let rows = own.map(FoundCharge.init)
    return try execute(
      """
      CREATE TEMPORARY TABLE found ON COMMIT DROP AS
      SELECT c.payment_id, c.processor_payment, c.processor_charge, c.created_at, c.state, c.reason, c.code,
        c.currency = p.currency AND c.amount >= p.amount AS is_own,
        -- A number that this store has given to another attempt is not given twice.
        CASE WHEN c.attempt IS NULL OR EXISTS (
          SELECT FROM charge_attempts a WHERE a.payment_id = c.payment_id AND a.attempt = c.attempt
            AND (a.state IN ('declined', 'refused', 'superseded')))
          THEN p.attempts + 1 ELSE c.attempt END AS attempt,
        EXISTS (SELECT FROM charge_attempts a WHERE a.payment_id = c.payment_id AND a.attempt = c.attempt)
          OR EXISTS (SELECT FROM payment_references r WHERE r.merchant = p.merchant AND r.processor = p.processor
            AND r.value = c.processor_payment) AS is_known
      FROM unnest(\(own.compactMap(\.payment)), \(rows.map(\.attempt)), \(own.map(\.processorPayment)),
        \(own.map(\.processorCharge)), \(own.map(\.amount.minor)), \(own.map(\.amount.currency)),
        \(own.map(\.createdAt)), \(rows.map(\.state)), \(rows.map(\.reason)), \(rows.map(\.code)))
        c (payment_id, attempt, processor_payment, processor_charge, amount, currency, created_at, state, reason, code)
      JOIN payments p ON p.payment_id = c.payment_id
      WHERE p.merchant = \(context.merchant) AND p.processor = \(context.processor)
        AND NOT (c.state = 'undecided' AND c.processor_payment IS NOT DISTINCT FROM p.hold)
        AND (p.state <> 'SUCCEEDED' OR c.state = 'succeeded' AND p.proof = 'look_up' AND c.created_at < p.succeeded_at
          AND EXISTS (SELECT FROM charge_attempts a WHERE a.payment_id = p.payment_id AND a.state = 'succeeded'
            AND a.operation = 'adopted'))
      """)
  }

  private func adoptSuccesses(context: LoadContext) throws -> Int {
    let oldest: SQL = """
      (SELECT DISTINCT ON (payment_id) * FROM found WHERE state = 'succeeded' AND is_own
        ORDER BY payment_id, created_at, processor_payment) f
      """
    let news: Int64 =
      try first(
        """
        SELECT count(*) AS payments FROM \(sql: oldest) JOIN payments p ON p.payment_id = f.payment_id
        WHERE p.state <> 'SUCCEEDED'
        """)?.get("payments") ?? 0
    try audited(
      .attempt,
      """
      UPDATE charge_attempts a
      SET state = 'succeeded', answered_at = \(context.now), unknown_why = NULL, looked_up_at = \(context.now)
      FROM \(sql: oldest) WHERE a.payment_id = f.payment_id AND a.state = 'open'
      RETURNING a.*
      """, context: context)
    try audited(
      .attempt,
      """
      INSERT INTO charge_attempts (payment_id, attempt, operation, idempotency_key, request_path, request_body,
        api_version, state, batch_id, token, business_date, created_at, answered_at, key_expires_at, looked_up_at)
      SELECT f.payment_id, f.attempt, 'adopted', '', '', '', '', 'succeeded', 0, l.token, \(context.date), f.created_at,
        \(context.now), f.created_at, \(context.now)
      FROM \(sql: oldest) CROSS JOIN lease l
      WHERE NOT EXISTS (SELECT FROM charge_attempts a WHERE a.payment_id = f.payment_id AND a.state = 'succeeded')
      RETURNING charge_attempts.*
      """, context: context)
    try audited(
      .payment,
      """
      UPDATE payments p
      SET state = 'SUCCEEDED', succeeded_at = f.created_at, succeeded_on = \(context.date), proof = 'look_up',
        processor_payment = f.processor_payment, processor_charge = f.processor_charge,
        revived = p.revived OR p.state = 'FAILED' AND p.charge_due_on IS NULL, charge_due_on = NULL,
        cancel_due_on = NULL, charged_on = coalesce(p.charged_on, \(context.date))
      FROM \(sql: oldest) WHERE p.payment_id = f.payment_id
      RETURNING p.*
      """, context: context)
    return Int(news)
  }

  /// Leaves payments open that the processor has something of which is no answer, so that they are not charged.
  private func leave(
    _ which: SQL, because why: String, toPerson: Bool, context: LoadContext
  ) throws -> Int {
    let first: SQL = """
      (SELECT DISTINCT ON (f.payment_id) f.* FROM found f JOIN payments p ON p.payment_id = f.payment_id
        WHERE p.state <> 'SUCCEEDED' AND f.\(sql: which)
        ORDER BY f.payment_id, f.created_at, f.processor_payment) f
      """
    let given: Timestamp? = toPerson ? context.now : nil
    let marked = try auditedOnce(
      .attempt,
      """
      UPDATE charge_attempts a
      SET unknown_why = \(why), look_up = true, looked_up_at = \(context.now), given_up_at = \(given)
      FROM \(sql: first) WHERE a.payment_id = f.payment_id AND a.state = 'open' AND a.given_up_at IS NULL
      """, of: "a", again: "a.unknown_why <> \(why)", context: context)
    let made = try audited(
      .attempt,
      """
      INSERT INTO charge_attempts (payment_id, attempt, operation, idempotency_key, request_path, request_body,
        api_version, unknown_why, look_up, batch_id, token, business_date, created_at, key_expires_at, looked_up_at,
        given_up_at)
      SELECT f.payment_id, f.attempt, 'adopted', '', '', '', '', \(why), true, 0, l.token, \(context.date),
        f.created_at, f.created_at, \(context.now), \(given)
      FROM \(sql: first) CROSS JOIN lease l
      WHERE NOT EXISTS (SELECT FROM charge_attempts a WHERE a.payment_id = f.payment_id AND a.state = 'open')
      RETURNING charge_attempts.*
      """, context: context)
    _ = try execute(
      """
      UPDATE payments p
      SET charge_due_on = NULL, charged_on = coalesce(p.charged_on, \(context.date)),
        processor_payment = coalesce(p.processor_payment, f.processor_payment)
      FROM \(sql: first) WHERE p.payment_id = f.payment_id
        AND (p.charge_due_on IS NOT NULL OR p.processor_payment IS NULL)
      """)
    return marked + made
  }

  /// What was declined before is not asked for under the same number, and where it can be is confirmed rather than
  /// made anew, so that the processor itself guards against a second charge.
  private func adoptFailures(context: LoadContext) throws {
    try auditedInTurns(
      .attempt,
      """
      INSERT INTO charge_attempts (payment_id, attempt, operation, idempotency_key, request_path, request_body,
        api_version, state, batch_id, token, business_date, created_at, answered_at, key_expires_at, looked_up_at,
        reason, code)
      SELECT DISTINCT ON (f.payment_id) f.payment_id, f.attempt, 'adopted', '', '', '', '',
        CASE WHEN f.reason IS NULL THEN 'superseded' ELSE 'declined' END, 0, l.token, \(context.date), f.created_at,
        \(context.now), f.created_at, \(context.now), f.reason, f.code
      FROM found f CROSS JOIN lease l WHERE f.state = 'failed' AND NOT f.is_known
        AND NOT EXISTS (SELECT FROM charge_attempts a WHERE a.payment_id = f.payment_id AND a.attempt = f.attempt)
      ORDER BY f.payment_id, f.attempt, f.created_at
      RETURNING charge_attempts.*
      """, context: context)
    _ = try execute(
      """
      UPDATE payments p
      SET processor_payment = f.processor_payment
      FROM (
        SELECT DISTINCT ON (payment_id) payment_id, processor_payment FROM found
        WHERE state = 'failed' AND code <> 'canceled' AND is_own AND NOT EXISTS (
          SELECT FROM cancellations c WHERE c.payment_id = found.payment_id
            AND c.processor_payment = found.processor_payment AND c.state = 'canceled')
        ORDER BY payment_id, created_at DESC, processor_payment) f
      WHERE p.payment_id = f.payment_id AND p.state <> 'SUCCEEDED' AND p.hold IS NULL AND p.processor_payment IS NULL
      """)
  }

  /// The next attempt's number lies above all that were found.
  private func countAttempts() throws {
    _ = try execute(
      """
      UPDATE payments p SET attempts = m.attempt
      FROM (
        SELECT payment_id, max(attempt) AS attempt FROM charge_attempts
        WHERE payment_id IN (SELECT payment_id FROM found) GROUP BY payment_id) m
      WHERE p.payment_id = m.payment_id AND p.attempts < m.attempt
      """)
  }

  private func knowReferences(context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO payment_references (merchant, processor, value, kind, payment_id)
      SELECT \(context.merchant), \(context.processor), r.value, r.kind, f.payment_id FROM found f
      CROSS JOIN LATERAL (VALUES (f.processor_payment, 'payment'), (f.processor_charge, 'charge')) r (value, kind)
      WHERE r.value IS NOT NULL
      ON CONFLICT (merchant, processor, value) DO NOTHING
      """)
  }
}

/// A charge's state in the words of `found`.
private struct FoundCharge {
  var state: String
  var attempt: Int32?
  var reason: FailureReason?
  var code: String?

  init(_ charge: ProcessorCharge) {
    attempt = charge.attempt.map { Int32(clamping: $0) }
    switch charge.state {
    case .succeeded: state = "succeeded"
    case .pending, .held: state = "undecided"
    case .canceled: (state, code) = ("failed", "canceled")
    case .failed(let decline):
      state = "failed"
      reason = decline?.reason
      code = decline?.code ?? "never confirmed"
    }
  }
}
