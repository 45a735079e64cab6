import Postgres
import SettleModel

// A match goes where its record says something else, or turns out to be another's. Reports of the dates on which it stood
// have told it, and tell it still when they are written again.

extension Session {
  /// Takes matches back. Those that an earlier date made are kept as that date's, and what they were of is open again.
  ///
  /// - Parameter which: what follows `DELETE FROM matches m`.
  func unmatch(_ which: SQL, on date: BusinessDate) throws {
    _ = try execute(
      """
      WITH gone AS (DELETE FROM matches m \(sql: which) RETURNING m.*),
      open AS (INSERT INTO carried SELECT DISTINCT payment_id FROM gone ON CONFLICT DO NOTHING)
      INSERT INTO former_matches (payment_id, item_id, outcome_id, kind, rule, amount, currency, tolerated, business_date,
        removed_on)
      SELECT payment_id, item_id, outcome_id, kind, rule, amount, currency, tolerated, business_date, \(date)::date
      FROM gone WHERE business_date < \(date)
      ON CONFLICT DO NOTHING
      """)
  }

  /// Matches that stood at the end of a date and were taken back later, with the columns of `former_matches` and
  /// `held_by`: whose the record is now.
  static func formerMatches(at date: BusinessDate) -> SQL {
    """
    SELECT DISTINCT ON (f.payment_id, f.item_id) f.*, k.payment_id AS held_by
    FROM former_matches f JOIN outcome_keys k ON k.outcome_id = f.outcome_id
    WHERE f.business_date <= \(date) AND f.removed_on > \(date)
      AND NOT EXISTS (SELECT FROM matches c
        WHERE c.payment_id = f.payment_id AND c.item_id = f.item_id AND c.business_date <= \(date))
      AND NOT EXISTS (SELECT FROM matches c
        WHERE c.payment_id = k.payment_id AND c.outcome_id = f.outcome_id AND c.business_date <= \(date))
    ORDER BY f.payment_id, f.item_id, f.business_date DESC, f.removed_on DESC
    """
  }

  /// All matches as a date knew them, whichever date made them: the columns of `matches`, and `held_by`.
  static func matchesKnown(on date: BusinessDate) -> SQL {
    """
    SELECT payment_id, item_id, outcome_id, kind, rule, amount, currency, tolerated, business_date, payment_id AS held_by
    FROM matches WHERE business_date <= \(date)
    UNION ALL
    SELECT payment_id, item_id, outcome_id, kind, rule, amount, currency, tolerated, business_date, held_by
    FROM (\(sql: formerMatches(at: date))) former
    """
  }
}
