import Postgres
import SettleModel

// The facts of the totals as a date knew them. What later dates changed of them is little, and set aside first, so that
// the rest is read where it lies.

extension Session {
  /// Makes the temporary tables `former` and `replaced`, which ``matchesThen`` and ``recordsThen`` read, and
  /// `reversed_refunds`, whose money had come back by then.
  func setAsideLaterFacts(than date: BusinessDate) throws {
    try script("DROP TABLE IF EXISTS former, replaced, reversed_refunds")
    // One row for either side: its payment's item, and the record, which may be under another payment by now.
    _ = try execute(
      """
      CREATE TEMPORARY TABLE former AS
      SELECT s.payment_id, s.item_id, s.outcome_id, f.kind, f.currency, f.tolerated, f.business_date
      FROM (\(sql: Self.formerMatches(at: date))) f
      CROSS JOIN LATERAL (VALUES (f.payment_id, f.item_id, NULL::uuid), (f.held_by, NULL::uuid, f.outcome_id))
        s (payment_id, item_id, outcome_id)
      """)
    _ = try execute(
      """
      CREATE TEMPORARY TABLE replaced AS
      SELECT o.outcome_id, l.record ->> 'kind' AS kind, (l.record ->> 'compared_amount')::bigint AS compared_amount,
        l.record ->> 'compared_currency' AS compared_currency
      FROM (\(sql: Self.replacedLater(than: date))) l
      JOIN outcome_keys k ON k.outcome_id = l.outcome_id
      JOIN outcome_records o ON o.payment_id = k.payment_id AND o.outcome_id = k.outcome_id
      WHERE (o.kind, o.compared_amount, o.compared_currency) IS DISTINCT FROM
        (l.record ->> 'kind', (l.record ->> 'compared_amount')::bigint, l.record ->> 'compared_currency')
      """)
    _ = try execute("CREATE TEMPORARY TABLE reversed_refunds AS \(sql: Self.reversedRefunds(by: date))")
    try script("CREATE UNIQUE INDEX ON replaced (outcome_id); ANALYZE former; ANALYZE replaced")
  }

  /// Matches, those that were taken back later among them.
  static let matchesThen: SQL = """
    (SELECT payment_id, item_id, outcome_id, kind, currency, tolerated, business_date FROM matches
      UNION ALL SELECT payment_id, item_id, outcome_id, kind, currency, tolerated, business_date FROM former)
    """

  /// Outcome records with the kind and the money that the date knew.
  static let recordsThen = recordsThen(of: "outcome_records")

  /// The same of some records, in a relation with the columns of `outcome_records`.
  static func recordsThen(of records: SQL) -> SQL {
    """
    (SELECT r.payment_id, r.outcome_id, r.row_id, r.occurred_at, r.business_date, r.reported, r.together,
        r.processor_payment, r.processor_charge, coalesce(l.kind, r.kind) AS kind,
        coalesce(l.compared_amount, r.compared_amount) AS compared_amount,
        coalesce(l.compared_currency, r.compared_currency) AS compared_currency
      FROM \(sql: records) r LEFT JOIN replaced l ON l.outcome_id = r.outcome_id)
    """
  }
}
