import SettleModel
import Testing

/// What stands in the database, in files and in contracts for ever. A word may be added here, never changed.
@Suite struct StoredSpellingsTests {
  @Test(arguments: [
    (PaymentState.allCases.map(\.rawValue), "REQUESTED FAILED SUCCEEDED"),
    (RefundState.allCases.map(\.rawValue), "REQUESTED PROCESSED FAILED"),
    (FailureReason.allCases.map(\.rawValue), "CARD_DECLINED INSUFFICIENT_FUNDS EXPIRED_CARD PROCESSING_ERROR"),
    (
      MessageType.allCases.map(\.rawValue),
      "AuthorizePayment PaymentRequested PaymentSucceeded PaymentFailed RefundRequested RefundProcessed"
    ),
    (
      OutcomeKind.allCases.map(\.rawValue),
      """
      charge charge_failed capture_reversal refund refund_failure dispute dispute_reversal fee network_cost payout \
      payout_reversal transfer currency_conversion adjustment reserve
      """
    ),
    (
      BreakReason.allCases.map(\.rawValue),
      """
      missing_at_processor unexpected_charge amount_mismatch currency_mismatch duplicate_charge status_mismatch \
      missing_refund unexpected_refund refund_amount_mismatch refund_failed dispute hold_lapsed outcome_unknown \
      payout_mismatch payout_not_in_bank bank_unexplained statement_gap ambiguous_match file_missing fee_variance \
      fx_variance
      """
    ),
    (
      RefundPolicy.Held.allCases.map(\.rawValue),
      """
      not_proven currency_not_named settled_in_another_currency undercharged above_limit above_per_run above_per_day \
      needs_approval refunded_elsewhere already_returned disputed exceeds_captured charge_not_found refund_refused \
      refund_failed refund_canceled unsupported_by_processor other_processor
      """
    ),
    (
      BankMatch.Rule.allCases.map(\.rawValue),
      "reference reference_converted amount_and_date sum_of_payouts sum_of_lines"
    ),
    (
      DecisionRefusal.Reason.allCases.map(\.rawValue),
      """
      invalid_id unknown_break unknown_decision invalid_date wrong_column_count contradiction stale already_resolved \
      irrevocable not_refundable unknown_other other_resolved other_currency cycle nothing_to_approve currency_not_named \
      above_per_run above_per_day same_person card_number too_long invalid_text
      """
    ),
    (ProcessorRefundState.allCases.map(\.rawValue), "pending requires_action succeeded failed canceled"),
    (RefundPolicy.Approver.allCases.map(\.rawValue), "another_name another_login"),
    (RefundRule.Portion.allCases.map(\.rawValue), "duplicate overcharge"),
    (
      QuarantineReason.allCases.map(\.rawValue),
      """
      missing_value invalid_amount zero_amount invalid_currency invalid_instant invalid_identifier invalid_text \
      too_long wrong_column_count invalid_json cut_off unknown_field card_number unknown_event unknown_category \
      unknown_reason sums_disagree conflict already_charged attempt_open hold_in_use exceeds_hold \
      unknown_processor
      """
    ),
  ])
  func staysAsItIs(words: [String], kept: String) {
    #expect(words.joined(separator: " ") == kept)
  }

  @Test func everyBreakReasonHasItsOwnTitle() {
    let titles = BreakReason.allCases.map(\.title)
    #expect(Set(titles).count == titles.count)
  }

  @Test func onlyADeniedChargeMovesNoMoney() {
    #expect(OutcomeKind.allCases.filter { !$0.movesMoney } == [.chargeFailed])
  }
}
