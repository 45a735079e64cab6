import Postgres

/// What an entry of the audit trail tells. Stored spellings are never reused.
package enum AuditKind: String, Sendable, CaseIterable, SQLEncodable, SQLDecodable {
  /// A request that moves money was stored; it may leave from now on.
  case attemptStored = "attempt_stored"
  /// Its answer was not known, the first time.
  case attemptUnknown = "attempt_unknown"
  case attemptSucceeded = "attempt_succeeded"
  case attemptDeclined = "attempt_declined"
  case attemptRefused = "attempt_refused"
  /// It was never sent, or another took its place.
  case attemptSuperseded = "attempt_superseded"
  /// A request to give up a processor payment was stored.
  case cancellationStored = "cancellation_stored"
  case cancellationUnknown = "cancellation_unknown"
  case cancellationCanceled = "cancellation_canceled"
  /// The processor payment had taken the money, or took it after all.
  case cancellationSucceeded = "cancellation_succeeded"
  case cancellationRefused = "cancellation_refused"
  case paymentSucceeded = "payment_succeeded"
  case paymentFailed = "payment_failed"
  case refundRequested = "refund_requested"
  case refundUnknown = "refund_unknown"
  /// The processor has taken it on, and has not paid it yet.
  case refundPending = "refund_pending"
  case refundProcessed = "refund_processed"
  case refundFailed = "refund_failed"
  /// A rule might have refunded a break, and something spoke against it.
  case refundHeldBack = "refund_held_back"
  /// A break was resolved by its refund.
  case breakRefunded = "break_refunded"
  /// A person decided about a break, or agreed to what another had decided.
  case breakDecided = "break_decided"
}
