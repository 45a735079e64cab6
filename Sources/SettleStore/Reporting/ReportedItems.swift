import Postgres
import SettleModel

// The reported side of the totals. Several rows may be about one charge: the one that its match or its break names
// speaks for all of them, and they stand in its bucket.

extension Session {
  /// Makes the temporary table `reported_rows`: the rows that may be items of a date, each with the outcome that speaks
  /// for its charge, its `principal`.
  func gatherReported(on date: BusinessDate, among open: OpenItems) throws {
    _ = try execute(
      """
      CREATE TEMPORARY TABLE reported_rows AS
      SELECT r.payment_id, r.outcome_id, r.kind, r.row_id, r.business_date, r.compared_amount, r.compared_currency,
        r.outcome_id AS principal, m.outcome_id IS NOT NULL OR EXISTS (
          SELECT FROM former f WHERE f.payment_id = r.payment_id AND f.outcome_id = r.outcome_id) AS matched
      FROM \(sql: Self.recordsThen(of: open.records)) r
      LEFT JOIN matches m ON m.payment_id = r.payment_id AND m.outcome_id = r.outcome_id
      WHERE r.reported AND r.kind <> 'charge_failed' AND (
        r.business_date = \(date)
        OR r.business_date < \(date) AND r.kind IN ('charge', 'capture_reversal', 'refund', 'dispute')
          AND (m.business_date < \(date)) IS NOT TRUE AND NOT EXISTS (
            SELECT FROM former f
            WHERE f.payment_id = r.payment_id AND f.outcome_id = r.outcome_id AND f.business_date < \(date)))
      """)
    try script("ANALYZE reported_rows")
    _ = try execute(
      """
      UPDATE reported_rows r SET principal = s.speaker
      FROM (\(sql: Self.speakers(on: date))) s WHERE s.payment_id = r.payment_id AND s.outcome_id = r.outcome_id
      """)
  }

  /// Of rows that are not matched themselves, the one of the same charge that speaks for it, where another one does. A
  /// break that has explained itself speaks no more: what it was about is matched, or another break's. A match speaks
  /// before a break, and a break that stands on the date before one that somebody has settled: the charge has more rows
  /// by now.
  private static func speakers(on date: BusinessDate) -> SQL {
    """
    SELECT o.payment_id, o.outcome_id, speaker.outcome_id AS speaker
    FROM reported_rows w
    JOIN \(sql: recordsThen) o ON o.payment_id = w.payment_id AND o.outcome_id = w.outcome_id
    CROSS JOIN LATERAL (
      SELECT \(sql: isBroken("o")) AS broken, \(sql: isBroken("o", on: date)) AS standing
    ) spoken
    CROSS JOIN LATERAL (
      SELECT c.outcome_id FROM \(sql: recordsThen) c
      LEFT JOIN payments p ON p.payment_id = c.payment_id
      LEFT JOIN \(sql: matchesThen) m ON m.payment_id = c.payment_id AND m.outcome_id = c.outcome_id
      WHERE c.payment_id = o.payment_id AND c.outcome_id <> o.outcome_id AND c.kind IN ('charge', 'capture_reversal')
        AND \(sql: chargeKey(of: "c")) = \(sql: chargeKey(of: "o"))
        AND (m.business_date <= \(date) OR NOT spoken.standing AND (\(sql: isBroken("c", on: date))
          OR NOT spoken.broken AND (m.outcome_id IS NOT NULL OR \(sql: isBroken("c")))))
      ORDER BY m.business_date <= \(date) DESC NULLS LAST, \(sql: isBroken("c", on: date)) DESC, c.kind <> 'charge',
        c.row_id IS NULL, c.occurred_at, c.outcome_id LIMIT 1
    ) speaker
    WHERE NOT w.matched AND w.kind IN ('charge', 'capture_reversal')
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
    let isOfItem: SQL = """
      m.payment_id = i.payment_id AND m.business_date <= \(date) AND (m.item_id = i.item_id OR m.outcome_id = i.outcome_id)
      """
    return """
      SELECT i.side, i.kind, i.currency, i.amount, 'matched' AS bucket
      FROM items i JOIN \(sql: matchesThen) m ON \(sql: isOfItem)
      UNION ALL
      SELECT i.side, i.kind, i.currency, i.amount, coalesce(b.reason, i.unsettled)
      FROM items i
      LEFT JOIN LATERAL (
        SELECT reason FROM breaks b
        WHERE b.first_seen <= \(date)
          AND (b.resolved_on IS NULL OR b.resolved_on >= \(date) OR b.resolution <> 'explained') AND (
          i.side = 'expected' AND b.payment_id = i.payment_id AND b.item_id = i.item_id
          OR i.side = 'reported' AND b.payment_id = i.payment_id AND b.outcome_id = i.outcome_id
          OR i.side = 'bank' AND i.unsettled = 'other' AND b.payment_id = i.payment_id AND b.item_id = i.item_id)
        ORDER BY b.resolution IS NOT DISTINCT FROM 'explained', b.first_seen DESC, b.break_id LIMIT 1) b ON true
      WHERE NOT EXISTS (SELECT FROM \(sql: matchesThen) m WHERE \(sql: isOfItem))
      """
  }
}
