import Postgres

/// What an entry of the audit trail is about: a row of one table, whose facts the entry repeats as they then were.
///
/// Whoever verifies compares the facts of a subject's last entry with its row. So all that matters about a row stands in
/// `facts`, and every statement that changes any of it goes through ``Postgres/Session/audited(_:as:_:context:)``.
enum AuditSubject: CaseIterable {
  case attempt
  case cancellation
  case payment
  case refund
  case breaking
  case decision

  /// Where the kinds of its entries begin, and the name in `detail` of what tells it from the payment's others.
  var key: String? {
    switch self {
    case .attempt: "attempt"
    case .cancellation: "cancellation"
    case .payment: nil
    case .refund: "refund"
    case .breaking: "break"
    case .decision: "decision"
    }
  }

  /// The kind of an entry about the row `c`, by the state that the row has come to.
  var kind: SQL {
    switch self {
    case .attempt, .cancellation:
      """
      \(sql: self == .attempt ? "'attempt_'" : "'cancellation_'") || CASE
        WHEN c.state <> 'open' THEN c.state WHEN c.unknown_why IS NULL THEN 'stored' ELSE 'unknown' END
      """
    case .payment: "'payment_' || lower(c.state)"
    case .refund:
      """
      'refund_' || CASE WHEN c.state <> 'REQUESTED' THEN lower(c.state) WHEN c.processor_refund IS NOT NULL THEN 'pending'
        WHEN c.unknown_why IS NOT NULL THEN 'unknown' ELSE 'requested' END
      """
    case .breaking: "CASE c.resolution WHEN 'refunded' THEN 'break_refunded' ELSE 'refund_held_back' END"
    case .decision: "\(AuditKind.breakDecided)::text"
    }
  }

  /// What an entry says of the row `c`, as one `jsonb`. Times are UTC, whatever the session's zone.
  var facts: SQL { "jsonb_strip_nulls(jsonb_build_object(\(sql: members)))" }

  /// What an entry says beside the facts: why an answer is not known changes without a word.
  var passing: SQL? {
    switch self {
    case .attempt, .cancellation, .refund: "jsonb_strip_nulls(jsonb_build_object('why', c.unknown_why))"
    case .payment, .breaking, .decision: nil
    }
  }

  private var members: SQL {
    switch self {
    case .attempt:
      """
      'attempt', c.attempt, 'operation', c.operation, 'key', c.idempotency_key, 'request', \(sql: Self.request),
      'state', c.state, 'reason', c.reason, 'code', c.code, 'on', c.business_date,
      'stored_at', c.created_at AT TIME ZONE 'UTC', 'answered_at', c.answered_at AT TIME ZONE 'UTC',
      'key_expires_at', c.key_expires_at AT TIME ZONE 'UTC'
      """
    case .cancellation:
      """
      'cancellation', c.processor_payment, 'key', c.idempotency_key, 'request', \(sql: Self.request), 'state', c.state,
      'code', c.code, 'on', c.business_date, 'stored_at', c.created_at AT TIME ZONE 'UTC',
      'answered_at', c.answered_at AT TIME ZONE 'UTC'
      """
    case .payment:
      // Which processor payment an unfinished payment has is learned on the way.
      """
      'state', c.state, 'proof', c.proof, 'reason', c.failure_reason, 'code', c.failure_code,
      'failed_at', c.failed_at AT TIME ZONE 'UTC', 'failed_on', c.failed_on,
      'succeeded_at', c.succeeded_at AT TIME ZONE 'UTC', 'succeeded_on', c.succeeded_on,
      'processor_payment', CASE WHEN c.state = 'SUCCEEDED' THEN c.processor_payment END,
      'processor_charge', CASE WHEN c.state = 'SUCCEEDED' THEN c.processor_charge END
      """
    case .refund:
      """
      'refund', c.refund_id, 'break', c.break_id, 'charge', c.processor_charge, 'amount', c.amount,
      'currency', c.currency, 'reason', c.reason, 'rule', c.rule, 'key', c.idempotency_key,
      'request', \(sql: Self.request), 'state', c.state, 'processor_refund', c.processor_refund, 'failure', c.failure,
      'requested_at', c.requested_at AT TIME ZONE 'UTC', 'requested_on', c.requested_on,
      'processed_at', c.processed_at AT TIME ZONE 'UTC', 'failed_at', c.failed_at AT TIME ZONE 'UTC',
      'processor_state', c.processor_state, 'processed_on', c.processed_on, 'failed_on', c.failed_on,
      'unknown_on', c.unknown_on, 'answered_on', c.answered_on, 'key_expires_at', c.key_expires_at AT TIME ZONE 'UTC'
      """
    case .breaking:
      "'break', c.break_id, 'reason', c.reason, 'held_back', c.held_back, 'resolution', c.resolution"
    case .decision:
      """
      'decision', \(sql: Self.decisionKey), 'action', c.action, 'until', c.wait_until, 'other_break', c.other_break,
      'other_payment', c.other_payment, 'approves', c.approves, 'amount', c.amount, 'currency', c.currency,
      'needs_approval', c.needs_approval, 'expected_amount', c.expected_amount,
      'expected_currency', c.expected_currency, 'reported_amount', c.reported_amount,
      'reported_currency', c.reported_currency, 'note', c.note, 'by', c.decided_by, 'as', c.decided_as,
      'login', c.login,
      'at', c.decided_at AT TIME ZONE 'UTC', 'on', c.decided_on, 'file', c.file_sha256, 'name', c.file_name,
      'line', c.line
      """
    }
  }

  /// The decision `c` among all: its break and its number.
  static let decisionKey: SQL = "c.break_id || '/' || c.number"

  /// The exact bytes of a request, as a hash: they are in the row itself.
  private static let request: SQL =
    "encode(sha256(record_send(ROW(c.request_path, c.request_body, c.api_version))), 'hex')"
}
