package import Postgres
package import SettleModel

extension Session {
  /// What was matched on the date, in order of payment and item.
  package func forEachMatched(on date: BusinessDate, _ body: (MatchedRow) throws -> Void) throws {
    try forEach(
      """
      SELECT m.payment_id, p.order_reference, m.kind, m.rule, m.amount, m.currency, m.tolerated,
        \(sql: Self.known("currency", as: "text")) AS settled_currency,
        CASE WHEN o.together THEN s.fee ELSE \(sql: Self.known("fee", as: "bigint")) + coalesce(v.fee, 0) END AS fee,
        CASE WHEN o.together THEN s.net ELSE \(sql: Self.known("net", as: "bigint")) + coalesce(v.net, 0) END AS net,
        coalesce(o.processor_refund, o.processor_charge, o.processor_payment) AS processor_reference,
        \(sql: Self.known("payout", as: "text")) AS payout,
        \(sql: Self.known("occurred_at", as: "timestamptz")) AS occurred_at
      FROM (\(sql: Self.matchesKnown(on: date))) m
      JOIN payments p ON p.payment_id = m.payment_id
      JOIN outcome_records o ON \(sql: Self.isOfRecord)
      LEFT JOIN (
        SELECT payment_id, processor_charge, sum(fee)::bigint AS fee, sum(net)::bigint AS net FROM outcome_records
        WHERE kind = 'capture_reversal' AND business_date <= \(date) GROUP BY payment_id, processor_charge
      ) v ON m.kind = 'charge' AND v.payment_id = o.payment_id AND v.processor_charge = o.processor_charge
      LEFT JOIN (\(sql: Self.replacedLater(than: date))) l ON l.outcome_id = o.outcome_id
      LEFT JOIN (
        SELECT payment_id, sum(fee)::bigint AS fee, sum(net)::bigint AS net FROM outcome_records
        WHERE together GROUP BY payment_id
      ) s ON o.together AND s.payment_id = o.payment_id
      WHERE m.business_date = \(date)
      ORDER BY m.payment_id, m.kind, m.item_id
      """
    ) { row in
      try body(
        MatchedRow(
          payment: try row.get("payment_id"), orderReference: try row.get("order_reference"),
          kind: try row.get("kind"), rule: try row.get("rule"), amount: try row.money("amount", "currency"),
          tolerated: try row.money("tolerated", "currency"),
          fee: try row.money("fee", "settled_currency"), net: try row.money("net", "settled_currency"),
          processorReference: try row.get("processor_reference"), payout: try row.get("payout"),
          occurredAt: try row.get("occurred_at")))
    }
  }

  /// Refunds that were asked for on the date, were under way when it began, or ended on it; as the date knew them.
  package func forEachRefund(on date: BusinessDate, _ body: (RefundRow) throws -> Void) throws {
    try forEach(
      """
      SELECT r.refund_id, r.payment_id, p.order_reference, r.amount, r.currency, r.reason, r.rule,
        CASE WHEN r.failed_on <= \(date) THEN 'FAILED' WHEN r.processed_on <= \(date) THEN 'PROCESSED' ELSE 'REQUESTED' END
          AS state, r.requested_at, CASE WHEN r.answered_on <= \(date) THEN r.processor_refund END AS processor_refund
      FROM refunds r JOIN payments p ON p.payment_id = r.payment_id
      WHERE r.requested_on <= \(date)
        AND (\(date) IN (r.requested_on, r.processed_on, r.failed_on)
          OR coalesce(least(r.processed_on, r.failed_on), \(date)) >= \(date))
      ORDER BY r.requested_at, r.payment_id, r.refund_id
      """
    ) { row in
      try body(
        RefundRow(
          id: try row.get("refund_id"), payment: try row.get("payment_id"),
          orderReference: try row.get("order_reference"), amount: try row.money("amount", "currency"),
          reason: try row.get("reason"), rule: try row.get("rule"), state: try row.get("state"),
          requestedAt: try row.get("requested_at"), processorReference: try row.get("processor_refund")))
    }
  }

  /// Payments that failed on the date, by currency and order.
  package func forEachFailed(on date: BusinessDate, _ body: (FailedRow) throws -> Void) throws {
    try forEach(
      """
      SELECT payment_id, order_reference, amount, currency, failure_reason, failure_code, failed_at FROM payments
      WHERE failed_on = \(date) AND (state = 'FAILED' OR succeeded_on > \(date))
      ORDER BY currency, order_reference, payment_id
      """
    ) { row in
      try body(
        FailedRow(
          payment: try row.get("payment_id"), orderReference: try row.get("order_reference"),
          amount: try row.money("amount", "currency"), reason: try row.get("failure_reason"),
          code: try row.get("failure_code"), failedAt: try row.get("failed_at")))
    }
  }

  /// Rows that were refused in files loaded on the date.
  package func forEachQuarantined(on date: BusinessDate, _ body: (QuarantineRow) throws -> Void) throws {
    try forEach(
      """
      SELECT f.name, q.line, q.field, q.reason, q.detail
      FROM quarantine q JOIN input_files f ON f.file_id = q.file_id
      WHERE q.business_date = \(date)
      ORDER BY f.name, f.file_id, q.line, q.ordinal
      """
    ) { row in
      try body(
        QuarantineRow(
          file: try row.get("name"), line: try row.get("line"), field: try row.get("field"),
          reason: try row.get("reason"), detail: try row.get("detail")))
    }
  }
}

extension Session {
  /// Files whose rows were first taken in on the date.
  package func filesLoaded(on date: BusinessDate) throws -> [LoadedFileRow] {
    try query(
      """
      SELECT name, layout, rows_read, rows_accepted, rows_quarantined, rows_ignored FROM input_files
      WHERE business_date = \(date) ORDER BY name, file_id
      """
    ) { row in
      LoadedFileRow(
        name: try row.get("name"), layout: try row.get("layout"),
        counts: FileCounts(
          read: try row.get("rows_read"), accepted: try row.get("rows_accepted"),
          quarantined: try row.get("rows_quarantined"), ignored: try row.get("rows_ignored")))
    }
  }
}
