package import Postgres
package import SettleModel

extension Session {
  /// The conservation proof of a date: for each side and currency, every item in exactly one bucket, and `all` counted
  /// without regard to buckets.
  ///
  /// The items are those carried in open and those new on the date; refunds are negative. What a rule's tolerance let
  /// pass is the bucket `tolerated` of the reported side, without items of its own. Throws
  /// ``StoreError/unbalanced(_:)`` where the buckets do not add up to `all`.
  ///
  /// Beside the rows of `totals.csv`, the buckets of the expected charges alone.
  package func totals(on date: BusinessDate) throws -> (rows: [TotalRow], charges: [TotalRow]) {
    try script("DROP TABLE IF EXISTS reported_rows, items, bucketed")
    try setAsideLaterFacts(than: date)
    let open = try openItems(on: date)
    try gatherReported(on: date, among: open)
    _ = try execute(
      """
      CREATE TEMPORARY TABLE items AS
      \(sql: Self.expectedCharges(on: date, among: open)) UNION ALL \(sql: Self.expectedRefunds(on: date))
      UNION ALL \(sql: Self.reportedItems(on: date)) UNION ALL \(sql: Self.bankItems(on: date))
      """)
    try tellWaitingForFiles(on: date)
    try script("ANALYZE items")
    _ = try execute(
      """
      CREATE TEMPORARY TABLE bucketed AS
      SELECT side, kind, currency, bucket, count(*) AS items, sum(amount) AS amount
      FROM (\(sql: Self.buckets(on: date))) placed GROUP BY side, kind, currency, bucket
      """)
    try setTolerated(on: date)
    func row(_ row: Row) throws -> TotalRow {
      TotalRow(
        side: try row.get("side"), bucket: try row.get("bucket"), currency: try row.currency("currency"),
        count: try row.get("items"), amount: try row.get("amount"))
    }
    let rows = try query(
      """
      SELECT side, bucket, currency, sum(items) AS items, sum(amount)::bigint AS amount
      FROM bucketed GROUP BY side, bucket, currency
      UNION ALL
      SELECT side, 'all', currency, count(*), sum(amount)::bigint FROM items GROUP BY side, currency
      ORDER BY side, currency, bucket
      """, row)
    let charges = try query(
      """
      SELECT side, bucket, currency, sum(items) AS items, sum(amount)::bigint AS amount
      FROM bucketed WHERE side = 'expected' AND kind = 'charge'
      GROUP BY side, bucket, currency ORDER BY side, currency, bucket
      """, row)
    try script("DROP TABLE reported_rows, items, bucketed, former, replaced, reversed_refunds")
    try Self.prove(rows)
    return (rows, charges)
  }

  /// What a rule let pass stands beside what it matched, as a sum without items: so what was expected and matched is what
  /// was reported and matched, to the last unit.
  private func setTolerated(on date: BusinessDate) throws {
    _ = try execute(
      """
      INSERT INTO bucketed (side, kind, currency, amount, bucket, items)
      SELECT 'reported', m.kind, m.currency, s.sign * m.tolerated, s.bucket, 0
      FROM \(sql: Self.matchesThen) m CROSS JOIN (VALUES (-1, 'matched'), (1, 'tolerated')) s (sign, bucket)
      WHERE m.tolerated <> 0 AND m.business_date <= \(date) AND EXISTS (
        SELECT FROM items i
        WHERE i.side = 'reported' AND i.payment_id = m.payment_id AND i.outcome_id = m.outcome_id)
      """)
  }

  private static func prove(_ rows: [TotalRow]) throws {
    var sums: [String: (count: Int64, amount: Int64)] = [:]
    for row in rows {
      let sign: Int64 = row.bucket == "all" ? -1 : 1
      let key = "\(row.side) \(row.currency)"
      let sum = sums[key] ?? (0, 0)
      sums[key] = (sum.count + sign * row.count, sum.amount + sign * row.amount)
    }
    for currency in Set(rows.map(\.currency)).sorted() {
      let matched = rows.filter { $0.bucket == "matched" && $0.currency == currency }
      let amounts = ["expected", "reported"].map { side in matched.first { $0.side == side }?.amount ?? 0 }
      guard amounts[0] == amounts[1] else {
        throw StoreError.unbalanced("\(currency): \(amounts[0]) minor units expected are matched with \(amounts[1])")
      }
    }
    for (key, sum) in sums.sorted(by: { $0.key < $1.key }) where sum.count != 0 || sum.amount != 0 {
      throw StoreError.unbalanced(
        "\(key): the buckets hold \(sum.count.of("item", "items")) and \(sum.amount) minor units too many")
    }
  }

  /// A payment is an item from the date it was recorded until the end of the date that closed it. One that was declined
  /// and is to be tried again is open: `retrying`.
  private static func expectedCharges(on date: BusinessDate, among open: OpenItems) -> SQL {
    """
    SELECT 'expected' AS side, 'charge' AS kind, p.payment_id, p.payment_id AS item_id, NULL::uuid AS outcome_id,
      p.amount, p.currency,
      CASE
        WHEN p.state = 'FAILED' AND p.failed_on <= \(date) AND p.charge_due_on IS NULL THEN 'declined'
        WHEN p.state = 'SUCCEEDED' AND p.succeeded_on <= \(date) THEN 'awaited'
        WHEN \(sql: lastAttempt(by: date)) IN ('declined', 'refused') THEN
          CASE WHEN p.failed_on <= \(date) AND p.charge_due_on IS NULL THEN 'declined' ELSE 'retrying' END
        WHEN p.charged_on IS NULL
          OR p.charged_on > \(date) AND \(sql: lastAttempt(by: date)) IS NULL THEN 'unsent'
        WHEN EXISTS (SELECT FROM charge_attempts a
          WHERE a.payment_id = p.payment_id AND a.state = 'open') THEN 'unknown'
        ELSE 'awaited'
      END AS unsettled
    FROM \(sql: open.payments) p
    WHERE p.recorded_on <= \(date)
      AND NOT (p.state = 'FAILED' AND p.failed_on < \(date) AND p.recorded_on < \(date) AND p.charge_due_on IS NULL)
      AND NOT EXISTS (
        SELECT FROM \(sql: matchesThen) m
        WHERE m.payment_id = p.payment_id AND m.item_id = p.payment_id AND m.business_date < \(date))
      AND NOT EXISTS (
        SELECT FROM breaks b
        WHERE b.payment_id = p.payment_id AND b.item_id = p.payment_id AND \(sql: isClosed(before: date)))
    """
  }

  /// The state of a payment's last attempt as of a date, whichever attempts came after it.
  private static func lastAttempt(by date: BusinessDate) -> SQL {
    """
    (SELECT a.state FROM charge_attempts a
      WHERE a.payment_id = p.payment_id AND a.business_date <= \(date) AND a.state <> 'superseded'
      ORDER BY a.attempt DESC LIMIT 1)
    """
  }

  /// A refund that failed is an item of the date that learnt of it, and once more of the date on which the files' own
  /// account of it was matched.
  private static func expectedRefunds(on date: BusinessDate) -> SQL {
    """
    SELECT 'expected', 'refund', r.payment_id, r.refund_id, NULL::uuid, -r.amount, r.currency,
      CASE
        WHEN r.failed_on <= \(date) THEN 'declined'
        WHEN r.unknown_on <= \(date) AND (r.answered_on IS NULL OR r.answered_on > \(date)) THEN 'unknown'
        ELSE 'awaited'
      END
    FROM refunds r
    WHERE r.requested_on <= \(date)
      AND (r.failed_on IS NULL OR r.failed_on >= \(date) OR r.requested_on >= \(date) OR EXISTS (
        SELECT FROM \(sql: matchesThen) m
        WHERE m.payment_id = r.payment_id AND m.item_id = r.refund_id AND m.business_date = \(date)))
      AND NOT EXISTS (
        SELECT FROM \(sql: matchesThen) m
        WHERE m.payment_id = r.payment_id AND m.item_id = r.refund_id AND m.business_date < \(date))
      AND NOT EXISTS (
        SELECT FROM breaks b
        WHERE b.payment_id = r.payment_id AND b.item_id = r.refund_id AND \(sql: isClosed(before: date)))
    """
  }

  /// Whether the break `b` closed what was expected before a date, as a person's decision or a refund does: then it is
  /// an item no more. What another break carries on, or the date itself has matched after all, is one again.
  private static func isClosed(before date: BusinessDate) -> SQL {
    """
    b.resolved_on < \(date) AND b.resolution <> 'explained' AND NOT \(sql: isFollowed(on: date)) AND NOT EXISTS (
      SELECT FROM \(sql: matchesThen) t
      WHERE t.payment_id = b.payment_id AND t.item_id = b.item_id AND t.business_date = \(date))
    """
  }
}
