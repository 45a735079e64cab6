import SettleModel

/// What Stripe's decline codes mean in the contract's four reasons, and after which another attempt may be made.
///
/// Sources: <https://docs.stripe.com/declines/codes> for the codes; Visa's category 1 (lost, stolen, picked up, closed
/// or invalid account, not permitted, stopped, revoked) and Mastercard's advice “do not try again” for what networks
/// forbid. What only the cardholder could mend (a code, a PIN, an authentication) is not tried again at night either.
enum StripeDeclines {
  /// Reads a decline. A code that is not in the table is still a decline, and no money has moved: it is CARD_DECLINED
  /// with the code kept, and is not tried again, since nobody knows whether it may be.
  static func decline(_ body: StripeDeclineBody, processorPayment: String?) -> Decline {
    let code = StripeWords.code(body.declineCode ?? body.code ?? "card_declined")
    let entry = table[code] ?? (.cardDeclined, false)
    let forbidden = body.adviceCode == "do_not_try_again" || body.adviceCode == "confirm_card_data"
    return Decline(
      reason: entry.reason, code: code, processorPayment: processorPayment, mayRetry: entry.mayRetry && !forbidden)
  }

  /// A PaymentIntent that waits for its customer, who is not there.
  static func authenticationRequired(processorPayment: String) -> Decline {
    Decline(
      reason: .cardDeclined, code: "authentication_required", processorPayment: processorPayment, mayRetry: false)
  }

  /// Every code that is known, and whether another attempt may follow it.
  static let mayRetry: [String: Bool] = table.mapValues(\.mayRetry)

  private static let table: [String: (reason: FailureReason, mayRetry: Bool)] = {
    let groups: [(FailureReason, Bool, String)] = [
      (.insufficientFunds, true, "insufficient_funds card_velocity_exceeded withdrawal_count_limit_exceeded"),
      (.expiredCard, false, "expired_card"),
      (.processingError, true, "processing_error issuer_not_available reenter_transaction"),
      (
        .cardDeclined, true,
        "card_declined generic_decline do_not_honor call_issuer no_action_taken try_again_later approve_with_id"
      ),
      (
        .cardDeclined, false,
        """
        authentication_required authentication_not_handled card_decline_rate_limit_exceeded card_not_supported \
        currency_not_supported do_not_try_again duplicate_transaction fraudulent incorrect_address incorrect_cvc \
        incorrect_number incorrect_pin incorrect_zip invalid_account invalid_amount invalid_cvc invalid_expiry_month \
        invalid_expiry_year invalid_number invalid_pin lost_card merchant_blacklist \
        mobile_device_authentication_required new_account_information_available not_permitted offline_pin_required \
        online_or_offline_pin_required payment_intent_authentication_failure pickup_card pin_try_exceeded \
        restricted_card revocation_of_all_authorizations revocation_of_authorization security_violation \
        service_not_allowed stolen_card stop_payment_order testmode_decline transaction_not_allowed
        """
      ),
    ]
    var table: [String: (reason: FailureReason, mayRetry: Bool)] = [:]
    for (reason, mayRetry, codes) in groups {
      for code in codes.split(separator: " ") { table[String(code)] = (reason, mayRetry) }
    }
    return table
  }()
}
