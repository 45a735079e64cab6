import Postgres
import SettleModel

// Outcome records as a date knew them. A processor may say something new under a known id later (a payout's id, a fee);
// a report of an older date that is written again must not know it.

extension Session {
  /// Of each record that was replaced after the date, the version that the date knew: `outcome_id`, `record`.
  static func replacedLater(than date: BusinessDate) -> SQL {
    """
    SELECT DISTINCT ON (outcome_id) outcome_id, record FROM outcome_versions WHERE replaced_on > \(date)
    ORDER BY outcome_id, version
    """
  }

  /// A column of a record, where the record is `o` and what was replaced later is `l`.
  static func known(_ column: SQL, as type: SQL) -> SQL {
    "CASE WHEN l.record IS NULL THEN o.\(sql: column) ELSE (l.record ->> '\(sql: column)')::\(sql: type) END"
  }

  /// Whether a match `m` of ``matchesKnown(on:)`` is of the record `o`. Both keys say the same, but the planner takes them
  /// for two chances that seldom meet, and would plan for one row where there are a million; so the second one comes in a
  /// form that it takes for as good as either.
  static let isOfRecord: SQL = """
    o.payment_id = m.held_by AND CASE WHEN o.outcome_id = m.outcome_id THEN true ELSE false END
    """

  /// All records that a date knew, each as the date knew it, with the columns of `outcome_records`. To be narrowed by
  /// constants, which reach its indexes.
  static func recordsKnown(on date: BusinessDate) -> SQL {
    """
    SELECT o.* FROM outcome_records o
    WHERE o.business_date <= \(date)
      AND NOT EXISTS (SELECT FROM outcome_versions v WHERE v.replaced_on > \(date) AND v.outcome_id = o.outcome_id)
    UNION ALL
    SELECT r.* FROM (\(sql: replacedLater(than: date))) l
    CROSS JOIN LATERAL jsonb_populate_record(NULL::outcome_records, l.record) r
    WHERE r.business_date <= \(date)
    """
  }

  /// Payouts that a date has something new of: a record of reported money, or a new version of one.
  func payoutsTold(on date: BusinessDate) throws -> [String] {
    try query(
      """
      SELECT payout FROM (\(sql: Self.recordsKnown(on: date))) known
      WHERE business_date = \(date) AND payout IS NOT NULL AND reported
      UNION
      SELECT \(sql: Self.known("payout", as: "text")) FROM outcome_versions v
      JOIN outcome_keys k ON k.outcome_id = v.outcome_id
      JOIN outcome_records o ON o.payment_id = k.payment_id AND o.outcome_id = k.outcome_id
      LEFT JOIN (\(sql: Self.replacedLater(than: date))) l ON l.outcome_id = v.outcome_id
      WHERE v.replaced_on = \(date) AND o.reported AND \(sql: Self.known("payout", as: "text")) IS NOT NULL
      """
    ) { try $0.get("payout") }
  }
}
