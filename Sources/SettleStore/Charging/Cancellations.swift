package import Postgres
package import SettleModel

/// A request to give up a processor payment, stored and committed, so that it may be sent.
package struct StoredCancellation: Sendable, Equatable {
  package var payment: PaymentID
  package var processorPayment: String
  /// Of the payment: what a processor payment that took the money after all must at least be about.
  package var amount: Money
  package var request: ProcessorRequest
  package var storedAt: Timestamp
}

/// What became of a cancellation, to be recorded.
package struct CancellationResult: Sendable {
  package enum Outcome: Sendable {
    case ended(CancelLifecycle.Ending)
    case open(why: String)
  }
  package var payment: PaymentID
  package var processorPayment: String
  package var outcome: Outcome

  package init(of cancellation: StoredCancellation, _ outcome: Outcome) {
    payment = cancellation.payment
    processorPayment = cancellation.processorPayment
    self.outcome = outcome
  }
}

/// Which cancellations are meant.
package enum CancellationScope: Sendable {
  case all
  /// Those that payments wait for which are due: nothing else may take their money before the old processor payment
  /// is known to be canceled.
  case blocking
}

extension Session {
  /// How many processor payments are to be given up on the date, and how many requests to do so have no answer.
  package func cancellationsWaiting(context: LoadContext) throws -> (due: Int64, open: Int64) {
    let row = try first(
      """
      SELECT
        (SELECT count(*) FROM payments p WHERE \(sql: Self.toCancel(.all, context)))
        + (SELECT count(*) FROM payments p WHERE \(sql: Self.toCancel(.blocking, context))) AS due,
        (SELECT count(*) FROM cancellations c JOIN payments p ON p.payment_id = c.payment_id
          WHERE c.state = 'open' AND p.merchant = \(context.merchant) AND p.processor = \(context.processor)) AS open
      """)
    return (due: try row?.get("due") ?? 0, open: try row?.get("open") ?? 0)
  }

  /// Requests without an answer, of this run or an earlier one, a page at a time.
  package func openCancellations(
    _ scope: CancellationScope, after: PaymentID?, limit: Int, context: LoadContext
  ) throws -> [StoredCancellation] {
    let floor: SQL = after.map { "AND c.payment_id > \($0)" } ?? ""
    let waitedFor: SQL =
      switch scope {
      case .all: ""
      case .blocking: "AND p.charge_due_on <= \(context.date)"
      }
    return try query(
      """
      SELECT c.*, p.amount, p.currency FROM cancellations c JOIN payments p ON p.payment_id = c.payment_id
      WHERE c.state = 'open' AND p.merchant = \(context.merchant) AND p.processor = \(context.processor)
        \(sql: waitedFor) \(sql: floor)
      ORDER BY c.payment_id LIMIT \(limit)
      """
    ) { row in
      StoredCancellation(
        payment: try row.get("payment_id"), processorPayment: try row.get("processor_payment"),
        amount: try row.money("amount", "currency"),
        request: ProcessorRequest(
          path: try row.get("request_path"), body: try row.get("request_body"),
          idempotencyKey: try row.get("idempotency_key"), apiVersion: try row.get("api_version")),
        storedAt: try row.get("created_at"))
    }
  }

  /// Stores the requests to give up the next processor payments, in one fenced transaction, before anything is sent.
  /// Returns how many payments were looked at; none means that nothing is left.
  ///
  /// - Parameter request: builds the request of an operation; a thrown ``ProcessorRefusal`` means that the processor
  ///   cannot be asked for it at all: that is written down as its refusal, so that nothing waits for it.
  package func reserveCancellations(
    _ scope: CancellationScope, after: PaymentID?, limit: Int, run: RunIdentity, context: LoadContext,
    request: (ProcessorOperation) throws -> ProcessorRequest
  ) throws -> (seen: PaymentID?, stored: [StoredCancellation]) {
    let floor: SQL = after.map { "AND p.payment_id > \($0)" } ?? ""
    let due = try query(
      """
      SELECT p.payment_id, p.processor_payment, p.amount, p.currency FROM payments p
      WHERE \(sql: Self.toCancel(scope, context)) \(sql: floor)
      ORDER BY p.payment_id LIMIT \(limit) FOR UPDATE
      """
    ) { row in
      (
        payment: try row.get("payment_id") as PaymentID, processorPayment: try row.get("processor_payment") as String,
        amount: try row.money("amount", "currency")
      )
    }
    guard let seen = due.last?.payment else { return (nil, []) }
    var stored: [StoredCancellation] = []
    var unsendable: [(payment: PaymentID, processorPayment: String)] = []
    for (payment, processorPayment, amount) in due {
      do {
        stored.append(
          StoredCancellation(
            payment: payment, processorPayment: processorPayment, amount: amount,
            request: try request(.cancel(payment, processorPayment: processorPayment)), storedAt: context.now))
      } catch is ProcessorRefusal { unsendable.append((payment, processorPayment)) }
    }
    try storeCancellations(stored, run: run, context: context)
    try refuseUnsendable(unsendable, run: run, context: context)
    _ = try execute("UPDATE payments SET cancel_due_on = NULL WHERE payment_id = ANY(\(due.map(\.payment)))")
    return (seen, stored)
  }

  /// A request that was refused before is asked again under its own key when the payment has failed again.
  private func storeCancellations(_ new: [StoredCancellation], run: RunIdentity, context: LoadContext) throws {
    guard !new.isEmpty else { return }
    try audited(
      .cancellation,
      """
      INSERT INTO cancellations (payment_id, processor_payment, idempotency_key, request_path, request_body,
        api_version, token, business_date, created_at)
      SELECT n.*, \(run.fence.token), \(context.date), \(context.now)
      FROM unnest(\(new.map(\.payment)), \(new.map(\.processorPayment)), \(new.map(\.request.idempotencyKey)),
        \(new.map(\.request.path)), \(new.map(\.request.body)), \(new.map(\.request.apiVersion))) n
      ON CONFLICT (payment_id, processor_payment) DO UPDATE
      SET state = 'open', answered_at = NULL, code = NULL, token = excluded.token,
        business_date = excluded.business_date, created_at = excluded.created_at
      WHERE cancellations.state = 'refused'
      RETURNING cancellations.*
      """, context: context)
  }

  private func refuseUnsendable(
    _ unsendable: [(payment: PaymentID, processorPayment: String)], run: RunIdentity, context: LoadContext
  ) throws {
    guard !unsendable.isEmpty else { return }
    _ = try execute(
      """
      INSERT INTO cancellations (payment_id, processor_payment, idempotency_key, request_path, request_body,
        api_version, state, code, token, business_date, created_at, answered_at)
      SELECT n.*, '', '', '', '', 'refused', 'unsupported', \(run.fence.token), \(context.date), \(context.now),
        \(context.now)
      FROM unnest(\(unsendable.map(\.payment)), \(unsendable.map(\.processorPayment))) n
      ON CONFLICT (payment_id, processor_payment) DO NOTHING
      """)
  }

  /// A hold was made elsewhere and is nobody's here to give up; an attempt that is open may still succeed.
  private static func toCancel(_ scope: CancellationScope, _ context: LoadContext) -> SQL {
    let when: SQL =
      switch scope {
      case .all: "p.cancel_due_on <= \(context.date) AND p.state = 'FAILED' AND p.charge_due_on IS NULL"
      case .blocking:
        "p.charge_due_on <= \(context.date) AND p.state <> 'SUCCEEDED' AND \(sql: mustCancelFirst(of: "p"))"
      }
    return """
      \(sql: when) AND p.processor_payment IS NOT NULL
        AND p.merchant = \(context.merchant) AND p.processor = \(context.processor)
        AND NOT EXISTS (SELECT FROM charge_attempts a WHERE a.payment_id = p.payment_id AND a.state = 'open')
        AND NOT \(sql: isHold(of: "p"))
      """
  }

  /// Of a payment (by its name in the query): it captures a hold, and nobody has asked yet to give up the processor payment
  /// that an earlier card left open. Whatever kept that from being asked for, the hold waits.
  static func mustCancelFirst(of payment: SQL) -> SQL {
    """
    (\(sql: payment).hold IS NOT NULL AND \(sql: payment).processor_payment IS NOT NULL AND NOT EXISTS (
      SELECT FROM cancellations c WHERE c.payment_id = \(sql: payment).payment_id
        AND c.processor_payment = \(sql: payment).processor_payment)
      AND NOT \(sql: isHold(of: payment)))
    """
  }

  private static func isHold(of payment: SQL) -> SQL {
    """
    EXISTS (
      SELECT FROM payment_references r WHERE r.payment_id = \(sql: payment).payment_id
        AND r.kind = 'hold' AND r.value = \(sql: payment).processor_payment)
    """
  }
}
