package import Postgres
package import SettleModel

/// What waits to be done or decided.
package struct Backlog: Sendable {
  /// Payments whose charge is due, with their sum a currency.
  package var due: [(payments: Int64, amount: Money)]
  /// Payments that were declined and are to be tried again, with their sum a currency and the next date.
  package var retries: [(payments: Int64, amount: Money, next: BusinessDate)]
  /// Attempts that were stored and perhaps sent, and have no answer.
  package var openAttempts: Int64
  /// Of those, the ones of which nothing was heard: not sent yet, or on their way.
  package var storedAttempts: Int64 { openAttempts - unknownAttempts }
  /// Of those, the ones whose answer was lost or could not be understood.
  package var unknownAttempts: Int64
  /// Of the unknown ones, those that nobody looks for any more: a person or an outcome file decides.
  package var givenUpAttempts: Int64
  /// Processor payments that are to be given up, or whose cancellation has no answer.
  package var cancellations: Int64
  package var openBreaks: [(reason: BreakReason, count: Int64)]
  package var refundsUnderWay: Int64
}

extension Session {
  package func backlog() throws -> Backlog {
    let due = try query(
      """
      SELECT count(*) AS payments, sum(amount)::bigint AS amount, currency FROM payments
      WHERE charge_due_on IS NOT NULL AND charged_on IS NULL GROUP BY currency ORDER BY currency
      """
    ) { row in (payments: try row.get("payments") as Int64, amount: try row.money("amount", "currency")) }
    let retries = try query(
      """
      SELECT count(*) AS payments, sum(amount)::bigint AS amount, currency, min(charge_due_on) AS next FROM payments
      WHERE charge_due_on IS NOT NULL AND charged_on IS NOT NULL GROUP BY currency ORDER BY currency
      """
    ) { row in
      (
        payments: try row.get("payments") as Int64, amount: try row.money("amount", "currency"),
        next: try row.get("next") as BusinessDate
      )
    }
    let breaks = try query(
      "SELECT reason, count(*) AS breaks FROM breaks WHERE status = 'open' GROUP BY reason ORDER BY reason"
    ) { row in (reason: try row.get("reason") as BreakReason, count: try row.get("breaks") as Int64) }
    guard
      let counts = try first(
        """
        SELECT count(*) AS open, count(*) FILTER (WHERE unknown_why IS NOT NULL) AS unknown,
          count(*) FILTER (WHERE given_up_at IS NOT NULL) AS given_up,
          (SELECT count(*) FROM refunds WHERE state = 'REQUESTED') AS refunds,
          (SELECT count(*) FROM cancellations WHERE state = 'open')
            + (SELECT count(*) FROM payments WHERE cancel_due_on IS NOT NULL) AS cancellations
        FROM charge_attempts WHERE state = 'open'
        """)
    else { throw StoreError.noAnswer("charge_attempts") }
    return Backlog(
      due: due, retries: retries, openAttempts: try counts.get("open"), unknownAttempts: try counts.get("unknown"),
      givenUpAttempts: try counts.get("given_up"), cancellations: try counts.get("cancellations"), openBreaks: breaks,
      refundsUnderWay: try counts.get("refunds"))
  }
}
