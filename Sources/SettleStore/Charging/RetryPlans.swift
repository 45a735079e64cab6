import Postgres
package import SettleModel

/// A decline after which the pipeline's policy wants another attempt.
struct PlannedRetry {
  var payment: PaymentID
  var attempt: Int
  var decline: Decline
  var date: BusinessDate
}

extension Session {
  /// Divides declines into those that are to be tried again, with the date, and those that are final.
  ///
  /// Attempts are counted by instrument: networks count what a card was asked for, and another card starts anew.
  func planRetries(
    of declines: [(result: AttemptResult, decline: Decline)], by policy: RetryPolicy, context: LoadContext
  ) throws -> [PlannedRetry] {
    let possible = declines.filter { policy.rule(for: $0.decline) != nil && $0.decline.mayRetry }
    guard !possible.isEmpty else { return [] }
    let asked = try query(
      """
      SELECT a.payment_id, p.capture_before,
        (SELECT count(*) FROM charge_attempts b
          WHERE b.payment_id = a.payment_id AND b.attempt < a.attempt AND b.state = 'declined'
            AND b.instrument IS NOT DISTINCT FROM a.instrument)::int AS declined, p.hold IS NOT NULL AS captures
      FROM unnest(\(possible.map(\.result.payment)), \(possible.map { Int32($0.result.attempt) })) f (payment_id, attempt)
      JOIN charge_attempts a ON a.payment_id = f.payment_id AND a.attempt = f.attempt
      JOIN payments p ON p.payment_id = a.payment_id
      """
    ) { row in
      let captures: Bool = try row.get("captures")
      let lapses: Timestamp? = try row.get("capture_before")
      return (
        payment: try row.get("payment_id") as PaymentID, declined: Int(try row.get("declined") as Int32),
        holdUntil: captures ? lapses : nil
      )
    }
    let facts = Dictionary(asked.map { ($0.payment, $0) }, uniquingKeysWith: { first, _ in first })
    return possible.compactMap { result, decline in
      guard let fact = facts[result.payment],
        case .retry(let date) = policy.decide(
          after: decline, attempt: fact.declined + 1, on: context.date, holdUntil: fact.holdUntil)
      else { return nil }
      return PlannedRetry(payment: result.payment, attempt: result.attempt, decline: decline, date: date)
    }
  }

  /// Closes declined attempts and makes their payments due again: they stay REQUESTED, since a payment has failed only
  /// when no retry remains. The trail keeps the date, which the payment has only until it is charged again. Returns how
  /// many there were.
  func recordPlanned(_ planned: [PlannedRetry], context: LoadContext) throws -> Int {
    guard !planned.isEmpty else { return 0 }
    try keepReferences(planned.map { ($0.payment, $0.decline.processorPayment) }, context: context)
    let (payments, attempts) = (planned.map(\.payment), planned.map { Int32($0.attempt) })
    try audited(
      .attempt,
      """
      UPDATE charge_attempts a
      SET state = 'declined', answered_at = \(context.now), unknown_why = NULL, reason = f.reason, code = f.code
      FROM unnest(\(payments), \(attempts), \(planned.map(\.decline.reason)), \(planned.map(\.decline.code)),
        \(planned.map(\.date))) f (payment_id, attempt, reason, code, retry_on)
      WHERE a.payment_id = f.payment_id AND a.attempt = f.attempt AND \(sql: Self.unanswered)
      RETURNING a.*, f.retry_on
      """, aside: "jsonb_build_object('retry_on', c.retry_on)", context: context)
    return try execute(
      """
      UPDATE payments p
      SET charge_due_on = f.retry_on,
        processor_payment = coalesce(nullif(f.processor_payment, p.hold), p.processor_payment)
      FROM unnest(\(payments), \(attempts), \(planned.map(\.decline.processorPayment)), \(planned.map(\.date)))
        f (payment_id, attempt, processor_payment, retry_on)
      JOIN charge_attempts c ON c.payment_id = f.payment_id AND c.attempt = f.attempt
        AND c.state = 'declined' AND c.answered_at = \(context.now)
      WHERE p.payment_id = f.payment_id AND p.state <> 'SUCCEEDED' AND p.charge_due_on IS NULL
      """)
  }

  /// Retries that were planned by a policy which has no rule for them any more: their payments have failed for good, with
  /// the reason of the last decline. Another instrument is not a retry, and keeps its date. Returns how many there were.
  package func endPlans(notIn policy: RetryPolicy, context: LoadContext) throws -> Int {
    let planned = try query(
      """
      SELECT payments.payment_id, d.reason, d.code FROM payments CROSS JOIN LATERAL (
        SELECT a.state, a.reason, a.code, a.instrument FROM charge_attempts a
        WHERE a.payment_id = payments.payment_id AND a.state <> 'superseded' ORDER BY a.attempt DESC LIMIT 1) d
      WHERE \(sql: Self.claimable(context)) AND payments.attempts > 0 AND d.state = 'declined' AND d.reason IS NOT NULL
        AND d.instrument IS NOT DISTINCT FROM coalesce(payments.hold, payments.payment_method)
      """
    ) { row in
      (
        payment: try row.get("payment_id") as PaymentID,
        decline: Decline(
          reason: try row.get("reason"), code: try row.get("code") ?? "", processorPayment: nil, mayRetry: true)
      )
    }
    let ended = planned.filter { policy.rule(for: $0.decline) == nil }
    guard !ended.isEmpty else { return 0 }
    return try audited(
      .payment,
      """
      UPDATE payments p
      SET state = 'FAILED', failed_at = \(context.now), failed_on = \(context.date), failure_reason = f.reason,
        failure_code = f.code, charge_due_on = NULL,
        cancel_due_on = CASE WHEN p.processor_payment IS NOT NULL THEN \(context.date)::date END
      FROM unnest(\(ended.map(\.payment)), \(ended.map(\.decline.reason)), \(ended.map(\.decline.code)))
        f (payment_id, reason, code)
      WHERE p.payment_id = f.payment_id AND p.state = 'REQUESTED' AND p.charge_due_on IS NOT NULL
      RETURNING p.*
      """, context: context)
  }

  /// The due payments that were declined before, by the reason of the last decline: what a dry run says would be
  /// retried.
  package func retriesDue(
    context: LoadContext
  ) throws -> [(reason: FailureReason, count: Int64, amount: Money)] {
    try query(
      """
      SELECT d.reason, count(*) AS payments, sum(amount)::bigint AS amount, currency
      FROM payments CROSS JOIN LATERAL (
        SELECT a.state, a.reason FROM charge_attempts a
        WHERE a.payment_id = payments.payment_id AND a.state <> 'superseded' ORDER BY a.attempt DESC LIMIT 1) d
      WHERE \(sql: Self.claimable(context)) AND payments.attempts > 0 AND d.state = 'declined' AND d.reason IS NOT NULL
      GROUP BY d.reason, currency ORDER BY d.reason, currency
      """
    ) { row in
      (
        reason: try row.get("reason"), count: try row.get("payments"),
        amount: try row.money("amount", "currency")
      )
    }
  }

  /// Retries that are planned for later dates: how many, and the next date.
  package func retriesPlanned(context: LoadContext) throws -> (count: Int64, next: BusinessDate?) {
    let row = try first(
      """
      SELECT count(*) AS payments, min(charge_due_on) AS next FROM payments
      WHERE charge_due_on > \(context.date) AND charged_on IS NOT NULL
        AND merchant = \(context.merchant) AND processor = \(context.processor)
      """)
    return (count: try row?.get("payments") ?? 0, next: try row?.get("next"))
  }
}
