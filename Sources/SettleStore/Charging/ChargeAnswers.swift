package import Postgres
package import SettleModel

/// What became of one attempt, to be recorded.
package struct AttemptResult: Sendable {
  package enum Outcome: Sendable {
    case ended(ChargeLifecycle.Ending)
    /// Still open: why, whether only a look-up helps, and the processor payment if it was told.
    case open(why: String, lookUp: Bool, processorPayment: String?)
  }
  package var payment: PaymentID
  package var attempt: Int
  package var outcome: Outcome

  package init(payment: PaymentID, attempt: Int, outcome: Outcome) {
    self.payment = payment
    self.attempt = attempt
    self.outcome = outcome
  }
}

extension Session {
  /// Records a group of answers: attempts, payments and references, in one fenced transaction.
  ///
  /// Recording an answer twice changes nothing: only an open attempt is closed, and a payment's state only rises.
  ///
  /// - Parameter retry: after which declines another attempt is to come.
  /// - Returns: for how many declines one was planned.
  @discardableResult
  package func record(
    _ results: [AttemptResult], retry: RetryPolicy = RetryPolicy(), context: LoadContext
  ) throws -> Int {
    let planned = try planRetries(
      of: results.compactMap { result in
        guard case .ended(.declined(let decline)) = result.outcome else { return nil }
        return (result, decline)
      }, by: retry, context: context)
    let plannedPayments = Set(planned.map(\.payment))
    var succeeded: [(AttemptResult, ProcessorCharge, ChargeLifecycle.Proof)] = []
    var failed: [(AttemptResult, state: String, reason: FailureReason, code: String, reference: String?)] = []
    var open: [(AttemptResult, why: String, lookUp: Bool, reference: String?)] = []
    for result in results {
      switch result.outcome {
      case .ended(.succeeded(let charge, let proof)): succeeded.append((result, charge, proof))
      case .ended(.declined) where plannedPayments.contains(result.payment): break
      case .ended(.declined(let decline)):
        failed.append((result, "declined", decline.reason, decline.code, decline.processorPayment))
      case .ended(.refused(let code)): failed.append((result, "refused", .processingError, code, nil))
      case .open(let why, let lookUp, let reference): open.append((result, why, lookUp, reference))
      }
    }
    try recordSuccesses(succeeded, context: context)
    try recordFailures(failed, context: context)
    try recordOpen(open, context: context)
    return try recordPlanned(planned, context: context)
  }

  /// Whether the attempt `a` is open, said by what the constraint `an_answer_closes` makes the same.
  ///
  /// By the state itself, the planner would go through the index of all open attempts for each group of answers, and past
  /// each entry of those that were closed since the last vacuum: a million charges would read it ten thousand times. So it
  /// has only the key to go by.
  static let unanswered: SQL = "a.answered_at IS NULL"

  private func recordSuccesses(
    _ successes: [(AttemptResult, ProcessorCharge, ChargeLifecycle.Proof)], context: LoadContext
  ) throws {
    guard !successes.isEmpty else { return }
    let payments = successes.map(\.0.payment)
    let references = successes.map(\.1.processorPayment)
    let charges = successes.map(\.1.processorCharge)
    try audited(
      .attempt,
      """
      UPDATE charge_attempts a SET state = 'succeeded', answered_at = \(context.now), unknown_why = NULL
      FROM unnest(\(payments), \(successes.map { Int32($0.0.attempt) })) s (payment_id, attempt)
      WHERE a.payment_id = s.payment_id AND a.attempt = s.attempt AND \(sql: Self.unanswered)
      RETURNING a.*
      """, context: context)
    try audited(
      .payment,
      """
      UPDATE payments p
      SET state = 'SUCCEEDED', succeeded_at = \(context.now), succeeded_on = \(context.date), proof = s.proof,
        processor_payment = s.processor_payment, processor_charge = s.processor_charge, charge_due_on = NULL,
        cancel_due_on = NULL
      FROM unnest(\(payments), \(references), \(charges), \(successes.map(\.2.rawValue)))
        s (payment_id, processor_payment, processor_charge, proof)
      WHERE p.payment_id = s.payment_id AND p.state <> 'SUCCEEDED'
      RETURNING p.*
      """, context: context)
    _ = try execute(
      """
      INSERT INTO payment_references (merchant, processor, value, kind, payment_id)
      SELECT \(context.merchant), \(context.processor), value, kind, payment_id
      FROM unnest(\(payments), \(references), \(charges)) s (payment_id, processor_payment, processor_charge)
      CROSS JOIN LATERAL (VALUES (processor_payment, 'payment'), (processor_charge, 'charge')) r (value, kind)
      WHERE value IS NOT NULL
      ON CONFLICT (merchant, processor, value) DO NOTHING
      """)
  }

  private func recordFailures(
    _ failures: [(AttemptResult, state: String, reason: FailureReason, code: String, reference: String?)],
    context: LoadContext
  ) throws {
    guard !failures.isEmpty else { return }
    let payments = failures.map(\.0.payment)
    let told: SQL = """
      unnest(\(payments), \(failures.map { Int32($0.0.attempt) }), \(failures.map(\.state)), \(failures.map(\.reason)),
        \(failures.map(\.code)), \(failures.map(\.reference))) f (payment_id, attempt, state, reason, code, processor_payment)
      """
    try audited(
      .attempt,
      """
      UPDATE charge_attempts a
      SET state = f.state, answered_at = \(context.now), unknown_why = NULL, reason = f.reason, code = f.code
      FROM \(sql: told) WHERE a.payment_id = f.payment_id AND a.attempt = f.attempt AND \(sql: Self.unanswered)
      RETURNING a.*
      """, context: context)
    // Only the answer that has just closed an attempt fails the payment: a decline that is recorded again, or belongs to
    // an attempt before the open one, says nothing new.
    try audited(
      .payment,
      """
      UPDATE payments p
      SET state = CASE WHEN p.state = 'REQUESTED' THEN 'FAILED' ELSE p.state END, failed_at = \(context.now),
        failed_on = \(context.date), failure_reason = f.reason, failure_code = f.code,
        processor_payment = coalesce(nullif(f.processor_payment, p.hold), p.processor_payment),
        cancel_due_on = CASE WHEN coalesce(nullif(f.processor_payment, p.hold), p.processor_payment) IS NOT NULL
          THEN \(context.date)::date END
      FROM \(sql: told)
      JOIN charge_attempts c ON c.payment_id = f.payment_id AND c.attempt = f.attempt AND c.answered_at = \(context.now)
      WHERE p.payment_id = f.payment_id AND p.state <> 'SUCCEEDED' AND p.failed_at IS DISTINCT FROM \(context.now)
      RETURNING p.*
      """, context: context)
    try keepReferences(failures.map { ($0.0.payment, $0.reference) }, context: context)
  }

  private func recordOpen(
    _ open: [(AttemptResult, why: String, lookUp: Bool, reference: String?)], context: LoadContext
  ) throws {
    guard !open.isEmpty else { return }
    try auditedOnce(
      .attempt,
      """
      UPDATE charge_attempts a SET unknown_why = o.why, look_up = a.look_up OR o.look_up
      FROM unnest(\(open.map(\.0.payment)), \(open.map { Int32($0.0.attempt) }), \(open.map(\.why)),
        \(open.map(\.lookUp))) o (payment_id, attempt, why, look_up)
      WHERE a.payment_id = o.payment_id AND a.attempt = o.attempt AND \(sql: Self.unanswered)
      """, of: "a", again: "(a.unknown_why, a.look_up) IS DISTINCT FROM (o.why, a.look_up OR o.look_up)",
      context: context)
    _ = try execute(
      """
      UPDATE payments p SET processor_payment = o.processor_payment
      FROM unnest(\(open.map(\.0.payment)), \(open.map(\.reference))) o (payment_id, processor_payment)
      WHERE p.payment_id = o.payment_id AND p.processor_payment IS NULL AND o.processor_payment IS NOT NULL
        AND o.processor_payment IS DISTINCT FROM p.hold
      """)
    try keepReferences(open.map { ($0.0.payment, $0.reference) }, context: context)
  }

  /// An outcome file may name a processor payment by nothing but its id.
  func keepReferences(_ made: [(payment: PaymentID, reference: String?)], context: LoadContext) throws {
    let made = made.filter { $0.reference != nil }
    guard !made.isEmpty else { return }
    _ = try execute(
      """
      INSERT INTO payment_references (merchant, processor, value, kind, payment_id)
      SELECT \(context.merchant), \(context.processor), value, 'payment', payment_id
      FROM unnest(\(made.map(\.payment)), \(made.map(\.reference))) m (payment_id, value)
      ON CONFLICT (merchant, processor, value) DO NOTHING
      """)
  }
}
