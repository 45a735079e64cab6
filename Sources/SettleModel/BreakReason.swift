/// Why something needs a person or a rule. Stored spellings are never reused.
package enum BreakReason: String, Sendable, CaseIterable {
  /// A charge that settle believes in and no file has reported within the waiting days.
  case missingAtProcessor = "missing_at_processor"
  /// Reported money that belongs to no payment.
  case unexpectedCharge = "unexpected_charge"
  case amountMismatch = "amount_mismatch"
  case currencyMismatch = "currency_mismatch"
  /// A second charge for a payment that has one.
  case duplicateCharge = "duplicate_charge"
  /// settle and the processor disagree about whether a payment succeeded.
  case statusMismatch = "status_mismatch"
  /// A refund that settle requested and no file has reported within the waiting days.
  case missingRefund = "missing_refund"
  /// A reported refund that settle never asked for.
  case unexpectedRefund = "unexpected_refund"
  case refundAmountMismatch = "refund_amount_mismatch"
  /// A refund that was processed and failed after all.
  case refundFailed = "refund_failed"
  /// A cardholder's dispute; its reversal resolves it.
  case dispute
  /// A hold whose time to be captured has passed.
  case holdLapsed = "hold_lapsed"
  /// An attempt whose outcome neither a repeat nor a look-up could tell.
  case outcomeUnknown = "outcome_unknown"
  /// Reported money that a rule could give to several payments, or several rows to one.
  case ambiguousMatch = "ambiguous_match"

  /// What a person reads: what happened, in a few words.
  package var title: String {
    switch self {
    case .missingAtProcessor: "Charged, but not reported"
    case .unexpectedCharge: "Reported, but never asked for"
    case .amountMismatch: "Another amount was taken"
    case .currencyMismatch: "Another currency was taken"
    case .duplicateCharge: "Taken a second time"
    case .statusMismatch: "Reported in another state"
    case .missingRefund: "Refunded, but not reported"
    case .unexpectedRefund: "Refund never asked for"
    case .refundAmountMismatch: "Another amount was refunded"
    case .refundFailed: "Refund failed after all"
    case .dispute: "Disputed by the cardholder"
    case .holdLapsed: "Hold lapsed before capture"
    case .outcomeUnknown: "Outcome not known"
    case .ambiguousMatch: "Reported, and could be several orders'"
    }
  }
}
