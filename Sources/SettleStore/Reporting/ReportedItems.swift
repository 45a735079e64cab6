import Postgres
import SettleModel

// The reported side of the totals. Several rows may be about one charge: the one that its match or its break names
// speaks for all of them, and they stand in its bucket.

extension Session {
  /// The rows that may be items of a date, each with the outcome that speaks for its charge. A break that has explained
  /// itself speaks no more: what it was about is matched, or another break's. A match speaks before a break, and a break
  /// that stands on the date before one that somebody has settled: the charge has more rows by now.
  static func reportedRows(on date: BusinessDate) -> SQL {
    """
    SELECT o.payment_id, o.outcome_id, o.kind, o.row_id, o.business_date, o.compared_amount, o.compared_currency,
      CASE WHEN o.kind NOT IN ('charge', 'capture_reversal') OR spoken.matched THEN o.outcome_id
        ELSE coalesce(speaker.outcome_id, o.outcome_id) END AS principal
    FROM \(sql: recordsThen) o
    LEFT JOIN LATERAL (
      SELECT EXISTS (SELECT FROM \(sql: matchesThen) m WHERE m.payment_id = o.payment_id AND m.outcome_id = o.outcome_id) AS matched,
        \(sql: isBroken("o")) AS broken, \(sql: isBroken("o", on: date)) AS standing
    ) spoken ON true
    LEFT JOIN LATERAL (
      SELECT c.outcome_id FROM \(sql: recordsThen) c
      LEFT JOIN payments p ON p.payment_id = c.payment_id
      LEFT JOIN \(sql: matchesThen) m ON m.payment_id = c.payment_id AND m.outcome_id = c.outcome_id
      WHERE NOT spoken.matched AND o.kind IN ('charge', 'capture_reversal') AND c.payment_id = o.payment_id
        AND c.outcome_id <> o.outcome_id AND c.kind IN ('charge', 'capture_reversal')
        AND \(sql: chargeKey(of: "c")) = \(sql: chargeKey(of: "o"))
        AND (m.business_date <= \(date) OR NOT spoken.standing AND (\(sql: isBroken("c", on: date))
          OR NOT spoken.broken AND (m.outcome_id IS NOT NULL OR \(sql: isBroken("c")))))
      ORDER BY m.business_date <= \(date) DESC NULLS LAST, \(sql: isBroken("c", on: date)) DESC, c.kind <> 'charge',
        c.row_id IS NULL, c.occurred_at, c.outcome_id LIMIT 1
    ) speaker ON true
    WHERE o.reported AND o.kind <> 'charge_failed' AND (
      o.business_date = \(date)
      OR o.business_date < \(date) AND o.kind IN ('charge', 'capture_reversal', 'refund', 'dispute') AND NOT EXISTS (
        SELECT FROM \(sql: matchesThen) m
        WHERE m.payment_id = o.payment_id AND m.outcome_id = o.outcome_id AND m.business_date < \(date)))
    """
  }

  /// Whether a break speaks for a record, and, where a date is given, stands on it.
  private static func isBroken(_ row: SQL, on date: BusinessDate? = nil) -> SQL {
    let standing: SQL =
      date.map { "AND b.first_seen <= \($0) AND (b.resolved_on IS NULL OR b.resolved_on >= \($0))" } ?? ""
    return """
      EXISTS (
        SELECT FROM breaks b WHERE b.payment_id = \(sql: row).payment_id AND b.outcome_id = \(sql: row).outcome_id
          AND b.resolution IS DISTINCT FROM 'explained' \(sql: standing))
      """
  }

  /// One key for all rows of one charge, with the payment as `p`: its own ids are one charge, whichever a row names, and
  /// so are charges that together are what was asked.
  static func chargeKey(of row: SQL) -> SQL {
    """
    CASE
      WHEN \(sql: row).together THEN 'together'
      WHEN \(sql: row).processor_payment IN (p.processor_payment, p.processor_charge)
        OR \(sql: row).processor_charge IN (p.processor_payment, p.processor_charge) THEN 'own'
      ELSE coalesce(\(sql: row).processor_charge, \(sql: row).processor_payment, \(sql: row).outcome_id::text) END
    """
  }

  /// Whether the row `o` is a refund of nobody's that has come back. Its own id is known once, whosever it is.
  private static let isReversed: SQL = "o.outcome_id IN (SELECT outcome_id FROM reversed_refunds)"

  /// A row is an item from the date that took it in until the end of the date that closed it: matched, or its break
  /// settled; and on the date that matched it after its break was settled, once more. An event that tells a charge once
  /// more (`repeated`), and a cost, are items of their own date only.
  static func reportedItems(on date: BusinessDate) -> SQL {
    """
    SELECT 'reported', o.kind, o.payment_id, NULL::uuid,
      CASE WHEN o.row_id IS NULL AND o.principal <> o.outcome_id THEN NULL ELSE o.principal END, o.compared_amount,
      o.compared_currency,
      CASE WHEN o.row_id IS NULL AND o.principal <> o.outcome_id THEN 'repeated'
        WHEN o.kind IN ('charge', 'refund', 'capture_reversal')
          AND NOT (o.kind = 'refund' AND \(sql: isReversed)) THEN 'unmatched' ELSE o.kind END
    FROM reported_rows o
    WHERE o.business_date = \(date) OR NOT (o.row_id IS NULL AND o.principal <> o.outcome_id)
      AND NOT EXISTS (
        SELECT FROM \(sql: matchesThen) m
        WHERE m.payment_id = o.payment_id AND m.outcome_id = o.principal AND m.business_date < \(date))
      AND NOT (
        (EXISTS (SELECT FROM breaks b
          WHERE b.payment_id = o.payment_id AND b.outcome_id = o.principal AND b.resolved_on < \(date)
            AND b.resolution <> 'explained') OR o.kind = 'dispute' OR o.kind = 'refund' AND \(sql: isReversed))
        AND NOT EXISTS (
          SELECT FROM \(sql: matchesThen) t
          WHERE t.payment_id = o.payment_id AND t.outcome_id = o.principal AND t.business_date = \(date))
        AND NOT EXISTS (SELECT FROM breaks b
          WHERE b.payment_id = o.payment_id AND b.outcome_id = o.principal AND b.first_seen <= \(date)
            AND (b.resolved_on IS NULL OR b.resolved_on >= \(date))))
    """
  }

  /// Each item's one bucket: matched, else its break's reason (resolved or not), else what it still is. A break that had
  /// explained itself before the date says nothing of it.
  static func buckets(on date: BusinessDate) -> SQL {
    """
    SELECT i.side, i.kind, i.currency, i.amount,
      CASE WHEN m.payment_id IS NOT NULL THEN 'matched' ELSE coalesce(b.reason, i.unsettled) END AS bucket
    FROM items i
    LEFT JOIN \(sql: matchesThen) m ON m.payment_id = i.payment_id AND m.business_date <= \(date)
      AND (m.item_id = i.item_id OR m.outcome_id = i.outcome_id)
    LEFT JOIN LATERAL (
      SELECT reason FROM breaks b
      WHERE b.first_seen <= \(date) AND m.payment_id IS NULL
        AND (b.resolved_on IS NULL OR b.resolved_on >= \(date) OR b.resolution <> 'explained') AND (
        i.side = 'expected' AND b.payment_id = i.payment_id AND b.item_id = i.item_id
        OR i.side = 'reported' AND b.payment_id = i.payment_id AND b.outcome_id = i.outcome_id
        OR i.side = 'bank' AND i.unsettled = 'other' AND b.payment_id = i.payment_id AND b.item_id = i.item_id)
      ORDER BY b.resolution IS NOT DISTINCT FROM 'explained', b.first_seen DESC, b.break_id LIMIT 1) b ON true
    """
  }
}
