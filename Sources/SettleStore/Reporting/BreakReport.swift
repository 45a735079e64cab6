package import Postgres
package import SettleModel

extension Session {
  /// Every break that was open when the date began or was found on it, with its status at the date's end.
  package func forEachBreak(on date: BusinessDate, _ body: (BreakRow) throws -> Void) throws {
    try forEach(
      """
      \(sql: Self.breakRows(asOf: date))
      WHERE b.first_seen <= \(date) AND (b.resolved_on IS NULL OR b.resolved_on >= \(date))
      ORDER BY b.first_seen, b.reason, b.payment_id, b.break_id
      """
    ) { try body(try Self.breakRow($0)) }
  }

  /// Breaks as they stand now, for `settle breaks`.
  package func breaks(reason: BreakReason?, open: Bool?, limit: Int?) throws -> [BreakRow] {
    let ofReason: SQL = reason.map { "AND b.reason = \($0)" } ?? ""
    let ofStatus: SQL = open.map { "AND b.status = \($0 ? "open" : "resolved")" } ?? ""
    let few: SQL = limit.map { "LIMIT \($0)" } ?? ""
    return try query(
      """
      \(sql: Self.breakRows(
        asOf: BusinessDate(daysSinceEpoch: 1_000_000), today: "(SELECT max(business_date) FROM runs)"))
      WHERE true \(sql: ofReason) \(sql: ofStatus)
      ORDER BY b.first_seen, b.reason, b.payment_id, b.break_id \(sql: few)
      """, Self.breakRow)
  }

  /// Reasons whose record, if any, comes after the break: it tells what was missing, or a failure that the processor
  /// had told first.
  private static let toldLater: [BreakReason] = [
    .missingAtProcessor, .missingRefund, .outcomeUnknown, .holdLapsed, .refundFailed,
  ]

  /// As the date knew them: not how a break was resolved later, nor what became of its refund, nor the record that told
  /// of it only later.
  ///
  /// - Parameter today: until when a decision to wait must last to be shown, where that is not the date.
  private static func breakRows(asOf date: BusinessDate, today: SQL? = nil) -> SQL {
    """
    SELECT b.break_id, b.reason, b.resolved_on IS NULL OR b.resolved_on > \(date) AS open, p.payment_id,
      coalesce(p.order_reference, o.order_reference) AS order_reference,
      coalesce(o.processor, p.processor, y.processor, mf.processor) AS processor,
      coalesce(o.processor_refund, CASE WHEN r.answered_on <= \(date) THEN r.processor_refund END, o.processor_charge,
        o.processor_payment, CASE WHEN p.succeeded_on <= \(date) THEN p.processor_charge END, p.processor_payment,
        \(sql: bankReference))
        AS processor_reference,
      b.expected_amount, b.expected_currency, b.reported_amount, b.reported_currency, b.first_seen,
      coalesce(r.requested_on, \(sql: chargedOn(by: date)), o.business_date, mf.business_date, b.first_seen) AS business_date,
      b.rule, CASE WHEN b.resolved_on <= \(date) THEN b.resolution END AS resolution,
      CASE
        WHEN b.resolved_on <= \(date) THEN NULL
        WHEN b.held_back IN ('refund_refused', 'refund_failed', 'refund_canceled') AND NOT EXISTS (
          SELECT FROM refunds e
          WHERE e.payment_id = b.payment_id AND e.break_id = b.break_id AND e.failed_on <= \(date)) THEN NULL
        ELSE b.held_back END AS held_back,
      \(sql: decisionColumns(by: date)),
      array_remove(ARRAY[pf.name || ':' || p.line, f.name || ':' || s.line, mf.says], NULL)
        || \(sql: bankEvidence) || array_remove(ARRAY[nf.name || ':' || s.next_line], NULL) AS evidence,
      \(sql: Row.laterColumns)
    FROM breaks b
    LEFT JOIN payments p ON p.payment_id = b.payment_id
    LEFT JOIN refunds r ON r.payment_id = b.payment_id AND r.refund_id = b.item_id
    LEFT JOIN outcome_keys k ON k.outcome_id = \(sql: recordOf("b"))
    LEFT JOIN outcome_records o ON o.payment_id = k.payment_id AND o.outcome_id = k.outcome_id
      AND (o.business_date <= \(date) OR b.reason <> ALL(\(toldLater)))
    LEFT JOIN (\(sql: lastDecisions(by: date))) d ON d.break_id = b.break_id AND \(sql: isAboutSameFigures)
      AND (d.wait_until IS NULL OR d.wait_until > \(sql: today ?? "\(date)"))
      -- What failed is not asked for again because a file is given back: somebody has to write it anew.
      AND NOT (d.action = 'refund' AND EXISTS (
        SELECT FROM refunds e WHERE e.payment_id = b.payment_id AND e.break_id = b.break_id AND e.state = 'FAILED'
          AND e.token > d.token AND e.failed_on <= \(date)))
    LEFT JOIN input_files pf ON pf.file_id = p.file_id
    LEFT JOIN LATERAL (\(sql: rowSpokenOf(by: date))) s ON true
    LEFT JOIN input_files f ON f.file_id = s.file_id
    LEFT JOIN input_files nf ON nf.file_id = s.next_file
    LEFT JOIN payouts y ON y.payout_id = b.payment_id AND b.reason IN ('payout_mismatch', 'payout_not_in_bank')
    LEFT JOIN missing_files mf ON mf.payment_id = b.payment_id AND mf.break_id = b.break_id
    """
  }

  /// The date of the last attempt that the date knew of, whichever came after it.
  private static func chargedOn(by date: BusinessDate) -> SQL {
    """
    CASE WHEN p.charged_on <= \(date) THEN p.charged_on
      ELSE (SELECT max(a.business_date) FROM charge_attempts a
        WHERE a.payment_id = p.payment_id AND a.business_date <= \(date)) END
    """
  }

  private static func breakRow(_ row: Row) throws -> BreakRow {
    let held: String? = try row.get("held_back")
    return BreakRow(
      id: try row.get("break_id"), reason: try row.get("reason"), open: try row.get("open"),
      payment: try row.get("payment_id"), orderReference: try row.get("order_reference"),
      processor: try row.get("processor"), processorReference: try row.get("processor_reference"),
      expected: try row.moneyIfAny("expected_amount", "expected_currency"),
      reported: try row.moneyIfAny("reported_amount", "reported_currency"),
      businessDate: try row.get("business_date"), firstSeen: try row.get("first_seen"), rule: try row.get("rule"),
      resolution: try row.get("resolution"), heldBack: held.flatMap(RefundPolicy.Held.init(rawValue:)),
      evidence: try row.get("evidence"), later: try row.laterRow(), decision: try standingDecision(row))
  }
}
