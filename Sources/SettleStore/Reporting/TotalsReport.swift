package import Postgres
package import SettleModel

extension Session {
  /// The conservation proof of a date: for each side and currency, every item in exactly one bucket, and `all` counted
  /// without regard to buckets.
  ///
  /// The items are those carried in open and those new on the date; refunds are negative. Throws
  /// ``StoreError/unbalanced(_:)`` where the buckets do not add up to `all`.
  package func totals(on date: BusinessDate) throws -> [TotalRow] {
    try script("DROP TABLE IF EXISTS items, bucketed")
    _ = try execute(
      """
      CREATE TEMPORARY TABLE items AS
      \(sql: Self.expectedCharges(on: date)) UNION ALL \(sql: Self.expectedRefunds(on: date))
      UNION ALL \(sql: Self.reportedItems(on: date))
      """)
    try script("ANALYZE items")
    _ = try execute("CREATE TEMPORARY TABLE bucketed AS \(sql: Self.buckets(on: date))")
    let rows = try query(
      """
      SELECT side, bucket, currency, count(*) AS items, sum(amount)::bigint AS amount
      FROM bucketed GROUP BY side, bucket, currency
      UNION ALL
      SELECT side, 'all', currency, count(*), sum(amount)::bigint FROM items GROUP BY side, currency
      ORDER BY side, currency, bucket
      """
    ) { row in
      TotalRow(
        side: try row.get("side"), bucket: try row.get("bucket"), currency: try row.get("currency"),
        count: try row.get("items"), amount: try row.get("amount"))
    }
    try script("DROP TABLE items, bucketed")
    try Self.prove(rows)
    return rows
  }

  private static func prove(_ rows: [TotalRow]) throws {
    var sums: [String: (count: Int64, amount: Int64)] = [:]
    for row in rows {
      let sign: Int64 = row.bucket == "all" ? -1 : 1
      let key = "\(row.side) \(row.currency)"
      let sum = sums[key] ?? (0, 0)
      sums[key] = (sum.count + sign * row.count, sum.amount + sign * row.amount)
    }
    for (key, sum) in sums.sorted(by: { $0.key < $1.key }) where sum.count != 0 || sum.amount != 0 {
      throw StoreError.unbalanced("\(key): the buckets hold \(sum.count) items and \(sum.amount) minor units too many")
    }
  }

  /// A payment is an item from the date it was recorded until the end of the date that closed it.
  private static func expectedCharges(on date: BusinessDate) -> SQL {
    """
    SELECT 'expected' AS side, 'charge' AS kind, p.payment_id, p.payment_id AS item_id, NULL::uuid AS outcome_id,
      p.amount, p.currency,
      CASE
        WHEN p.state = 'FAILED' AND p.failed_on <= \(date) AND p.charge_due_on IS NULL THEN 'declined'
        WHEN p.charged_on IS NULL OR p.charged_on > \(date) THEN 'unsent'
        WHEN EXISTS (SELECT FROM charge_attempts a
          WHERE a.payment_id = p.payment_id AND a.state = 'open' AND a.unknown_why IS NOT NULL) THEN 'unknown'
        ELSE 'awaited'
      END AS unsettled
    FROM payments p
    WHERE p.recorded_on <= \(date)
      AND NOT (p.state = 'FAILED' AND p.failed_on < \(date) AND p.recorded_on < \(date) AND p.charge_due_on IS NULL)
      AND NOT EXISTS (
        SELECT FROM matches m
        WHERE m.payment_id = p.payment_id AND m.item_id = p.payment_id AND m.business_date < \(date))
      AND NOT EXISTS (
        SELECT FROM breaks b
        WHERE b.payment_id = p.payment_id AND b.item_id = p.payment_id AND b.resolved_on < \(date)
          AND b.resolution <> 'explained')
    """
  }

  private static func expectedRefunds(on date: BusinessDate) -> SQL {
    """
    SELECT 'expected', 'refund', r.payment_id, r.refund_id, NULL::uuid, -r.amount, r.currency,
      CASE
        WHEN r.state = 'FAILED' AND r.finished_on <= \(date) THEN 'declined'
        WHEN r.unknown_why IS NOT NULL THEN 'unknown'
        ELSE 'awaited'
      END
    FROM refunds r
    WHERE r.requested_on <= \(date)
      AND NOT (r.state = 'FAILED' AND r.finished_on < \(date) AND r.requested_on < \(date))
      AND NOT EXISTS (
        SELECT FROM matches m
        WHERE m.payment_id = r.payment_id AND m.item_id = r.refund_id AND m.business_date < \(date))
      AND NOT EXISTS (
        SELECT FROM breaks b
        WHERE b.payment_id = r.payment_id AND b.item_id = r.refund_id AND b.resolved_on < \(date)
          AND b.resolution <> 'explained')
    """
  }

  /// A record is an item on the date that took it in, and on each later date on whose morning its break was open.
  private static func reportedItems(on date: BusinessDate) -> SQL {
    """
    SELECT 'reported', o.kind, o.payment_id, NULL::uuid, o.outcome_id, o.compared_amount, o.compared_currency,
      CASE WHEN o.kind IN ('charge', 'refund', 'capture_reversal') THEN 'unmatched' ELSE o.kind END
    FROM outcome_records o
    WHERE o.reported AND o.kind <> 'charge_failed' AND (
      o.business_date = \(date)
      OR o.business_date < \(date) AND o.outcome_id IN (
        SELECT b.outcome_id FROM breaks b
        WHERE b.outcome_id IS NOT NULL AND b.first_seen < \(date)
          AND (b.resolved_on IS NULL OR b.resolved_on >= \(date))
          AND NOT EXISTS (
            SELECT FROM matches m
            WHERE m.payment_id = b.payment_id AND m.outcome_id = b.outcome_id AND m.business_date < \(date))))
    """
  }

  /// Each item's one bucket: matched, else its break's reason (resolved or not), else what it still is.
  ///
  /// A partial capture's reversal goes with the charge that it belongs to.
  private static func buckets(on date: BusinessDate) -> SQL {
    """
    SELECT i.side, i.currency, i.amount,
      CASE WHEN m.payment_id IS NOT NULL THEN 'matched' ELSE coalesce(b.reason, i.unsettled) END AS bucket
    FROM (
      SELECT i.*, CASE WHEN i.kind = 'capture_reversal' THEN coalesce((
          SELECT c.outcome_id FROM outcome_records r
          JOIN outcome_records c ON c.payment_id = r.payment_id AND c.kind = 'charge'
            AND coalesce(c.processor_charge, c.processor_payment) = coalesce(r.processor_charge, r.processor_payment)
          WHERE r.payment_id = i.payment_id AND r.outcome_id = i.outcome_id
          ORDER BY c.occurred_at, c.outcome_id LIMIT 1), i.outcome_id) ELSE i.outcome_id END AS principal
      FROM items i) i
    LEFT JOIN matches m ON m.payment_id = i.payment_id AND m.business_date <= \(date)
      AND (m.item_id = i.item_id OR m.outcome_id = i.principal)
    LEFT JOIN LATERAL (
      SELECT reason FROM breaks b
      WHERE b.first_seen <= \(date) AND m.payment_id IS NULL AND (
        i.side = 'expected' AND b.payment_id = i.payment_id AND b.item_id = i.item_id
        OR i.side = 'reported' AND b.payment_id = i.payment_id AND b.outcome_id = i.principal)
      ORDER BY b.resolution IS NOT DISTINCT FROM 'explained', b.first_seen DESC, b.break_id LIMIT 1) b ON true
    """
  }
}
