import Faults
package import Postgres
package import SettleModel

/// An attempt whose request is stored and committed, so that it may be sent.
package struct StoredAttempt: Sendable, Equatable {
  package var payment: PaymentID
  package var attempt: Int
  package var amount: Money
  package var request: ProcessorRequest
  package var storedAt: Timestamp
  /// From this instant on nothing is sent under its key: the processor may have forgotten it.
  package var keyExpires: Timestamp
  /// A repeat will never tell more.
  package var lookUp: Bool
  /// Where its processor payment is known already: the hold, or what an earlier attempt made.
  package var processorPayment: String?
  /// How many attempts before it were declined at the same processor payment.
  package var earlierDeclines = 0
}

/// A payment that is due to be charged, with all that its request needs.
package struct DuePayment: Sendable {
  package var order: ChargeOrder
  package var processorPayment: String?

  /// A hold is captured; a payment that has been tried is confirmed again; any other is charged for the first time.
  package var operation: ProcessorOperation {
    if let hold = order.instrument.hold { return .capture(order, hold: hold) }
    if let processorPayment { return .confirm(order, processorPayment: processorPayment) }
    return .charge(order)
  }
}

/// What claiming a batch gave.
package struct ClaimedBatch: Sendable {
  package var attempts: [StoredAttempt]
  /// Payments that could not be asked for at all, and so are FAILED with the code that says why.
  package var unsendable: Int
  /// Nothing more is due.
  package var isLast: Bool { attempts.isEmpty && unsendable == 0 }
}

extension Session {
  /// Claims the next due payments: each gets its attempt with the exact request, and PaymentRequested goes to the
  /// outbox. Runs in one fenced transaction, before anything is sent.
  ///
  /// - Parameters:
  ///   - keyLife: for how long from now the idempotency keys may be relied on: the processor's, less the margin.
  ///   - request: builds the request of an operation; a thrown ``ProcessorRefusal`` means that the processor cannot be
  ///     asked for it at all.
  package func claimBatch(
    of size: Int, run: RunIdentity, context: LoadContext, keyLife: Duration,
    request: (ProcessorOperation) throws -> ProcessorRequest
  ) throws -> ClaimedBatch {
    let due = try duePayments(limit: size, context: context)
    guard !due.isEmpty else { return ClaimedBatch(attempts: [], unsendable: 0) }
    var claimed: [(DuePayment, ProcessorRequest)] = []
    var unsendable: [(DuePayment, String)] = []
    for payment in due {
      do { claimed.append((payment, try request(payment.operation))) } catch let refusal as ProcessorRefusal {
        unsendable.append((payment, refusal.description))
      }
    }
    let batch = try startBatch(of: due.count, run: run, context: context)
    let keyExpires = context.now.adding(keyLife)
    try storeAttempts(claimed, batch: batch, run: run, keyExpires: keyExpires, context: context)
    try failUnsendable(unsendable, context: context)
    try announceRequests(claimed.map(\.0), context: context)
    return ClaimedBatch(
      attempts: claimed.map { payment, request in
        StoredAttempt(
          payment: payment.order.payment, attempt: payment.order.attempt, amount: payment.order.amount,
          request: request, storedAt: context.now, keyExpires: keyExpires, lookUp: false,
          processorPayment: payment.order.instrument.hold ?? payment.processorPayment)
      }, unsendable: unsendable.count)
  }

  /// How many payments are due on the date, with their sum a currency: what a dry run says would be charged.
  package func chargesDue(context: LoadContext) throws -> [(count: Int64, amount: Money)] {
    try query(
      """
      SELECT count(*) AS payments, sum(amount)::bigint AS amount, currency FROM payments
      WHERE \(sql: Self.claimable(context)) GROUP BY currency ORDER BY currency
      """
    ) { row in (count: try row.get("payments"), amount: try row.money("amount", "currency")) }
  }

  /// What may be charged now. While the cancellation of a payment's earlier processor payment has no answer, that one may
  /// still take the money, so the payment waits.
  static func claimable(_ context: LoadContext) -> SQL {
    """
    charge_due_on IS NOT NULL AND charge_due_on <= \(context.date)
      AND (hold IS NULL OR capture_before IS NULL OR capture_before > \(context.now))
      AND merchant = \(context.merchant) AND processor = \(context.processor)
      AND NOT EXISTS (
        SELECT FROM cancellations c WHERE c.payment_id = payments.payment_id AND c.state = 'open')
    """
  }

  /// Holds that lapse first come first; a lapsed one is never captured, it becomes a break.
  private func duePayments(limit: Int, context: LoadContext) throws -> [DuePayment] {
    try query(
      """
      SELECT payment_id, order_reference, attempts + 1 AS attempt, amount, currency, payment_method,
        processor_customer, hold, capture_before, processor_payment
      FROM payments
      WHERE \(sql: Self.claimable(context)) AND NOT \(sql: Self.mustCancelFirst(of: "payments"))
      ORDER BY capture_before, payment_id LIMIT \(limit) FOR UPDATE
      """
    ) { row in
      DuePayment(
        order: ChargeOrder(
          payment: try row.get("payment_id"), orderReference: try row.get("order_reference"),
          attempt: Int(try row.get("attempt") as Int32), amount: try row.money("amount", "currency"),
          instrument: Instrument(
            paymentMethod: try row.get("payment_method"), processorCustomer: try row.get("processor_customer"),
            hold: try row.get("hold"), captureBefore: try row.get("capture_before"))),
        processorPayment: try row.get("processor_payment"))
    }
  }

  private func startBatch(of count: Int, run: RunIdentity, context: LoadContext) throws -> Int64 {
    guard
      let row = try first(
        """
        INSERT INTO charge_batches (run_id, token, claimed_at, payments)
        VALUES (\(run.id), \(run.fence.token), \(context.now), \(count)) RETURNING batch_id
        """)
    else { throw StoreError.noAnswer("charge_batches") }
    return try row.get("batch_id")
  }

  private func storeAttempts(
    _ claimed: [(DuePayment, ProcessorRequest)], batch: Int64, run: RunIdentity, keyExpires: Timestamp,
    context: LoadContext
  ) throws {
    if Defect.attemptAfterCall.isSeeded { return }
    let payments = claimed.map(\.0.order.payment)
    try audited(
      .attempt,
      """
      INSERT INTO charge_attempts AS a (payment_id, attempt, operation, idempotency_key, request_path, request_body,
        api_version, instrument, batch_id, token, business_date, created_at, key_expires_at)
      SELECT n.*, \(batch), \(run.fence.token), \(context.date), \(context.now), \(keyExpires)
      FROM unnest(\(payments), \(claimed.map { Int32($0.0.order.attempt) }), \(claimed.map(\.0.operation.word)),
        \(claimed.map(\.1.idempotencyKey)), \(claimed.map(\.1.path)), \(claimed.map(\.1.body)),
        \(claimed.map(\.1.apiVersion)), \(claimed.map(\.0.order.instrument.word))) n
      RETURNING a.*
      """, context: context)
    _ = try execute(
      """
      UPDATE payments
      SET attempts = attempts + 1, charge_due_on = NULL, cancel_due_on = NULL, charged_on = \(context.date)
      WHERE payment_id = ANY(\(payments))
      """)
  }

  private func failUnsendable(_ unsendable: [(DuePayment, String)], context: LoadContext) throws {
    guard !unsendable.isEmpty else { return }
    try audited(
      .payment,
      """
      UPDATE payments p
      SET charge_due_on = NULL, failure_reason = 'PROCESSING_ERROR', failure_code = u.code,
        state = CASE WHEN state = 'REQUESTED' THEN 'FAILED' ELSE state END,
        failed_at = \(context.now), failed_on = \(context.date),
        cancel_due_on = CASE WHEN p.processor_payment IS NOT NULL THEN \(context.date)::date END
      FROM unnest(\(unsendable.map(\.0.order.payment)), \(unsendable.map(\.1))) u (payment_id, code)
      WHERE p.payment_id = u.payment_id
      RETURNING p.*
      """, context: context)
  }
}

extension Instrument {
  /// What stands in `charge_attempts.instrument`.
  var word: String? { hold ?? paymentMethod }
}

extension ProcessorOperation {
  /// The word that stands in `charge_attempts.operation`.
  var word: String {
    switch self {
    case .charge: "charge"
    case .confirm: "confirm"
    case .capture: "capture"
    case .cancel: "cancel"
    case .refund: "refund"
    }
  }
}
