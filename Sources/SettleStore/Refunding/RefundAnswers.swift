package import Postgres
package import SettleModel

/// A refund that the processor has taken on, and where it was when settle last heard of it.
package struct KnownRefund: Sendable, Equatable {
  package var order: RefundOrder
  /// The processor's own id, `re_…` at Stripe.
  package var reference: String
  package var state: ProcessorRefundState?
  package var requestedAt: Timestamp

  /// Whether its end is still to come, so that the processor must know it; else it is only watched for a failure.
  package var isUnfinished: Bool { state != .succeeded }
}

extension Session {
  /// Refunds that the processor has taken on and that may have moved since: those without an end, however old, and
  /// those processed since an instant, which may have failed after all. In a fixed order.
  package func knownRefunds(processedSince start: Timestamp, context: LoadContext) throws -> [KnownRefund] {
    try query(
      """
      SELECT \(sql: Self.orderColumns), state, processor_refund, processor_state, requested_at
      FROM refunds r
      WHERE (state = 'REQUESTED' OR state = 'PROCESSED' AND processed_at >= \(start))
        AND processor_refund IS NOT NULL AND \(sql: Self.ofMerchant(context))
      ORDER BY payment_id, refund_id
      """
    ) { row in
      let isProcessed = try row.get("state") as RefundState == .processed
      let word: String? = try row.get("processor_state")
      return KnownRefund(
        order: try Self.refundOrder(row), reference: try row.get("processor_refund"),
        state: isProcessed ? .succeeded : word.flatMap(ProcessorRefundState.init(rawValue:)),
        requestedAt: try row.get("requested_at"))
    }
  }

  /// Records what became of a refund. In the same transaction a break whose refund was processed is resolved, and one
  /// whose refund was refused, failed or was canceled says so and is left to a person.
  ///
  /// What is final stays, but that a refund which was processed may fail: both instants are kept, and the failure is a
  /// break of its own.
  package func record(_ result: RefundResult, of order: RefundOrder, context: LoadContext) throws {
    let this: SQL = "payment_id = \(order.payment) AND refund_id = \(order.refund)"
    switch result {
    case .processed(let reference):
      _ = try execute(
        """
        UPDATE refunds SET state = CASE WHEN failed_at IS NULL THEN 'PROCESSED' ELSE state END,
          processor_state = CASE WHEN failed_at IS NULL THEN 'succeeded' ELSE processor_state END,
          processor_refund = \(reference), processed_at = \(context.now), processed_on = \(context.date),
          answered_on = coalesce(answered_on, \(context.date)), unknown_why = NULL
        WHERE \(sql: this) AND processed_at IS NULL
        """)
      try registerRefund(reference, of: order.payment, context: context)
    case .pending(let reference), .requiresAction(let reference):
      let state = result.processorState?.rawValue
      _ = try execute(
        """
        UPDATE refunds SET processor_refund = \(reference), processor_state = \(state), unknown_why = NULL,
          answered_on = coalesce(answered_on, \(context.date))
        WHERE \(sql: this) AND state = 'REQUESTED' AND (processor_refund, processor_state, unknown_why)
          IS DISTINCT FROM (\(reference), \(state), NULL::text)
        """)
      try registerRefund(reference, of: order.payment, context: context)
    case .failed(let reference, let why):
      try recordFailure(reference, why, result.processorState, of: order, context: context)
    case .canceled(let reference):
      try recordFailure(reference, "canceled", .canceled, of: order, context: context)
    case .unknown(let why):
      _ = try execute(
        """
        UPDATE refunds SET unknown_why = \(why), unknown_on = coalesce(unknown_on, \(context.date))
        WHERE \(sql: this) AND state = 'REQUESTED' AND unknown_why IS DISTINCT FROM \(why)
        """)
    }
    try resolveRefunded(context: context, payment: order.payment)
    try holdBackFailed(payment: order.payment)
  }

  /// A refusal of the request (without a reference) says nothing about a refund that was processed.
  private func recordFailure(
    _ reference: String?, _ why: String, _ state: ProcessorRefundState?, of order: RefundOrder, context: LoadContext
  ) throws {
    let former: SQL = reference == nil ? "state = 'REQUESTED'" : "state <> 'FAILED'"
    try fail(
      """
      UPDATE refunds r SET state = 'FAILED', processor_refund = coalesce(\(reference), processor_refund),
        processor_state = \(state?.rawValue), failed_at = \(context.now), failed_on = \(context.date),
        answered_on = coalesce(answered_on, \(context.date)), failure = \(why), unknown_why = NULL
      WHERE payment_id = \(order.payment) AND refund_id = \(order.refund) AND \(sql: former)
      """)
    if let reference { try registerRefund(reference, of: order.payment, context: context) }
  }

  /// Carries out an update of `refunds r` that makes refunds FAILED, and gives what they had reserved back to their
  /// charges: as a difference, since a sum would overwrite what others reserve at the same time.
  func fail(_ update: SQL) throws {
    _ = try execute(
      """
      WITH failed AS (\(sql: update) RETURNING r.payment_id, r.processor_charge, r.amount),
      freed AS (
        SELECT payment_id, processor_charge, sum(amount)::bigint AS amount FROM failed
        GROUP BY payment_id, processor_charge)
      UPDATE charge_allowances a SET refund_reserved = a.refund_reserved - f.amount
      FROM freed f WHERE a.payment_id = f.payment_id AND a.processor_charge = f.processor_charge
      """)
  }

  /// A break is settled when the refund that it asked for was processed.
  func resolveRefunded(context: LoadContext, payment: PaymentID? = nil) throws {
    let scope: SQL = payment.map { "AND b.payment_id = \($0)" } ?? ""
    _ = try execute(
      """
      UPDATE breaks b SET status = 'resolved', resolved_on = \(context.date), resolution = 'refunded'
      FROM refunds r
      WHERE b.status = 'open' AND r.payment_id = b.payment_id AND r.break_id = b.break_id
        AND r.state = 'PROCESSED' \(sql: scope)
      """)
  }

  /// A break that is open although its refund has ended is left to a person, and says why: no rule asks twice.
  func holdBackFailed(payment: PaymentID? = nil) throws {
    let scope: SQL = payment.map { "AND payment_id = \($0)" } ?? ""
    _ = try execute(
      """
      UPDATE breaks b SET held_back = r.why
      FROM (
        SELECT DISTINCT ON (payment_id, break_id) payment_id, break_id,
          CASE processor_state WHEN 'failed' THEN 'refund_failed' WHEN 'canceled' THEN 'refund_canceled'
            ELSE 'refund_refused' END AS why
        FROM refunds WHERE state = 'FAILED' \(sql: scope)
        ORDER BY payment_id, break_id, requested_at DESC, refund_id) r
      WHERE b.status = 'open' AND b.payment_id = r.payment_id AND b.break_id = r.break_id
        AND b.held_back IS DISTINCT FROM r.why
        AND NOT EXISTS (
          SELECT FROM refunds o
          WHERE o.payment_id = b.payment_id AND o.break_id = b.break_id AND o.state <> 'FAILED')
      """)
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
