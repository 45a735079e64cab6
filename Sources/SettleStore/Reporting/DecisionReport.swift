package import Postgres
package import SettleModel

/// A decision as a date's report tells it, with what it is about.
package struct DecisionRow: Sendable {
  package var breakID: BreakID
  package var reason: BreakReason
  /// The order, or the processor's or bank's reference.
  package var reference: String?
  /// Nil where a second person agrees to an earlier decision.
  package var decision: BreakDecision?
  /// What a refund gives back.
  package var amount: Money?
  /// So large that a second person must agree.
  package var needsApproval: Bool
  package var note: String?
  package var by: String
  package var at: Timestamp
  /// The same in the pipeline's zone, to the minute: `2026-11-21 08:14`.
  package var atLocal: String
  package var on: BusinessDate
}

extension Session {
  /// What finance decided for a date, or since the last one that has a report, in order: so each is told by a report.
  ///
  /// - Parameter zone: the pipeline's time zone, an IANA name.
  package func forEachDecision(on date: BusinessDate, zone: String, _ body: (DecisionRow) throws -> Void) throws {
    try forEach(
      """
      \(sql: Self.decisionRows(zone: zone))
      WHERE d.decided_on <= \(date) AND d.decided_on > coalesce(
        (SELECT max(business_date) FROM report_editions WHERE business_date < \(date)), '-infinity'::date)
      ORDER BY d.decided_at, d.line, d.break_id, d.number
      """
    ) { try body(try Self.decisionRow($0)) }
  }

  /// Refunds that stood decided at a date's end and waited for a second person, the longest first.
  package func refundsAwaitingApproval(on date: BusinessDate, zone: String) throws -> [DecisionRow] {
    try query(
      """
      \(sql: Self.decisionRows(zone: zone))
      JOIN (\(sql: Self.lastDecisions(by: date))) last ON last.break_id = d.break_id AND last.number = d.number
      WHERE d.action = 'refund' AND d.needs_approval AND \(sql: Self.isAboutSameFigures)
        AND b.first_seen <= \(date) AND (b.resolved_on IS NULL OR b.resolved_on > \(date))
        AND NOT EXISTS (
          SELECT FROM decisions a
          WHERE a.break_id = d.break_id AND a.approves = d.number AND a.decided_on <= \(date))
      ORDER BY d.decided_at, d.line, d.break_id
      """, Self.decisionRow)
  }

  private static func decisionRows(zone: String) -> SQL {
    """
    SELECT d.break_id, b.reason, d.note, d.decided_by, d.decided_at, d.decided_on, d.amount, d.currency,
      d.needs_approval, d.approves, d.action AS decision_action, d.wait_until AS decision_until,
      coalesce(d.other_break, d.other_payment) AS decision_other,
      to_char(d.decided_at AT TIME ZONE \(zone), 'YYYY-MM-DD HH24:MI') AS at_local,
      coalesce(p.order_reference, o.order_reference, o.processor_refund, o.processor_charge, o.processor_payment,
        \(sql: bankReference), mf.processor) AS reference
    FROM decisions d
    JOIN breaks b ON b.break_id = d.break_id
    LEFT JOIN payments p ON p.payment_id = b.payment_id
    LEFT JOIN outcome_keys k ON k.outcome_id = \(sql: recordOf("b"))
    LEFT JOIN outcome_records o ON o.payment_id = k.payment_id AND o.outcome_id = k.outcome_id
    LEFT JOIN payouts y ON y.payout_id = b.payment_id AND b.reason IN ('payout_mismatch', 'payout_not_in_bank')
    LEFT JOIN missing_files mf ON mf.payment_id = b.payment_id AND mf.break_id = b.break_id
    """
  }

  private static func decisionRow(_ row: Row) throws -> DecisionRow {
    let approves: Int32? = try row.get("approves")
    return DecisionRow(
      breakID: try row.get("break_id"), reason: try row.get("reason"), reference: try row.get("reference"),
      decision: approves == nil ? try breakDecision(row) : nil, amount: try row.moneyIfAny("amount", "currency"),
      needsApproval: try row.get("needs_approval"), note: try row.get("note"), by: try row.get("decided_by"),
      at: try row.get("decided_at"), atLocal: try row.get("at_local"), on: try row.get("decided_on"))
  }
}
