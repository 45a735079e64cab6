package import Postgres
package import SettleModel

/// A refund whose request is stored and committed, so that it may be sent.
package struct StoredRefund: Sendable, Equatable {
  package var order: RefundOrder
  package var request: ProcessorRequest
  package var storedAt: Timestamp
}

extension Session {
  /// Reserves a refund: under the payment's row lock, so that concurrent requesters see each other's, checks what the
  /// charge still allows and stores the request. Returns nil where this very refund was asked for before.
  ///
  /// - Throws: ``RefundPolicy/Held`` (as ``HeldBack``) where the allowance does not cover it.
  package func reserveRefund(
    _ order: RefundOrder, for breakID: BreakID, rule: String, request: ProcessorRequest, charge: ProcessorCharge,
    run: RunIdentity, context: LoadContext
  ) throws -> StoredRefund? {
    _ = try first("SELECT payment_id FROM payments WHERE payment_id = \(order.payment) FOR UPDATE")
    let known = try first(
      "SELECT 1 AS known FROM refunds WHERE payment_id = \(order.payment) AND refund_id = \(order.refund)")
    guard known == nil else { return nil }
    let allowance = try refundAllowance(of: order.processorCharge, payment: order.payment, charge: charge)
    if let held = allowance.refusal(of: order.amount) { throw HeldBack(why: held) }
    try audited(
      .refund,
      """
      INSERT INTO refunds (payment_id, refund_id, break_id, processor_charge, amount, currency, reason, rule,
        idempotency_key, request_path, request_body, api_version, token, requested_at, requested_on)
      VALUES (\(order.payment), \(order.refund), \(breakID), \(order.processorCharge), \(order.amount.minor),
        \(order.amount.currency), \(order.reason), \(rule), \(request.idempotencyKey), \(request.path),
        \(request.body), \(request.apiVersion), \(run.fence.token), \(context.now), \(context.date))
      RETURNING refunds.*
      """, context: context)
    try announceRefund(order, context: context)
    return StoredRefund(order: order, request: request, storedAt: context.now)
  }

  private func refundAllowance(
    of processorCharge: String, payment: PaymentID, charge: ProcessorCharge
  ) throws -> RefundAllowance {
    let row = try first(
      """
      SELECT coalesce(sum(amount) FILTER (WHERE state = 'PROCESSED'), 0)::bigint AS processed,
        coalesce(sum(amount) FILTER (WHERE state = 'REQUESTED'), 0)::bigint AS under_way
      FROM refunds WHERE payment_id = \(payment) AND processor_charge = \(processorCharge)
      """)
    guard let row else { throw StoreError.noAnswer("refunds") }
    return RefundAllowance(charge: charge, processed: try row.get("processed"), underWay: try row.get("under_way"))
  }

  /// Refunds without a final answer, of this run or an earlier one that died, in a fixed order.
  package func openRefunds(context: LoadContext) throws -> [StoredRefund] {
    try query(
      """
      SELECT payment_id, refund_id, processor_charge, amount, currency, reason, idempotency_key, request_path,
        request_body, api_version, requested_at
      FROM refunds r
      WHERE state = 'REQUESTED' AND processor_refund IS NULL AND \(sql: Self.ofMerchant(context))
      ORDER BY payment_id, refund_id
      """
    ) { row in
      StoredRefund(
        order: RefundOrder(
          refund: try row.get("refund_id"), payment: try row.get("payment_id"),
          processorCharge: try row.get("processor_charge"), amount: try row.money("amount", "currency"),
          reason: try row.get("reason")),
        request: ProcessorRequest(
          path: try row.get("request_path"), body: try row.get("request_body"),
          idempotencyKey: try row.get("idempotency_key"), apiVersion: try row.get("api_version")),
        storedAt: try row.get("requested_at"))
    }
  }

  /// Records an answer. A break whose refund was processed is resolved in the same transaction.
  package func record(_ result: RefundResult, of order: RefundOrder, context: LoadContext) throws {
    let same: SQL = "payment_id = \(order.payment) AND refund_id = \(order.refund) AND state = 'REQUESTED'"
    switch result {
    case .processed(let reference):
      try audited(
        .refund,
        """
        UPDATE refunds SET state = CASE WHEN failed_at IS NULL THEN 'PROCESSED' ELSE state END,
          processor_refund = \(reference), processed_at = \(context.now), unknown_why = NULL,
          finished_on = CASE WHEN failed_at IS NULL THEN \(context.date) ELSE finished_on END
        WHERE payment_id = \(order.payment) AND refund_id = \(order.refund) AND processed_at IS NULL
        RETURNING refunds.*
        """, context: context)
      try registerRefund(reference, of: order.payment, context: context)
    case .pending(let reference):
      try audited(
        .refund,
        """
        UPDATE refunds SET processor_refund = \(reference), unknown_why = NULL
        WHERE \(sql: same) AND (processor_refund IS DISTINCT FROM \(reference) OR unknown_why IS NOT NULL)
        RETURNING refunds.*
        """, context: context)
      try registerRefund(reference, of: order.payment, context: context)
    case .failed(let reference, let why):
      try audited(
        .refund,
        """
        UPDATE refunds SET state = 'FAILED', processor_refund = coalesce(\(reference), processor_refund), failed_at = \(context.now),
          finished_on = \(context.date), failure = \(why), unknown_why = NULL WHERE \(sql: same)
        RETURNING refunds.*
        """, context: context)
    case .unknown(let why):
      // That an answer is not known is told once, however often it is asked for again.
      let left: SQL = "UPDATE refunds SET unknown_why = \(why) WHERE \(sql: same)"
      try audited(.refund, "\(sql: left) AND unknown_why IS NULL RETURNING refunds.*", context: context)
      _ = try execute("\(sql: left) AND unknown_why <> \(why)")
    }
    try resolveRefunded(context: context, payment: order.payment)
  }

  /// A break is settled when the refund that it asked for was processed.
  func resolveRefunded(context: LoadContext, payment: PaymentID? = nil) throws {
    let scope: SQL = payment.map { "AND o.payment_id = \($0)" } ?? ""
    try auditedInTurns(
      .breaking,
      """
      UPDATE breaks b
      SET status = 'resolved', resolved_on = \(context.date), resolution = 'refunded', held_back = NULL
      FROM (
        SELECT DISTINCT ON (o.payment_id) o.payment_id, o.break_id FROM breaks o
        JOIN refunds r ON r.payment_id = o.payment_id AND r.break_id = o.break_id AND r.state = 'PROCESSED'
        WHERE o.status = 'open' \(sql: scope) ORDER BY o.payment_id, o.break_id) refunded
      WHERE b.payment_id = refunded.payment_id AND b.break_id = refunded.break_id
      RETURNING b.*
      """, context: context)
  }

  private func registerRefund(_ reference: String, of payment: PaymentID, context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO payment_references (merchant, processor, value, kind, payment_id)
      SELECT merchant, processor, \(reference), 'refund', payment_id FROM payments WHERE payment_id = \(payment)
      ON CONFLICT (merchant, processor, value) DO NOTHING
      """)
  }
}

/// The charge does not allow the refund: a person decides.
package struct HeldBack: Error {
  package var why: RefundPolicy.Held
}
