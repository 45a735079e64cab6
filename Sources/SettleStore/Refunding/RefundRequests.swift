import Faults
package import Postgres
package import SettleModel

/// A refund whose request is stored and committed, so that it may be sent.
package struct StoredRefund: Sendable, Equatable {
  package var order: RefundOrder
  package var request: ProcessorRequest
  /// From this instant on nothing is sent under its key: the processor may have forgotten it.
  package var keyExpires: Timestamp
}

extension Session {
  /// Reserves a refund: under the payment's row lock, so that concurrent requesters see each other's, checks what the
  /// charge still allows and stores the request. Returns nil where this very refund, or one for the same break, was
  /// asked for before, or where the break has been settled since.
  ///
  /// Σ refunds ≤ captured holds a charge, and with it a payment, whose charges are all counted this way. Beside the
  /// lock, a constraint of `charge_allowances` keeps it against sessions that would forget the lock.
  ///
  /// Locks are taken in one order: the day's row, the payment, the charge's allowance.
  ///
  /// - Parameters:
  ///   - keyLife: for how long from now the idempotency key may be relied on: the processor's, less the margin.
  ///   - limits: those of the pipeline, counted anew under the day's lock, so that neither concurrent runs nor killed
  ///     ones exceed them; nil where a person has decided.
  /// - Throws: ``RefundPolicy/Held`` (as ``HeldBack``) where the allowance or a limit does not cover it.
  package func reserveRefund(
    _ order: RefundOrder, for breakID: BreakID, rule: String, request: ProcessorRequest, charge: ProcessorCharge,
    keyLife: Duration, within limits: RefundPolicy?, run: RunIdentity, context: LoadContext
  ) throws -> StoredRefund? {
    if limits != nil { try lockRefundDay(of: order.amount.currency, context: context) }
    _ = try first("SELECT payment_id FROM payments WHERE payment_id = \(order.payment) FOR UPDATE")
    if Defect.refundUnchecked.isSeeded {
      return try store(
        order, for: breakID, rule: rule, request: request, keyExpires: context.now.adding(keyLife), run: run,
        context: context)
    }
    guard try isNews(order, for: breakID) else { return nil }
    if let limits {
      let spent = try refundsSpent(run: run, context: context)
      if let held = limits.exceeded(by: order.amount, after: spent) { throw HeldBack(why: held) }
    }
    if try isDisputed(order) { throw HeldBack(why: .disputed) }
    let allowance = try refundAllowance(of: order.processorCharge, payment: order.payment, charge: charge)
    if let held = allowance.refusal(of: order.amount) { throw HeldBack(why: held) }
    try takeFromAllowance(order, captured: charge.captured)
    let keyExpires = context.now.adding(keyLife)
    return try store(
      order, for: breakID, rule: rule, request: request, keyExpires: keyExpires, run: run, context: context)
  }

  private func store(
    _ order: RefundOrder, for breakID: BreakID, rule: String, request: ProcessorRequest, keyExpires: Timestamp,
    run: RunIdentity, context: LoadContext
  ) throws -> StoredRefund {
    try audited(
      .refund,
      """
      INSERT INTO refunds (payment_id, refund_id, break_id, processor_charge, amount, currency, reason, rule,
        idempotency_key, request_path, request_body, api_version, token, requested_at, requested_on, key_expires_at)
      VALUES (\(order.payment), \(order.refund), \(breakID), \(order.processorCharge), \(order.amount.minor),
        \(order.amount.currency), \(order.reason), \(rule), \(request.idempotencyKey), \(request.path),
        \(request.body), \(request.apiVersion), \(run.fence.token), \(context.now), \(context.date), \(keyExpires))
      RETURNING refunds.*
      """, context: context)
    try announceRefund(order, context: context)
    return StoredRefund(order: order, request: request, keyExpires: keyExpires)
  }

  private func isNews(_ order: RefundOrder, for breakID: BreakID) throws -> Bool {
    try first(
      """
      SELECT 1 AS known FROM refunds WHERE payment_id = \(order.payment)
        AND (refund_id = \(order.refund) OR break_id = \(breakID) AND state <> 'FAILED')
      UNION ALL
      SELECT 1 FROM breaks WHERE payment_id = \(order.payment) AND break_id = \(breakID) AND status = 'resolved'
      """) == nil
  }

  /// A row to wait at, rather than a counter: what is counted is the refunds themselves, which cannot drift. And rather
  /// than an advisory lock, whose number says nothing to whoever looks for what a session waits for.
  private func lockRefundDay(of currency: Currency, context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO refund_days AS d (merchant, processor, business_date, currency)
      VALUES (\(context.merchant), \(context.processor), \(context.date), \(currency))
      ON CONFLICT (merchant, processor, business_date, currency) DO UPDATE SET currency = d.currency
      """)
  }

  /// Whether a dispute of the charge has been told of that no reversal has ended, or of which not all has come back. The
  /// processor's figures, which were asked for before the lock, may be older than this.
  private func isDisputed(_ order: RefundOrder) throws -> Bool {
    try first(
      """
      SELECT 1 AS disputed FROM outcome_records o
      WHERE o.payment_id = \(order.payment) AND o.kind = 'dispute'
        AND (o.processor_charge = \(order.processorCharge) OR o.processor_charge IS NULL)
        AND NOT EXISTS (
          SELECT FROM outcome_records v
          WHERE v.payment_id = o.payment_id AND v.kind = 'dispute_reversal' AND v.occurred_at >= o.occurred_at
            AND (v.processor_dispute = o.processor_dispute OR o.processor_dispute IS NULL))
      UNION ALL
      SELECT 1 FROM (\(sql: Self.openDisputes(of: order.payment))) d
      WHERE d.processor_charge = \(order.processorCharge) OR d.processor_charge IS NULL
      LIMIT 1
      """) != nil
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

  private func takeFromAllowance(_ order: RefundOrder, captured: Int64) throws {
    do {
      _ = try execute(
        """
        INSERT INTO charge_allowances AS a (payment_id, processor_charge, currency, captured, refund_reserved)
        VALUES (\(order.payment), \(order.processorCharge), \(order.amount.currency), \(captured),
          \(order.amount.minor))
        ON CONFLICT (payment_id, processor_charge) DO UPDATE
        SET captured = excluded.captured, refund_reserved = a.refund_reserved + excluded.refund_reserved
        """)
    } catch let error as PostgresError where error.constraint == "refunds_fit_the_charge" {
      throw HeldBack(why: .exceedsCaptured)
    }
  }

  /// Refunds without any answer, of this run or an earlier one that died, in a fixed order.
  package func openRefunds(context: LoadContext) throws -> [StoredRefund] {
    try query(
      """
      SELECT \(sql: Self.orderColumns), idempotency_key, request_path, request_body, api_version, key_expires_at
      FROM refunds r
      WHERE state = 'REQUESTED' AND processor_refund IS NULL AND \(sql: Self.ofMerchant(context))
      ORDER BY payment_id, refund_id
      """
    ) { row in
      StoredRefund(
        order: try Self.refundOrder(row),
        request: ProcessorRequest(
          path: try row.get("request_path"), body: try row.get("request_body"),
          idempotencyKey: try row.get("idempotency_key"), apiVersion: try row.get("api_version")),
        keyExpires: try row.get("key_expires_at"))
    }
  }

  static let orderColumns: SQL = "payment_id, refund_id, processor_charge, amount, currency, reason"

  static func refundOrder(_ row: Row) throws -> RefundOrder {
    RefundOrder(
      refund: try row.get("refund_id"), payment: try row.get("payment_id"),
      processorCharge: try row.get("processor_charge"), amount: try row.money("amount", "currency"),
      reason: try row.get("reason"))
  }
}

/// The charge or a limit does not allow the refund: a person decides, or another day.
package struct HeldBack: Error {
  package var why: RefundPolicy.Held
}
