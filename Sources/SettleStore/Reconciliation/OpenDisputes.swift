import Postgres
import SettleModel

// What disputes have taken and their reversals have not given back.

extension Session {
  /// A dispute stays a break, of what is left of it, until all of it is reported to have come back.
  func wantDisputes() throws {
    _ = try execute(
      """
      INSERT INTO desired
      SELECT d.payment_id, \(sql: Self.breakID(.dispute, of: "d.outcome_id")), 'dispute', NULL, d.outcome_id, NULL, NULL,
        d.amount, d.currency, d.linked_by
      FROM (\(sql: Self.openDisputes())) d
      """)
  }

  /// The disputes among reported records of which something is still gone: `payment_id, outcome_id, processor_charge,
  /// linked_by`, and what is gone of each, negative, as `amount, currency`.
  ///
  /// A reversal gives back what an earlier dispute has taken under the same dispute's id, or where one of the two has
  /// none, of the same charge, else of the same processor's payment, else of the same payment. Where there are several
  /// such disputes, the earliest is given back first. Amounts are those that the customer saw where all have one
  /// currency, else those of the settlement; what came back in another currency gives nothing back, so that a person
  /// looks at it.
  ///
  /// - Parameter payment: only what is linked to it; nil for all.
  static func openDisputes(of payment: PaymentID? = nil) -> SQL {
    let scope: SQL = payment.map { "AND o.payment_id = \($0)" } ?? ""
    return """
      WITH told AS MATERIALIZED (
        SELECT o.payment_id, o.outcome_id, o.kind, o.linked_by, o.processor, o.processor_dispute, o.processor_charge,
          o.processor_payment, o.occurred_at, o.compared_amount, o.compared_currency, o.gross, o.currency
        FROM outcome_records o WHERE o.kind IN ('dispute', 'dispute_reversal') AND o.reported \(sql: scope)
      ), named AS (
        SELECT t.*, n.level, n.name
        FROM told t CROSS JOIN LATERAL (VALUES
          (1, 'dispute ' || t.processor_dispute), (2, 'charge ' || t.processor_charge),
          (3, 'payment ' || t.processor_payment), (4, 'link ' || t.payment_id)) n (level, name)
        WHERE n.name IS NOT NULL
      ), disputes AS (
        SELECT DISTINCT ON (outcome_id) * FROM named WHERE kind = 'dispute' ORDER BY outcome_id, level
      ), reversals AS (
        SELECT DISTINCT ON (v.outcome_id) v.*, o.name AS subject
        FROM named v
        JOIN named d ON d.processor = v.processor AND d.name = v.name AND d.kind = 'dispute'
          AND d.occurred_at <= v.occurred_at
          AND (v.level = 1 OR d.processor_dispute IS NULL OR v.processor_dispute IS NULL)
          AND (v.level <= 2 OR d.processor_charge IS NULL OR v.processor_charge IS NULL)
          AND (v.level <= 3 OR d.processor_payment IS NULL OR v.processor_payment IS NULL)
        JOIN disputes o ON o.outcome_id = d.outcome_id
        WHERE v.kind = 'dispute_reversal'
        ORDER BY v.outcome_id, v.level, d.occurred_at DESC, d.outcome_id
      ), events AS (
        SELECT *, CASE WHEN same THEN compared_amount ELSE gross END AS amount,
          CASE WHEN same THEN compared_currency ELSE currency END AS unit
        FROM (
          SELECT *, min(compared_currency) OVER s = max(compared_currency) OVER s AS same
          FROM (SELECT *, name AS subject FROM disputes UNION ALL SELECT * FROM reversals) e
          WINDOW s AS (PARTITION BY processor, subject)) e
      ), run AS (
        SELECT *, sum(CASE WHEN kind = 'dispute' THEN abs(amount) ELSE -amount END) OVER line AS balance,
          coalesce(sum(abs(amount)) FILTER (WHERE kind = 'dispute') OVER later, 0) AS taken_later,
          count(*) FILTER (WHERE kind = 'dispute_reversal') OVER later AS reversals_later
        FROM events
        WINDOW line AS (PARTITION BY processor, subject, unit ORDER BY occurred_at, kind, outcome_id),
          later AS (PARTITION BY processor, subject, unit ORDER BY occurred_at, kind, outcome_id
            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
      ), owed AS (
        SELECT *, last_value(balance) OVER whole - least(0, min(balance) OVER whole) AS owed
        FROM run
        WINDOW whole AS (PARTITION BY processor, subject, unit ORDER BY occurred_at, kind, outcome_id
          ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
      ), gone AS (
        SELECT *, least(greatest(owed - taken_later, 0), abs(amount))::bigint AS gone FROM owed WHERE kind = 'dispute'
      )
      SELECT payment_id, outcome_id, processor_charge, linked_by,
        CASE WHEN gone = abs(amount) THEN compared_amount ELSE -gone END AS amount,
        CASE WHEN gone = abs(amount) THEN compared_currency ELSE unit END AS currency
      FROM gone WHERE gone > 0 OR amount = 0 AND reversals_later = 0
      """
  }
}
