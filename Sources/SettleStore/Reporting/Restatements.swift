package import Postgres
package import SettleModel

/// What a fact of one date changes in a report of an earlier one. Nothing of that report is rewritten.
package struct RestatementRow: Sendable, Equatable {
  package var reportDate: BusinessDate
  /// The last report before the date that has the row without knowing what the date knows: of the reports in between,
  /// all that have it. It may have told another reason by then.
  package var lastReportDate: BusinessDate
  /// The file of that report, and what names the row in it: a payment's, refund's, break's, payout's or bank line's id.
  package var file: String
  package var key: String
  package var orderReference: String?
  package var column: String
  /// As the files have it: amounts are decimal major units.
  package var from: String?
  package var to: String?
  package var currency: Currency?
  package var evidence: String?
}

// Derived from facts alone: what came on the date, and which reports had been published of earlier dates.

extension Session {
  /// What the facts of a date change in earlier reports, ordered by report, file and row; payouts come last.
  ///
  /// - Parameter zone: the pipeline's time zone, in which an outcome's instant has its date.
  package func forEachRestatement(
    on date: BusinessDate, zone: String, _ body: (RestatementRow) throws -> Void
  ) throws {
    guard try first("SELECT 1 AS one FROM report_editions WHERE business_date < \(date) LIMIT 1") != nil else { return }
    try forEach(
      """
      WITH reports AS (
        SELECT DISTINCT business_date FROM report_editions WHERE business_date < \(date)
      ), first_report AS (
        SELECT min(business_date) AS day FROM reports
      ), days AS (
        SELECT d::date AS day, (SELECT min(business_date) FROM reports WHERE business_date >= d::date) AS report_date,
          (SELECT max(business_date) FROM reports WHERE business_date <= d::date) AS last_report
        FROM generate_series((SELECT day FROM first_report)::timestamp, \(date)::date - interval '1 day',
          interval '1 day') d
      ), changes AS (
        \(sql: Self.lateCharges(on: date, zone: zone))
        UNION ALL \(sql: Self.lateRefunds(on: date, zone: zone))
        UNION ALL \(sql: Self.explainedBreaks(on: date))
        UNION ALL \(sql: Self.revisedRecords(on: date))
        UNION ALL \(sql: Self.matchesTakenBack(on: date))
        UNION ALL \(sql: Self.turnedEnds(on: date))
        UNION ALL \(sql: Self.restatedBank(on: date))
        UNION ALL \(sql: Self.settledThenMatched(on: date))
      )
      SELECT c.*, greatest(c.report_date, e.last_report) AS last_report_date
      FROM changes c LEFT JOIN days e ON e.day = c.until
      WHERE c.report_date IS NOT NULL
      ORDER BY c.report_date, file, key COLLATE "C", changed, was COLLATE "C", becomes COLLATE "C", evidence COLLATE "C"
      """
    ) { row in
      let currency: String? = try row.get("currency")
      try body(
        RestatementRow(
          reportDate: try row.get("report_date"), lastReportDate: try row.get("last_report_date"),
          file: try row.get("file"), key: try row.get("key"),
          orderReference: try row.get("order_reference"), column: try row.get("changed"), from: try row.get("was"),
          to: try row.get("becomes"), currency: try currency.map { _ in try row.currency("currency") },
          evidence: try row.get("evidence")))
    }
    for row in try restatedPayouts(on: date) { try body(row) }
  }

  /// Charges whose outcome came later than the day on which the processor says it happened: the first report after they
  /// were sent had them in another bucket.
  private static func lateCharges(on date: BusinessDate, zone: String) -> SQL {
    """
    SELECT x.report_date, 'totals.csv' AS file, p.payment_id::text AS key, p.order_reference, 'bucket' AS changed,
      coalesce(b.reason, CASE WHEN k.first_seen <= x.report_date THEN 'file_missing' END,
        CASE WHEN p.succeeded_on <= x.report_date OR p.attempts = 0 THEN 'awaited' ELSE 'unknown' END) AS was,
      'matched' AS becomes, m.currency, f.name || ':' || o.line AS evidence,
      least(b.stood_until, \(date)::date - 1) AS until
    FROM (\(sql: matchesKnown(on: date))) m
    JOIN payments p ON p.payment_id = m.payment_id
    JOIN outcome_records o ON o.payment_id = m.held_by AND o.outcome_id = m.outcome_id
    JOIN input_files f ON f.file_id = o.file_id
    CROSS JOIN first_report
    JOIN days x ON x.day = greatest(p.charged_on, first_report.day)
    LEFT JOIN (\(sql: standing(until: date))) b
      ON b.payment_id = m.payment_id AND b.item_id = m.item_id AND b.first_seen <= x.report_date
    LEFT JOIN breaks k ON k.payment_id = \(sql: missingFileID(of: "p.processor", on: "p.charged_on"))
      AND k.break_id = k.payment_id
      -- Payments stay under the reason of a missing file that a person has settled.
      AND (k.resolved_on IS NULL OR k.resolved_on >= x.report_date OR k.resolution <> 'explained')
    WHERE m.kind = 'charge' AND m.business_date = \(date) AND p.charged_on < \(date)
      AND (o.occurred_at AT TIME ZONE \(zone))::date < \(date) AND NOT \(sql: wasMatched(before: date))
    """
  }

  private static func lateRefunds(on date: BusinessDate, zone: String) -> SQL {
    """
    SELECT x.report_date, 'totals.csv', r.refund_id::text, p.order_reference, 'bucket',
      coalesce(b.reason, CASE
        WHEN r.unknown_on <= x.report_date AND (r.answered_on IS NULL OR r.answered_on > x.report_date) THEN 'unknown'
        ELSE 'awaited' END), 'matched', m.currency, f.name || ':' || o.line,
      least(b.stood_until, r.failed_on, \(date)::date - 1)
    FROM (\(sql: matchesKnown(on: date))) m
    JOIN refunds r ON r.payment_id = m.payment_id AND r.refund_id = m.item_id
    JOIN payments p ON p.payment_id = m.payment_id
    JOIN outcome_records o ON o.payment_id = m.held_by AND o.outcome_id = m.outcome_id
    JOIN input_files f ON f.file_id = o.file_id
    CROSS JOIN first_report
    JOIN days x ON x.day = greatest(r.requested_on, first_report.day)
    LEFT JOIN (\(sql: standing(until: date))) b
      ON b.payment_id = m.payment_id AND b.item_id = m.item_id AND b.first_seen <= x.report_date
    WHERE m.kind = 'refund' AND m.business_date = \(date) AND r.requested_on < \(date)
      AND (o.occurred_at AT TIME ZONE \(zone))::date < \(date) AND NOT \(sql: wasMatched(before: date))
    """
  }

  /// The one break of each item that had stood until the date explained it, or until somebody settled it. What closed
  /// the last one of the item ended its standing in reports, too.
  private static func standing(until date: BusinessDate) -> SQL {
    """
    SELECT DISTINCT ON (payment_id, item_id) payment_id, item_id, reason, first_seen,
      max(CASE resolution WHEN 'explained' THEN \(date)::date - 1 ELSE resolved_on END)
        OVER (PARTITION BY payment_id, item_id) AS stood_until
    FROM breaks
    WHERE item_id IS NOT NULL AND first_seen < \(date)
      AND CASE resolution WHEN 'explained' THEN resolved_on = \(date) ELSE resolved_on <= \(date) END
    ORDER BY payment_id, item_id, first_seen, break_id
    """
  }

  /// Breaks that an earlier report showed as open, and that the date's facts explain.
  private static func explainedBreaks(on date: BusinessDate) -> SQL {
    """
    SELECT x.report_date, 'breaks.csv', b.break_id::text, coalesce(p.order_reference, o.order_reference), 'status',
      'open', 'resolved', coalesce(b.expected_currency, b.reported_currency),
      coalesce(\(sql: explanation(on: date)), f.name || ':' || o.line), \(date)::date - 1
    FROM breaks b
    CROSS JOIN first_report
    JOIN days x ON x.day = greatest(b.first_seen, first_report.day)
    LEFT JOIN payments p ON p.payment_id = b.payment_id
    LEFT JOIN matches m ON m.payment_id = b.payment_id AND m.item_id = b.item_id
    LEFT JOIN outcome_records o ON o.payment_id = b.payment_id AND o.outcome_id = coalesce(m.outcome_id, b.outcome_id)
    LEFT JOIN input_files f ON f.file_id = o.file_id
    WHERE \(sql: wasExplained(on: date))
    """
  }

  /// Records of which the processor said something else on the date: what a report had matched with them, and what it
  /// had counted as reported.
  private static func revisedRecords(on date: BusinessDate) -> SQL {
    let fee = known("fee", as: "bigint")
    let net = known("net", as: "bigint")
    let compared = known("compared_amount", as: "bigint")
    return """
      SELECT (SELECT business_date FROM reports WHERE business_date = c.day), c.file, o.payment_id::text,
        coalesce(p.order_reference, o.order_reference), c.changed, c.was, c.becomes, c.currency,
        f.name || ':' || \(sql: known("line", as: "bigint")), c.until
      FROM (
        SELECT DISTINCT ON (outcome_id) outcome_id, record FROM outcome_versions WHERE replaced_on = \(date)
        ORDER BY outcome_id, version) v
      JOIN outcome_keys k ON k.outcome_id = v.outcome_id
      JOIN outcome_records o ON o.payment_id = k.payment_id AND o.outcome_id = k.outcome_id
      LEFT JOIN (\(sql: replacedLater(than: date))) l ON l.outcome_id = v.outcome_id
      JOIN input_files f ON f.file_id = \(sql: known("file_id", as: "bigint"))
      JOIN currencies s ON s.code = v.record ->> 'currency'
      JOIN currencies t ON t.code = v.record ->> 'compared_currency'
      LEFT JOIN payments p ON p.payment_id = o.payment_id
      LEFT JOIN (\(sql: matchTold(before: date))) m ON m.payment_id = o.payment_id AND m.outcome_id = o.outcome_id
      CROSS JOIN LATERAL (VALUES
        ('matched.csv', m.business_date, 'fee', \(sql: major("(v.record ->> 'fee')::bigint", "s.digits")),
          \(sql: major(fee, "s.digits")), s.code, m.business_date),
        ('matched.csv', m.business_date, 'net', \(sql: major("(v.record ->> 'net')::bigint", "s.digits")),
          \(sql: major(net, "s.digits")), s.code, m.business_date),
        ('matched.csv', m.business_date, 'payout_id', v.record ->> 'payout', \(sql: known("payout", as: "text")), NULL,
          m.business_date),
        ('totals.csv', (v.record ->> 'business_date')::date, 'amount',
          \(sql: major("(v.record ->> 'compared_amount')::bigint", "t.digits")), \(sql: major(compared, "t.digits")),
          t.code, coalesce(m.business_date, \(sql: lastBroken(before: date))))
      ) c (file, day, changed, was, becomes, currency, until)
      WHERE c.was IS DISTINCT FROM c.becomes
      """
  }

  /// The last day before a date on which a break of the record `o` stood: until then it is an item of the totals.
  private static func lastBroken(before date: BusinessDate) -> SQL {
    """
    (SELECT max(least(b.resolved_on, \(date)::date - 1)) FROM breaks b
      WHERE b.payment_id = o.payment_id AND b.outcome_id = o.outcome_id AND b.first_seen < \(date))
    """
  }

  /// Minor units as the files have them.
  static func major(_ minor: SQL, _ digits: SQL) -> SQL {
    "round((\(sql: minor)) / power(10::numeric, \(sql: digits)), \(sql: digits))::text"
  }

  /// Ends that were told and did not last: a refund that failed after all, a failed payment that had been charged.
  private static func turnedEnds(on date: BusinessDate) -> SQL {
    """
    SELECT (SELECT business_date FROM reports WHERE business_date = r.processed_on), 'refunds.csv', r.refund_id::text,
      p.order_reference, 'status', 'PROCESSED', 'FAILED', r.currency, NULL, r.processed_on
    FROM refunds r JOIN payments p ON p.payment_id = r.payment_id
    WHERE r.failed_on = \(date) AND r.processed_on < \(date)
    UNION ALL
    SELECT (SELECT business_date FROM reports WHERE business_date = p.failed_on), 'failed.csv', p.payment_id::text,
      p.order_reference, 'reason', p.failure_reason, 'SUCCEEDED', p.currency, NULL, p.failed_on
    FROM payments p WHERE p.revived AND p.succeeded_on = \(date) AND p.failed_on < \(date)
    """
  }
}
