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
  /// What a processor says it paid out is not what its lines add up to, or not what the bank has booked.
  case payoutMismatch = "payout_mismatch"
  /// A payout that no bank line shows by the awaited day.
  case payoutNotInBank = "payout_not_in_bank"
  /// A bank line that no payout explains, on an account where payouts should explain it.
  case bankUnexplained = "bank_unexplained"
  /// A statement is missing before this one: its opening balance is not the last closing one, or a number was left out.
  case statementGap = "statement_gap"
  /// Several matches are possible, and nothing proves one of them.
  case ambiguousMatch = "ambiguous_match"
  /// A processor's file that was to come and did not: the payments it would tell of wait for it.
  case fileMissing = "file_missing"
  /// The processor kept another fee than agreed. Its item is the outcome record whose fee it is: the movement itself is
  /// matched, or a break of its own.
  case feeVariance = "fee_variance"
  /// The processor converted at another rate than allowed. Its item is the outcome record, too.
  case rateVariance = "fx_variance"

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
    case .payoutMismatch: "Payout does not add up"
    case .payoutNotInBank: "Paid out, but not in the bank"
    case .bankUnexplained: "In the bank, but never paid out"
    case .statementGap: "A bank statement is missing"
    case .ambiguousMatch: "Several matches are possible"
    case .fileMissing: "A file did not come"
    case .feeVariance: "Another fee was kept"
    case .rateVariance: "Converted at another rate"
    }
  }
}
