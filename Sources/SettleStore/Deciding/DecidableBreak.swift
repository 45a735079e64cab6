import Foundation
package import Postgres
package import SettleModel

/// A break with all that a decision about it is judged by.
package struct DecidableBreak: Sendable {
  package var id: BreakID
  /// Under which it is kept: a payment's id, or the derived one of money of nobody's.
  package var key: PaymentID
  /// Nil for money that belongs to no payment.
  package var payment: PaymentID?
  package var orderReference: String?
  package var reason: BreakReason
  package var expected: Money?
  package var reported: Money?
  package var firstSeen: BusinessDate
  package var isOpen: Bool
  package var resolution: String?
  package var resolvedOn: BusinessDate?
  /// What a refund would be judged by; nil where there is no reported charge of a payment's.
  package var refundable: RefundPolicy.Case?
  /// The processor's charge that took the money; nil where no file told it.
  package var processorCharge: String?
  /// A refund for it is under way, or done.
  package var hasRefund: Bool
  /// A refund that its standing decision asked for was refused or failed.
  package var refundHasFailed: Bool
  package var standing: StandingDecision?
  /// How many decisions there are about it.
  package var decisions: Int32
  /// SHA-256 of the files that decided about it as it now is.
  package var files: [String]
  /// SHA-256 of the files that decided about it as it was before, when its amounts were others.
  package var formerFiles: [String]

  /// Whether a person's decision has resolved it.
  package var isDecided: Bool { resolution.map(BreakDecision.resolutions.contains) ?? false }
}

extension Session {
  /// The breaks that have these ids, by id.
  ///
  /// - Parameters:
  ///   - processor: the pipeline's own; what another one took, settle cannot give back.
  ///   - date: by whose end a second person must have agreed, since a later agreement is none yet; nil for any.
  package func decidableBreaks(
    _ ids: [BreakID], processor: String, by date: BusinessDate? = nil
  ) throws -> [BreakID: DecidableBreak] {
    let rows = try query(
      """
      SELECT b.break_id, b.payment_id, b.reason, b.status, b.expected_amount, b.expected_currency, b.reported_amount,
        b.reported_currency, b.first_seen, b.resolution, b.resolved_on, b.rule, p.payment_id AS known_payment,
        coalesce(p.order_reference, o.order_reference) AS order_reference, o.currency AS settled_currency,
        coalesce(o.processor_charge, CASE WHEN b.item_id = p.payment_id THEN p.processor_charge END)
          AS processor_charge,
        (p.processor, o.processor) IS DISTINCT FROM (\(processor), \(processor)) AS elsewhere,
        EXISTS (SELECT FROM refunds r WHERE r.payment_id = b.payment_id AND r.break_id = b.break_id
          AND r.state <> 'FAILED') AS has_refund,
        EXISTS (SELECT FROM refunds r WHERE r.payment_id = b.payment_id AND r.break_id = b.break_id
          AND r.state = 'FAILED' AND r.token > d.token) AS refund_failed,
        (SELECT coalesce(max(n.number), 0) FROM decisions n WHERE n.break_id = b.break_id) AS decisions,
        ARRAY(SELECT DISTINCT d.file_sha256 FROM decisions d
          WHERE d.break_id = b.break_id AND d.action <> 'approve' AND \(sql: Self.isAboutSameFigures)) AS files,
        ARRAY(SELECT DISTINCT d.file_sha256 FROM decisions d
          WHERE d.break_id = b.break_id AND d.action <> 'approve' AND NOT \(sql: Self.isAboutSameFigures)) AS former_files,
        \(sql: Self.returned) AS returned,
        \(sql: Self.decisionColumns(by: date))
      FROM breaks b
      LEFT JOIN payments p ON p.payment_id = b.payment_id
      LEFT JOIN outcome_keys k ON k.outcome_id = \(sql: Self.recordOf("b"))
      LEFT JOIN outcome_records o ON o.payment_id = k.payment_id AND o.outcome_id = k.outcome_id
      LEFT JOIN (\(sql: Self.lastDecisions())) d ON d.break_id = b.break_id AND \(sql: Self.isAboutSameFigures)
      WHERE b.break_id = ANY(\(ids))
      """, Self.decidableBreak)
    return Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func decidableBreak(_ row: Row) throws -> DecidableBreak {
    let payment: PaymentID? = try row.get("known_payment")
    let reported = try row.moneyIfAny("reported_amount", "reported_currency")
    let expected = try row.moneyIfAny("expected_amount", "expected_currency")
    let reason: BreakReason = try row.get("reason")
    let rule: String? = try row.get("rule")
    let settled: String? = try row.get("settled_currency")
    let status: String = try row.get("status")
    let isElsewhere: Bool = try row.get("elsewhere")
    let returned: Int64 = try row.get("returned")
    let subject = reported.flatMap { reported in
      payment == nil || settled == nil
        ? nil
        : RefundPolicy.Case(
          reason: reason, expected: expected, reported: reported,
          proven: rule == "processor_id" || rule == "payment_id",
          sameCurrency: settled == reported.currency.code, isElsewhere: isElsewhere, returned: returned)
    }
    return DecidableBreak(
      id: try row.get("break_id"), key: try row.get("payment_id"), payment: payment,
      orderReference: try row.get("order_reference"), reason: reason, expected: expected, reported: reported,
      firstSeen: try row.get("first_seen"), isOpen: status == "open", resolution: try row.get("resolution"),
      resolvedOn: try row.get("resolved_on"), refundable: subject, processorCharge: try row.get("processor_charge"),
      hasRefund: try row.get("has_refund"), refundHasFailed: try row.get("refund_failed"),
      standing: try standingDecision(row), decisions: try row.get("decisions"), files: try row.get("files"),
      formerFiles: try row.get("former_files"))
  }
}
