import Postgres
import SettleModel

// Refunds that nobody asked settle for, and that came back: no money is gone.

extension Session {
  /// Reported refunds, `payment_id, outcome_id`, that settle never asked for and whose reversal is reported too.
  ///
  /// A reversal gives back the latest refund before it that is still gone, of the same processor's refund id, amount and
  /// currency; of two in the same instant, what was refunded comes first. So money that is refunded again under the same
  /// id stays a break. What settle asked for itself has a life of its own.
  ///
  /// - Parameter date: only what had been taken in by the end of it counts; nil for all.
  static func reversedRefunds(by date: BusinessDate? = nil) -> SQL {
    let scope: SQL = date.map { "AND o.business_date <= \($0)" } ?? ""
    return """
      SELECT payment_id, outcome_id FROM (
        SELECT *, min(balance) OVER (PARTITION BY processor, processor_refund, compared_currency, size
          ORDER BY occurred_at, kind, outcome_id ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS lowest
        FROM (
          SELECT *, sum(CASE kind WHEN 'refund' THEN 1 ELSE -1 END) OVER (
            PARTITION BY processor, processor_refund, compared_currency, size ORDER BY occurred_at, kind, outcome_id
            ROWS UNBOUNDED PRECEDING) AS balance
          FROM (
            SELECT o.payment_id, o.outcome_id, o.kind, o.processor, o.processor_refund, o.occurred_at,
              o.compared_currency, CASE o.kind WHEN 'refund' THEN -o.compared_amount ELSE o.compared_amount END AS size
            FROM outcome_records o
            WHERE o.kind IN ('refund', 'refund_failure') AND o.reported \(sql: scope)
              -- Few come back, so that only these are put in order.
              AND (o.processor, o.processor_refund) IN (
                SELECT o.processor, o.processor_refund FROM outcome_records o
                WHERE o.kind = 'refund_failure' AND o.reported \(sql: scope))
          ) told
          WHERE size > 0 AND NOT EXISTS (
            SELECT FROM refunds g WHERE g.payment_id = told.payment_id AND g.processor_refund = told.processor_refund)
        ) balanced
      ) seen
      WHERE kind = 'refund' AND lowest < balance
      """
  }
}
