/// Why one row of finance's decisions is not taken. The other rows are.
package struct DecisionRefusal: Error, Sendable, Equatable {
  /// Spellings are never reused.
  package enum Reason: String, Sendable, CaseIterable {
    case invalidID = "invalid_id"
    case unknownBreak = "unknown_break"
    case unknownDecision = "unknown_decision"
    case invalidDate = "invalid_date"
    /// The row has cells where the header has no column.
    case wrongColumnCount = "wrong_column_count"
    /// The file decides one break in two ways.
    case contradiction
    /// The break is not any more what the row says.
    case stale
    case alreadyResolved = "already_resolved"
    /// Something was done by an earlier decision, or by a rule, that cannot be taken back.
    case irrevocable
    case notRefundable = "not_refundable"
    case unknownOther = "unknown_other"
    /// What is said to be the same matter has no break that anybody looks at.
    case otherResolved = "other_resolved"
    /// What is said to be the same matter is about money of another currency.
    case otherCurrency = "other_currency"
    /// Two breaks would each be the same matter as the other, and nobody would look at either.
    case cycle
    case nothingToApprove = "nothing_to_approve"
    /// The pipeline's limits would hold the refund back in every run: the words are those of ``RefundPolicy/Held``.
    case currencyNotNamed = "currency_not_named"
    case abovePerRun = "above_per_run"
    case abovePerDay = "above_per_day"
    case samePerson = "same_person"
    case cardNumber = "card_number"
    case tooLong = "too_long"
    case invalidText = "invalid_text"
  }

  package var reason: Reason
  /// A sentence for the person who decides; it never quotes the refused value.
  package var detail: String

  package init(_ reason: Reason, _ detail: String) {
    self.reason = reason
    self.detail = detail
  }
}
