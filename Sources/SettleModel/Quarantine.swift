/// Why one row was refused. Stored spellings are never reused.
package enum QuarantineReason: String, Sendable, CaseIterable {
  case missingValue = "missing_value"
  case invalidAmount = "invalid_amount"
  case zeroAmount = "zero_amount"
  case invalidCurrency = "invalid_currency"
  case invalidInstant = "invalid_instant"
  case invalidIdentifier = "invalid_identifier"
  case invalidText = "invalid_text"
  case tooLong = "too_long"
  case wrongColumnCount = "wrong_column_count"
  case invalidJSON = "invalid_json"
  /// The file ends in this row without a line end, and its last value may go on.
  case cutOff = "cut_off"
  case unknownField = "unknown_field"
  /// A text that may be a card number; it is neither kept nor shown.
  case cardNumber = "card_number"
  case unknownEvent = "unknown_event"
  case unknownCategory = "unknown_category"
  case unknownReason = "unknown_reason"
  case sumsDisagree = "sums_disagree"
  /// Known before with another amount, currency, customer or identity.
  case conflict
  case alreadyCharged = "already_charged"
  case attemptOpen = "attempt_open"
  case holdInUse = "hold_in_use"
  /// More is to be captured than was held.
  case exceedsHold = "exceeds_hold"
  /// Charged by a processor of which no file could ever tell.
  case unknownProcessor = "unknown_processor"
}

/// An input row that was refused: where and why, never what it said.
package struct Quarantined: Sendable, Equatable {
  /// The physical line where the row starts.
  package var line: Int
  /// The column or JSON name, or nil where the row as a whole was refused.
  package var field: String?
  package var reason: QuarantineReason
  /// A sentence for the person who mends the file; it never quotes the refused value.
  package var detail: String

  package init(line: Int, field: String? = nil, reason: QuarantineReason, detail: String) {
    self.line = line
    self.field = field
    self.reason = reason
    self.detail = detail
  }
}
