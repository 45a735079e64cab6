package import Postgres
package import SettleModel

/// A declined payment that is to be charged again.
package struct RetryRow: Sendable, Equatable {
  package var payment: PaymentID
  package var orderReference: String
  package var amount: Money
  /// Of the last decline.
  package var reason: FailureReason?
  /// The processor's own code.
  package var code: String?
  /// How many attempts there were.
  package var attempts: Int64
  package var lastAttemptOn: BusinessDate
  /// From which business date it is due; nil where it was planned before the trail told that, and is no more.
  package var retryOn: BusinessDate?
}

extension Session {
  /// Payments that stood declined and to be charged again when the date ended, the next ones first: what `totals.csv` has
  /// under `retrying`.
  ///
  /// A report that is made again later tells the date as it was planned then: the payment's own may have moved on.
  package func forEachRetry(on date: BusinessDate, _ body: (RetryRow) throws -> Void) throws {
    try forEach(
      """
      SELECT p.payment_id, p.order_reference, p.amount, p.currency, d.reason, d.code, d.attempts, d.business_date,
        CASE WHEN p.charge_due_on <= \(date) THEN p.charge_due_on ELSE coalesce(
          (SELECT (e.detail ->> 'retry_on')::date FROM audit e
            WHERE e.payment_id = p.payment_id AND e.kind = \(AuditKind.attemptDeclined)
              AND e.detail ->> 'attempt' = d.attempt::text
            ORDER BY e.entry DESC LIMIT 1),
          p.charge_due_on) END AS retry_on
      FROM payments p
      CROSS JOIN LATERAL (
        SELECT a.attempt, a.state, a.reason, a.code, a.business_date, count(*) OVER () AS attempts
        FROM charge_attempts a
        WHERE a.payment_id = p.payment_id AND a.business_date <= \(date) AND a.state <> 'superseded'
        ORDER BY a.attempt DESC LIMIT 1) d
      WHERE p.recorded_on <= \(date) AND d.state IN ('declined', 'refused')
        AND (p.state = 'REQUESTED' OR p.charge_due_on IS NOT NULL OR p.failed_on > \(date) OR p.succeeded_on > \(date))
        AND NOT (p.state = 'SUCCEEDED' AND p.succeeded_on <= \(date))
        AND NOT (p.failed_on IS NOT NULL AND p.failed_on <= \(date) AND p.charge_due_on IS NULL)
        AND NOT EXISTS (
          SELECT FROM breaks b
          WHERE b.payment_id = p.payment_id AND b.item_id = p.payment_id AND b.first_seen <= \(date)
            AND (b.resolved_on IS NULL OR b.resolved_on >= \(date) OR b.resolution <> 'explained'))
      ORDER BY retry_on, p.currency, p.order_reference, p.payment_id
      """
    ) { row in
      try body(
        RetryRow(
          payment: try row.get("payment_id"), orderReference: try row.get("order_reference"),
          amount: try row.money("amount", "currency"), reason: try row.get("reason"), code: try row.get("code"),
          attempts: try row.get("attempts"), lastAttemptOn: try row.get("business_date"),
          retryOn: try row.get("retry_on")))
    }
  }
}
