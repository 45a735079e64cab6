package import Postgres
package import SettleModel

/// A refund that the processor has taken on, and where it was when settle last heard of it.
package struct KnownRefund: Sendable, Equatable {
  package var order: RefundOrder
  /// The processor's own id, `re_…` at Stripe.
  package var reference: String
  package var state: ProcessorRefundState?
  package var requestedAt: Timestamp
  /// When it was last asked about, the processor did not know it.
  package var isDoubted: Bool

  /// Whether its end is still to come, so that the processor must know it; else it is only watched for a failure.
  package var isUnfinished: Bool { state != .succeeded }
}

extension Session {
  /// Refunds that the processor has taken on and that may have moved since: those without an end, however old, and
  /// those processed since an instant, which may have failed after all. In a fixed order.
  package func knownRefunds(processedSince start: Timestamp, context: LoadContext) throws -> [KnownRefund] {
    try query(
      """
      SELECT \(sql: Self.orderColumns), state, processor_refund, processor_state, requested_at,
        unknown_why IS NOT NULL AS doubted
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
        requestedAt: try row.get("requested_at"), isDoubted: try row.get("doubted"))
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
      try audited(
        .refund,
        """
        UPDATE refunds SET state = CASE WHEN failed_at IS NULL THEN 'PROCESSED' ELSE state END,
          processor_state = CASE WHEN failed_at IS NULL THEN 'succeeded' ELSE processor_state END,
          processor_refund = \(reference), processed_at = \(context.now), processed_on = \(context.date),
          answered_on = coalesce(answered_on, \(context.date)), unknown_why = NULL
        WHERE \(sql: this) AND processed_at IS NULL
        RETURNING refunds.*
        """, context: context)
      try registerRefund(reference, of: order.payment, context: context)
    case .pending(let reference), .requiresAction(let reference):
      let state = result.processorState?.rawValue
      try audited(
        .refund,
        """
        UPDATE refunds SET processor_refund = \(reference), processor_state = \(state), unknown_why = NULL,
          answered_on = coalesce(answered_on, \(context.date))
        WHERE \(sql: this) AND state = 'REQUESTED' AND (processor_refund, processor_state, unknown_why)
          IS DISTINCT FROM (\(reference), \(state), NULL::text)
        RETURNING refunds.*
        """, context: context)
      try registerRefund(reference, of: order.payment, context: context)
    case .failed(let reference, let why):
      try recordFailure(reference, why, result.processorState, of: order, context: context)
    case .canceled(let reference):
      try recordFailure(reference, "canceled", .canceled, of: order, context: context)
    case .unknown(let why):
      try auditedOnce(
        .refund,
        """
        UPDATE refunds SET unknown_why = \(why), unknown_on = coalesce(unknown_on, \(context.date))
        WHERE \(sql: this) AND state = 'REQUESTED'
        """, of: "refunds", again: "unknown_why <> \(why)", context: context)
    }
    try resolveRefunded(context: context, payment: order.payment)
    try holdBackFailed(context: context, payment: order.payment)
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
      """, context: context)
    if let reference { try registerRefund(reference, of: order.payment, context: context) }
  }

  /// Carries out an update of `refunds r`, of one a payment each time, that makes refunds FAILED, and gives what they had
  /// reserved back to their charges: as a difference, since a sum would overwrite what others reserve at the same time.
  func fail(_ update: SQL, context: LoadContext) throws {
    try auditedInTurns(
      .refund, "\(sql: update) RETURNING r.*",
      alongside: """
        UPDATE charge_allowances a SET refund_reserved = a.refund_reserved - f.amount
        FROM changed f WHERE a.payment_id = f.payment_id AND a.processor_charge = f.processor_charge
        """, context: context)
  }

  /// A break is settled when the refund that it asked for was processed.
  func resolveRefunded(context: LoadContext, payment: PaymentID? = nil) throws {
    let scope: SQL = payment.map { "AND o.payment_id = \($0)" } ?? ""
    try auditedInTurns(
      .breaking,
      """
      UPDATE breaks b SET status = 'resolved', resolved_on = \(context.date), resolution = 'refunded'
      FROM (
        SELECT DISTINCT ON (o.payment_id) o.payment_id, o.break_id FROM breaks o
        JOIN refunds r ON r.payment_id = o.payment_id AND r.break_id = o.break_id AND r.state = 'PROCESSED'
        WHERE o.status = 'open' \(sql: scope) ORDER BY o.payment_id, o.break_id) refunded
      WHERE b.payment_id = refunded.payment_id AND b.break_id = refunded.break_id
      RETURNING b.*
      """, context: context)
  }

  /// A break that is open although its refund has ended is left to a person, and says why: no rule asks twice.
  func holdBackFailed(context: LoadContext, payment: PaymentID? = nil) throws {
    let scope: SQL = payment.map { "AND r.payment_id = \($0)" } ?? ""
    try auditedInTurns(
      .breaking,
      """
      UPDATE breaks b SET held_back = f.why
      FROM (
        SELECT DISTINCT ON (r.payment_id) r.payment_id, r.break_id,
          CASE r.processor_state WHEN 'failed' THEN 'refund_failed' WHEN 'canceled' THEN 'refund_canceled'
            ELSE 'refund_refused' END AS why
        FROM (
          SELECT DISTINCT ON (r.payment_id, r.break_id) r.* FROM refunds r WHERE r.state = 'FAILED' \(sql: scope)
          ORDER BY r.payment_id, r.break_id, r.requested_at DESC, r.refund_id) r
        JOIN breaks o ON o.payment_id = r.payment_id AND o.break_id = r.break_id AND o.status = 'open'
        WHERE o.held_back IS DISTINCT FROM CASE r.processor_state WHEN 'failed' THEN 'refund_failed'
            WHEN 'canceled' THEN 'refund_canceled' ELSE 'refund_refused' END
          AND NOT EXISTS (
            SELECT FROM refunds n
            WHERE n.payment_id = o.payment_id AND n.break_id = o.break_id AND n.state <> 'FAILED')
        ORDER BY r.payment_id, r.break_id) f
      WHERE b.payment_id = f.payment_id AND b.break_id = f.break_id
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
