import Foundation
package import Postgres
import SettleModel

extension Session {
  /// What an id stands for: a payment's, order's, authorization's, refund's, break's or outcome's own, one of a
  /// processor, a payout's, or a bank's reference. Several where an order has several authorizations; none where nothing
  /// has the id. A reference that a bank has put on many lines names none of them.
  package func explanations(of id: String) throws -> [Explanation] {
    try subjects(of: IdentityText.normalised(id)).map { try explanation(of: $0) }
  }

  /// Up to how many lines of one reference are explained together.
  private static let explainedLines = 5

  /// A person asks for one id at a time, so the tables that have no index on it are read through.
  private func subjects(of text: String) throws -> [PaymentID] {
    let uuid = UUID(uuidString: text)
    return try query(
      """
      SELECT DISTINCT payment_id FROM (
        SELECT payment_id FROM payments
        WHERE payment_id = \(uuid) OR order_id = \(uuid) OR order_reference = \(text) OR authorization_id = \(text)
          OR hold = \(text)
        UNION ALL
        SELECT payment_id FROM payment_references WHERE value = \(text)
        UNION ALL
        SELECT payment_id FROM outcome_records
        WHERE outcome_id = \(uuid) OR \(text) IN (order_reference, processor_payment, processor_charge,
          processor_refund, processor_dispute, row_id)
        UNION ALL
        SELECT payment_id FROM refunds WHERE refund_id = \(uuid) OR processor_refund = \(text)
        UNION ALL
        SELECT payout_id FROM payouts WHERE payout_id = \(uuid) OR reference = \(text)
        UNION ALL
        SELECT line_id FROM bank_lines WHERE line_id = \(uuid)
        UNION ALL
        SELECT line_id FROM (
          SELECT line_id, count(*) OVER () AS lines FROM bank_lines WHERE \(text) IN (reference, end_to_end)) named
        WHERE lines <= \(Self.explainedLines)
        UNION ALL
        SELECT CASE WHEN b.reason IN ('payout_mismatch', 'payout_not_in_bank') THEN b.payment_id
          ELSE coalesce(k.payment_id, b.payment_id) END
        FROM breaks b LEFT JOIN outcome_keys k ON k.outcome_id = b.outcome_id
        WHERE b.break_id = \(uuid)) found
      ORDER BY payment_id
      """
    ) { try $0.get("payment_id") }
  }

  private func explanation(of id: PaymentID) throws -> Explanation {
    var explanation = Explanation(id: id, payment: try paymentFacts(of: id))
    explanation.attempts = try attemptFacts(of: id)
    explanation.cancellations = try cancellationFacts(of: id)
    explanation.outcomes = try outcomeFacts(of: id)
    explanation.matches = try matchFacts(of: id)
    explanation.breaks = try tellRefused(in: breakFacts(of: id), of: id)
    explanation.refunds = try refundFacts(of: id)
    explanation.decisions = try decisionFacts(of: id)
    explanation.events = try eventFacts(of: id)
    explanation.trail = try auditEntries(of: id)
    explanation.payouts = try payoutFacts(of: id)
    explanation.bankLines = try bankLineFacts(of: id, payouts: explanation.payouts)
    explanation.instruments = try instrumentFacts(of: id)
    explanation.statements = try statementFacts(of: id)
    let further = try furtherSubjects(of: explanation)
    explanation.furtherBreaks = try breakFacts(under: further)
    explanation.furtherDecisions = try further.flatMap { try decisionFacts(of: $0) }
    return explanation
  }

  /// The payouts, bank lines and missing files whose breaks are a part of the chain, too.
  private func furtherSubjects(of explanation: Explanation) throws -> [PaymentID] {
    let ids = explanation.payouts.map(\.id.rawValue) + explanation.bankLines.map(\.id.rawValue)
    let file: PaymentID? = try first(
      """
      SELECT \(sql: Self.missingFileID(of: "p.processor", on: "p.charged_on")) AS file FROM payments p
      WHERE p.payment_id = \(explanation.id) AND p.charged_on IS NOT NULL
      """)?.get("file")
    return (ids.map(PaymentID.init(rawValue:)) + [file].compactMap(\.self)).filter { $0 != explanation.id }
  }

  private func instrumentFacts(of id: PaymentID) throws -> [InstrumentFacts] {
    try query(
      """
      SELECT c.*, f.name || ':' || c.line AS source, f.loaded_at
      FROM instrument_changes c JOIN input_files f ON f.file_id = c.file_id
      WHERE c.payment_id = \(id) ORDER BY f.loaded_at, c.file_id, c.line
      """
    ) { row in
      InstrumentFacts(
        paymentMethod: try row.get("payment_method"), hold: try row.get("hold"),
        businessDate: try row.get("business_date"), loadedAt: try row.get("loaded_at"), source: try row.get("source"))
    }
  }

  private func paymentFacts(of id: PaymentID) throws -> PaymentFacts? {
    try first(
      """
      SELECT p.*, f.name || ':' || p.line AS source
      FROM payments p LEFT JOIN input_files f ON f.file_id = p.file_id WHERE p.payment_id = \(id)
      """
    ).map { row in
      PaymentFacts(
        merchant: try row.get("merchant"), processor: try row.get("processor"),
        orderReference: try row.get("order_reference"), authorizationID: try row.get("authorization_id"),
        customer: try row.get("customer_reference"), amount: try row.money("amount", "currency"),
        state: try row.get("state"), failureReason: try row.get("failure_reason"),
        failureCode: try row.get("failure_code"), proof: try row.get("proof"),
        processorPayment: try row.get("processor_payment"), processorCharge: try row.get("processor_charge"),
        recordedAt: try row.get("recorded_at"), recordedOn: try row.get("recorded_on"),
        chargeDueOn: try row.get("charge_due_on"), source: try row.get("source"))
    }
  }

  private func attemptFacts(of id: PaymentID) throws -> [AttemptFacts] {
    try query("SELECT * FROM charge_attempts WHERE payment_id = \(id) ORDER BY attempt") { row in
      AttemptFacts(
        attempt: try row.get("attempt"), operation: try row.get("operation"), instrument: try row.get("instrument"),
        idempotencyKey: try row.get("idempotency_key"), state: try row.get("state"),
        createdAt: try row.get("created_at"), answeredAt: try row.get("answered_at"),
        businessDate: try row.get("business_date"), unknownWhy: try row.get("unknown_why"),
        reason: try row.get("reason"), code: try row.get("code"), keyExpiresAt: try row.get("key_expires_at"),
        lookUps: try row.get("look_ups"), lookedUpAt: try row.get("looked_up_at"),
        givenUpAt: try row.get("given_up_at"))
    }
  }

  private func cancellationFacts(of id: PaymentID) throws -> [CancellationFacts] {
    try query("SELECT * FROM cancellations WHERE payment_id = \(id) ORDER BY created_at, processor_payment") { row in
      CancellationFacts(
        processorPayment: try row.get("processor_payment"), idempotencyKey: try row.get("idempotency_key"),
        state: try row.get("state"), createdAt: try row.get("created_at"), answeredAt: try row.get("answered_at"),
        businessDate: try row.get("business_date"), unknownWhy: try row.get("unknown_why"), code: try row.get("code"))
    }
  }

  private func refundFacts(of id: PaymentID) throws -> [RefundFacts] {
    try query("SELECT * FROM refunds WHERE payment_id = \(id) ORDER BY requested_at, refund_id") { row in
      RefundFacts(
        id: try row.get("refund_id"), amount: try row.money("amount", "currency"), state: try row.get("state"),
        reason: try row.get("reason"), rule: try row.get("rule"), processorCharge: try row.get("processor_charge"),
        processorRefund: try row.get("processor_refund"),
        processorState: try row.get("processor_state"), requestedAt: try row.get("requested_at"),
        processedAt: try row.get("processed_at"), failedAt: try row.get("failed_at"),
        failure: try row.get("failure"), unknownWhy: try row.get("unknown_why"))
    }
  }
}
