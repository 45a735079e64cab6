import Postgres
import SettleModel

extension Session {
  /// Matches of earlier dates that the date took back: which bucket their items are in now, by which rule they are
  /// matched instead, and what that lets pass. None where they are matched no more.
  static func matchesTakenBack(on date: BusinessDate) -> SQL {
    """
    SELECT (SELECT business_date FROM reports WHERE business_date = f.business_date), c.file, c.key, p.order_reference,
      c.changed, c.was, c.becomes, f.currency, n.name || ':' || \(sql: known("line", as: "bigint")), f.business_date
    FROM former_matches f
    JOIN payments p ON p.payment_id = f.payment_id
    JOIN currencies s ON s.code = f.currency
    JOIN outcome_keys k ON k.outcome_id = f.outcome_id
    JOIN outcome_records o ON o.payment_id = k.payment_id AND o.outcome_id = k.outcome_id
    LEFT JOIN (\(sql: replacedLater(than: date))) l ON l.outcome_id = o.outcome_id
    JOIN input_files n ON n.file_id = \(sql: known("file_id", as: "bigint"))
    LEFT JOIN (\(sql: matchesKnown(on: date))) m ON m.payment_id = f.payment_id AND m.item_id = f.item_id
    LEFT JOIN LATERAL (
      SELECT reason FROM breaks b
      WHERE b.payment_id = f.payment_id AND b.item_id = f.item_id AND b.first_seen <= \(date)
        AND (b.resolved_on IS NULL OR b.resolved_on >= \(date) OR b.resolution <> 'explained')
      ORDER BY b.resolution IS NOT DISTINCT FROM 'explained', b.first_seen DESC, b.break_id LIMIT 1) b ON true
    CROSS JOIN LATERAL (VALUES
      ('matched.csv', f.payment_id::text, 'rule', f.rule, m.rule),
      -- Of a row that is gone from the file its rule says so.
      ('matched.csv', f.payment_id::text, 'tolerated', \(sql: major("nullif(f.tolerated, 0)", "s.digits")),
        \(sql: major("nullif(CASE WHEN m.payment_id IS NULL THEN f.tolerated ELSE m.tolerated END, 0)", "s.digits"))),
      ('totals.csv', f.item_id::text, 'bucket', 'matched',
        CASE WHEN m.payment_id IS NULL THEN coalesce(b.reason, 'awaited') ELSE 'matched' END)
    ) c (file, key, changed, was, becomes)
    WHERE f.removed_on = \(date) AND c.was IS DISTINCT FROM c.becomes
    """
  }

  /// The match of a record `o` that reports before the date have told.
  static func matchTold(before date: BusinessDate) -> SQL {
    """
    SELECT payment_id, outcome_id, business_date FROM matches WHERE business_date < \(date)
    UNION ALL
    SELECT k.payment_id, f.outcome_id, f.business_date
    FROM former_matches f JOIN outcome_keys k ON k.outcome_id = f.outcome_id
    WHERE f.business_date < \(date) AND f.removed_on >= \(date)
    """
  }

  /// Whether the item of the match `m` was matched on a date before, and lost that match: nothing awaited it any more.
  static func wasMatched(before date: BusinessDate) -> SQL {
    """
    EXISTS (SELECT FROM former_matches w
      WHERE w.payment_id = m.payment_id AND w.item_id = m.item_id AND w.business_date < \(date)
        AND w.removed_on <= \(date))
    """
  }
}
