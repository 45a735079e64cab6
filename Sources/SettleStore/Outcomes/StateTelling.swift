import Postgres
import SettleModel

// What newly arrived outcome records (`taken`, linked by `links`) tell of payments and refunds. Delivery is at least
// once and unordered, so each statement only ever raises a state, and proof of money wins.
//
// An order's reference only suggests whose money it is: another system may charge for the same order on the same
// account. So a record that is linked by it tells of a success only where settle has asked for nothing and the amount is
// the payment's own, never of a failure, and never what the payment's processor ids are. What amount and date alone
// suggest proves no more.

extension Session {
  func tellStates(context: LoadContext) throws {
    try gatherTold()
    try tellSuccesses(context: context)
    try tellFailures(context: context)
    try tellRefunds(context: context)
    try script("DROP TABLE told, several")
  }

  /// What may change a state, as `told`, one row for each thing that is told of a payment: of several, the first that
  /// proves it. A charge of a payment that has succeeded, and waits for no answer, tells nothing.
  ///
  /// Most payments have one row, so that only the rows of the others are put in order.
  private func gatherTold() throws {
    try script(
      """
      CREATE TEMPORARY TABLE several ON COMMIT DROP AS
      SELECT payment_id FROM links WHERE payment_id IS NOT NULL GROUP BY payment_id HAVING count(*) > 1;
      ANALYZE several
      """)
    func rows(where condition: SQL) -> SQL {
      """
      SELECT l.payment_id, t.kind, t.occurred_at, t.refund_id, t.processor_refund, t.processor_payment,
        t.processor_charge, t.reason, t.compared_amount, t.compared_currency, t.outcome_id,
        l.linked_by IN ('processor_id', 'payment_id') AS proven, p.attempts = 0 AND p.state = 'REQUESTED' AS unasked
      FROM taken t JOIN links l ON l.outcome_id = t.outcome_id JOIN payments p ON p.payment_id = l.payment_id
      WHERE t.kind IN ('charge', 'charge_failed', 'refund', 'refund_failure')
        AND (t.kind <> 'charge' OR p.state <> 'SUCCEEDED' OR EXISTS (
          SELECT FROM charge_attempts a WHERE a.payment_id = p.payment_id AND a.state = 'open'))
        AND \(sql: condition) (SELECT FROM several s WHERE s.payment_id = l.payment_id)
      """
    }
    _ = try execute(
      """
      CREATE TEMPORARY TABLE told ON COMMIT DROP AS
      \(sql: rows(where: "NOT EXISTS"))
      UNION ALL (
        SELECT DISTINCT ON (payment_id, kind, refund_id, processor_refund) * FROM (\(sql: rows(where: "EXISTS"))) rows
        ORDER BY payment_id, kind, refund_id, processor_refund, NOT proven, occurred_at, outcome_id)
      """)
    try script("ANALYZE told")
  }

  private func tellSuccesses(context: LoadContext) throws {
    try audited(
      .attempt,
      """
      UPDATE charge_attempts a SET state = 'succeeded', answered_at = \(context.now), unknown_why = NULL
      FROM told t WHERE t.kind = 'charge' AND t.proven AND a.payment_id = t.payment_id AND a.state = 'open'
      RETURNING a.*
      """, context: context)
    _ = try execute(
      """
      INSERT INTO payment_references (merchant, processor, value, kind, payment_id)
      SELECT p.merchant, p.processor, r.value, r.kind, p.payment_id
      FROM told t JOIN payments p ON p.payment_id = t.payment_id AND p.state <> 'SUCCEEDED'
      CROSS JOIN LATERAL (VALUES (t.processor_payment, 'payment'), (t.processor_charge, 'charge')) r (value, kind)
      WHERE t.kind = 'charge' AND t.proven AND r.value IS NOT NULL
      -- An id that two payments claim is the same one's in whichever order the rows stand.
      ORDER BY p.payment_id
      ON CONFLICT (merchant, processor, value) DO NOTHING
      """)
    let raised: SQL = """
      UPDATE payments p
      SET state = 'SUCCEEDED', succeeded_at = t.occurred_at, succeeded_on = \(context.date), proof = 'outcome',
        charge_due_on = NULL, cancel_due_on = NULL, charged_on = coalesce(p.charged_on, \(context.date)),
        revived = p.state = 'FAILED' AND NOT EXISTS (
          SELECT FROM charge_attempts a WHERE a.payment_id = p.payment_id AND a.state = 'succeeded'),
        processor_payment = CASE WHEN t.proven THEN coalesce(t.processor_payment, p.processor_payment)
          ELSE p.processor_payment END,
        processor_charge = CASE WHEN t.proven THEN coalesce(t.processor_charge, p.processor_charge)
          ELSE p.processor_charge END
      FROM told t
      WHERE t.kind = 'charge' AND p.payment_id = t.payment_id AND p.state <> 'SUCCEEDED' AND (t.proven OR (
        t.compared_amount = p.amount AND t.compared_currency = p.currency
        AND NOT EXISTS (SELECT FROM charge_attempts a WHERE a.payment_id = p.payment_id)))
      """
    // What a file tells of payments that settle never asked for is in the file's digest. There may be millions.
    try inOrderOfKey { _ = try execute("\(sql: raised) AND t.unasked") }
    try audited(.payment, "\(sql: raised) AND NOT t.unasked RETURNING p.*", context: context)
  }

  /// A failure ends the attempt that was open when it happened; one that is older than the attempt, or
  /// about another processor payment, says nothing of it. Which code the processor gave is not in a file, so whether the
  /// networks allow another attempt is not known, and there is none. But where settle's own answer has planned one,
  /// the file tells that answer once more.
  private func tellFailures(context: LoadContext) throws {
    try audited(
      .attempt,
      """
      UPDATE charge_attempts a
      SET state = 'declined', answered_at = \(context.now), unknown_why = NULL, reason = t.reason, code = t.reason
      FROM told t WHERE t.kind = 'charge_failed' AND t.proven AND a.payment_id = t.payment_id AND a.state = 'open'
        AND a.created_at <= t.occurred_at
        AND NOT EXISTS (
          SELECT FROM payments p WHERE p.payment_id = a.payment_id AND p.processor_payment <> t.processor_payment)
        AND NOT EXISTS (
          SELECT FROM cancellations c
          WHERE c.payment_id = a.payment_id AND c.processor_payment = t.processor_payment AND c.state = 'canceled')
      RETURNING a.*
      """, context: context)
    let failed: SQL = """
      UPDATE payments p
      SET state = 'FAILED', failed_at = t.occurred_at, failed_on = \(context.date), failure_code = t.reason,
        failure_reason = \(sql: Self.contractReason), charge_due_on = NULL,
        cancel_due_on = CASE WHEN p.processor_payment IS NOT NULL THEN \(context.date.adding(days: 1))::date END
      FROM told t
      WHERE t.kind = 'charge_failed' AND t.proven AND p.payment_id = t.payment_id AND p.state = 'REQUESTED'
        AND NOT EXISTS (
          SELECT FROM charge_attempts a WHERE a.payment_id = p.payment_id
            AND (a.state = 'open' OR a.state = 'declined' AND p.charge_due_on IS NOT NULL))
      """
    _ = try execute("\(sql: failed) AND p.attempts = 0")
    try audited(.payment, "\(sql: failed) AND p.attempts > 0 RETURNING p.*", context: context)
    try tellDenials(context: context)
  }

  /// A night's files come in any order: of a payment that settle never asked for, a failure that is told after the
  /// reported money of the same night, and happened after it, denies that money as it would have done by coming first.
  private func tellDenials(context: LoadContext) throws {
    try audited(
      .payment,
      """
      UPDATE payments p
      SET revived = true, failed_at = t.occurred_at, failed_on = \(context.date), failure_code = t.reason,
        failure_reason = \(sql: Self.contractReason)
      FROM told t
      WHERE t.kind = 'charge_failed' AND t.proven AND p.payment_id = t.payment_id AND p.state = 'SUCCEEDED'
        AND p.proof = 'outcome' AND p.attempts = 0 AND NOT p.revived AND p.succeeded_on = \(context.date)
        AND t.occurred_at >= p.succeeded_at
        AND NOT EXISTS (
          SELECT FROM links l JOIN taken s ON s.outcome_id = l.outcome_id AND s.kind = 'charge'
          WHERE l.payment_id = p.payment_id)
        AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = p.payment_id AND m.item_id = p.payment_id)
        AND NOT EXISTS (
          SELECT FROM outcome_records o
          WHERE o.payment_id = p.payment_id AND o.kind = 'charge' AND NOT o.reported)
      RETURNING p.*
      """, context: context)
  }

  private static let contractReason: SQL =
    "CASE WHEN t.reason = ANY(\(FailureReason.allCases)) THEN t.reason ELSE 'PROCESSING_ERROR' END"

  /// A refund that failed may be told of as processed afterwards, since files come in any order: it stays failed, and
  /// that both happened is a break.
  private func tellRefunds(context: LoadContext) throws {
    let sameRefund: SQL = """
      r.payment_id = t.payment_id
        AND (r.refund_id = t.refund_id OR r.processor_refund = t.processor_refund)
      """
    func first(_ kind: OutcomeKind, where open: SQL) -> SQL {
      """
      SELECT DISTINCT ON (r.payment_id) r.payment_id, r.refund_id, t.occurred_at, t.processor_refund, t.reason
      FROM told t JOIN refunds r ON \(sql: sameRefund)
      WHERE t.kind = \(kind) AND \(sql: open) ORDER BY r.payment_id, r.refund_id, t.occurred_at
      """
    }
    try auditedInTurns(
      .refund,
      """
      UPDATE refunds r
      SET state = CASE WHEN r.failed_at IS NULL THEN 'PROCESSED' ELSE r.state END,
        processor_state = CASE WHEN r.failed_at IS NULL THEN 'succeeded' ELSE r.processor_state END,
        processed_at = t.occurred_at, processed_on = \(context.date),
        answered_on = coalesce(r.answered_on, \(context.date)), unknown_why = NULL,
        processor_refund = coalesce(r.processor_refund, t.processor_refund)
      FROM (\(sql: first(.refund, where: "r.processed_at IS NULL"))) t
      WHERE r.payment_id = t.payment_id AND r.refund_id = t.refund_id
      RETURNING r.*
      """, context: context)
    try fail(
      """
      UPDATE refunds r
      SET state = 'FAILED', processor_state = 'failed', failed_at = t.occurred_at, failed_on = \(context.date),
        failure = coalesce(t.reason, 'reported'), answered_on = coalesce(r.answered_on, \(context.date)),
        unknown_why = NULL, processor_refund = coalesce(r.processor_refund, t.processor_refund)
      FROM (\(sql: first(.refundFailure, where: "r.state <> 'FAILED'"))) t
      WHERE r.payment_id = t.payment_id AND r.refund_id = t.refund_id
      """, context: context)
  }
}
