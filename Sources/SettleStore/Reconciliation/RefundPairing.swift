import Postgres
import SettleModel

extension Session {
  /// Pairs each refund of settle's with the one that was reported for it. Returns how many new matches were made.
  func pairRefunds(context: LoadContext) throws -> Int {
    try script(
      """
      CREATE TEMPORARY TABLE refund_pairs ON COMMIT DROP AS
      SELECT DISTINCT ON (r.payment_id, r.refund_id) r.payment_id, r.refund_id, o.outcome_id,
        -r.amount AS expected_amount, r.currency AS expected_currency, o.compared_amount AS reported_amount,
        o.compared_currency AS reported_currency,
        CASE WHEN o.processor_refund = r.processor_refund THEN 'processor_id' ELSE 'refund_id' END AS rule
      FROM refunds r
      JOIN outcome_records o ON o.payment_id = r.payment_id AND o.kind = 'refund' AND o.reported
        AND (o.refund_id = r.refund_id OR o.processor_refund = r.processor_refund)
      WHERE NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = r.payment_id AND m.item_id = r.refund_id)
        AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = o.payment_id AND m.outcome_id = o.outcome_id)
      ORDER BY r.payment_id, r.refund_id, o.occurred_at, o.outcome_id
      """)
    let matched = try execute(
      """
      INSERT INTO matches (payment_id, item_id, outcome_id, kind, rule, amount, currency, business_date)
      SELECT payment_id, refund_id, outcome_id, 'refund', rule, reported_amount, reported_currency, \(context.date)
      FROM refund_pairs
      WHERE reported_amount = expected_amount AND reported_currency = expected_currency
      ON CONFLICT DO NOTHING
      """)
    _ = try execute(
      """
      INSERT INTO desired
      SELECT payment_id, \(sql: Self.breakID(.refundAmountMismatch, of: "refund_id")), 'refund_amount_mismatch',
        refund_id, outcome_id, expected_amount, expected_currency, reported_amount, reported_currency, rule
      FROM refund_pairs
      WHERE reported_amount <> expected_amount OR reported_currency <> expected_currency
      """)
    try script("DROP TABLE refund_pairs")
    return matched
  }
}
