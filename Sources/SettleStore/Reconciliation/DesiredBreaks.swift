import Postgres
import SettleModel

// Differences that no pair shows: what was expected and never came, what came and nobody expected.

extension Session {
  /// Of a payment `p`: nobody was asked for it through settle, or not yet.
  static let isUnasked: SQL = "(p.state = 'REQUESTED' AND p.attempts = 0)"

  /// Of a payment `p`: another processor was to charge it, and nothing has been heard of it yet. Of the pipeline's own,
  /// one that was sent has an attempt, and one that was not has no date of its charge.
  static let isChargedElsewhere: SQL =
    "(\(sql: isUnasked) AND p.charged_on IS NOT NULL AND p.charge_due_on IS NULL)"

  /// Charges and refunds that no file has reported by the day they were due. A refund is expected from the date after
  /// the one that learnt of its success, since it cannot be in that night's file; what its processor still calls pending
  /// is in no file yet.
  func wantMissing(_ terms: ReconcileTerms, among open: OpenItems, context: LoadContext) throws {
    let chargedBy = terms.calendar.latestStart(waiting: terms.waitingDays, by: try latestReconciled(context))
    _ = try execute(
      """
      INSERT INTO desired
      SELECT p.payment_id, \(sql: Self.breakID(.missingAtProcessor, of: "p.payment_id")), 'missing_at_processor',
        p.payment_id, NULL, p.amount, p.currency, NULL, NULL, NULL
      FROM \(sql: open.payments) p
      WHERE (p.state = 'SUCCEEDED' OR \(sql: Self.isChargedElsewhere)) AND p.charged_on <= \(chargedBy)
        AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = p.payment_id AND m.item_id = p.payment_id)
        AND NOT EXISTS (SELECT FROM desired d WHERE d.payment_id = p.payment_id AND d.item_id = p.payment_id)
      """)
    _ = try execute(
      """
      INSERT INTO desired
      SELECT r.payment_id, \(sql: Self.breakID(.missingRefund, of: "r.refund_id")), 'missing_refund',
        r.refund_id, NULL, -r.amount, r.currency, NULL, NULL, r.rule
      FROM refunds r
      WHERE r.state = 'PROCESSED' AND r.processed_on < \(chargedBy)
        AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = r.payment_id AND m.item_id = r.refund_id)
        AND NOT EXISTS (SELECT FROM desired d WHERE d.payment_id = r.payment_id AND d.item_id = r.refund_id)
      """)
  }

  /// A night that is run again for an older date must not take back what a later one has found missing: what is due is
  /// judged by the latest date that was ever reconciled.
  ///
  /// - Parameter meant: see ``latestDate(of:countingMeant:)``.
  func latestReconciled(_ context: LoadContext, countingMeant meant: Bool = true) throws -> BusinessDate {
    max(try latestDate(of: "reconcile", countingMeant: meant) ?? context.date, context.date)
  }

  /// The latest date that was ever reconciled, if any was.
  func lastReconciledDate() throws -> BusinessDate? { try latestDate(of: "reconcile") }

  /// Reported money that belongs to nothing settle asked for.
  func wantUnexpected(_ rules: MatchRules, among open: OpenItems) throws {
    _ = try execute(
      """
      INSERT INTO desired
      SELECT o.payment_id, \(sql: Self.breakID(.unexpectedCharge, of: "o.outcome_id")), 'unexpected_charge', NULL,
        o.outcome_id, NULL, NULL, o.compared_amount, o.compared_currency, NULL
      FROM outcome_records o
      WHERE o.reported AND o.kind IN ('charge', 'capture_reversal')
        AND (o.linked_by IS NULL OR NOT \(rules.takesReferences) AND o.linked_by = 'order_reference')
        AND NOT EXISTS (SELECT FROM ambiguous a WHERE a.outcome_id = o.outcome_id)
      """)
    _ = try execute(
      """
      INSERT INTO desired
      SELECT o.payment_id, \(sql: Self.breakID(.unexpectedRefund, of: "o.outcome_id")), 'unexpected_refund', NULL,
        o.outcome_id, NULL, NULL, o.compared_amount, o.compared_currency, NULL
      FROM \(sql: open.records) o
      WHERE o.reported AND o.kind = 'refund'
        AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = o.payment_id AND m.outcome_id = o.outcome_id)
        AND NOT EXISTS (SELECT FROM desired d WHERE d.outcome_id = o.outcome_id)
        AND o.outcome_id NOT IN (SELECT outcome_id FROM (\(sql: Self.reversedRefunds())) r)
      """)
  }

  /// Reported money for which a rule finds several payments, or payments for which it finds several rows: a person says
  /// which belongs to which.
  func wantAmbiguous() throws {
    _ = try execute(
      """
      INSERT INTO desired
      SELECT o.payment_id, \(sql: Self.breakID(.ambiguousMatch, of: "o.outcome_id")), 'ambiguous_match', NULL,
        o.outcome_id, NULL, NULL, o.compared_amount, o.compared_currency, a.rule
      FROM ambiguous a JOIN outcome_records o ON o.payment_id = a.outcome_id AND o.outcome_id = a.outcome_id
      """)
  }

  /// What the processor says happened and settle's own answers deny: a charge that failed after all, and a refund.
  func wantContradictions(among open: OpenItems) throws {
    _ = try execute(
      """
      INSERT INTO desired
      SELECT DISTINCT ON (p.payment_id) p.payment_id, \(sql: Self.breakID(.statusMismatch, of: "p.payment_id")),
        'status_mismatch', p.payment_id, o.outcome_id, p.amount, p.currency, 0::bigint, p.currency, o.linked_by
      FROM \(sql: open.records) o JOIN payments p ON p.payment_id = o.payment_id
      WHERE o.kind = 'charge_failed' AND o.linked_by IS NOT NULL AND p.state = 'SUCCEEDED'
        AND p.proof <> 'outcome' AND o.occurred_at >= p.succeeded_at
        AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = p.payment_id AND m.item_id = p.payment_id)
      ORDER BY p.payment_id, o.occurred_at, o.outcome_id
      ON CONFLICT DO NOTHING
      """)
    _ = try execute(
      """
      INSERT INTO desired
      SELECT r.payment_id, \(sql: Self.breakID(.refundFailed, of: "r.refund_id")), 'refund_failed', r.refund_id,
        o.outcome_id, -r.amount, r.currency, 0::bigint, r.currency, r.rule
      FROM refunds r
      LEFT JOIN LATERAL (
        SELECT outcome_id FROM outcome_records o
        WHERE o.payment_id = r.payment_id AND o.kind = 'refund_failure'
          AND (o.refund_id = r.refund_id OR o.processor_refund = r.processor_refund)
        ORDER BY o.occurred_at, o.outcome_id LIMIT 1) o ON true
      WHERE r.processed_at IS NOT NULL AND r.failed_at IS NOT NULL
      """)
  }

  /// Payments that cannot go on by themselves: a hold that lapsed, an answer that can no longer be asked for.
  func wantUnfinished(context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO desired
      SELECT p.payment_id, \(sql: Self.breakID(.holdLapsed, of: "p.payment_id")), 'hold_lapsed', p.payment_id, NULL,
        p.amount, p.currency, NULL, NULL, NULL
      FROM payments p
      WHERE p.charge_due_on IS NOT NULL AND p.hold IS NOT NULL AND p.capture_before <= \(context.now)
      """)
    _ = try execute(
      """
      INSERT INTO desired
      SELECT p.payment_id, \(sql: Self.breakID(.outcomeUnknown, of: "p.payment_id")), 'outcome_unknown', p.payment_id,
        NULL::uuid, p.amount, p.currency, NULL::bigint, NULL::text,
        CASE WHEN a.given_up_at IS NOT NULL THEN 'left_to_person' END
      FROM charge_attempts a JOIN payments p ON p.payment_id = a.payment_id
      WHERE a.state = 'open' AND (a.key_expires_at <= \(context.now) OR a.given_up_at IS NOT NULL)
      UNION ALL
      SELECT r.payment_id, \(sql: Self.breakID(.outcomeUnknown, of: "r.refund_id")), 'outcome_unknown', r.refund_id,
        NULL::uuid, -r.amount, r.currency, NULL::bigint, NULL::text, r.rule
      FROM refunds r
      WHERE r.state = 'REQUESTED' AND (r.processor_refund IS NULL OR r.unknown_why IS NOT NULL)
        AND r.key_expires_at <= \(context.now)
      """)
  }
}
