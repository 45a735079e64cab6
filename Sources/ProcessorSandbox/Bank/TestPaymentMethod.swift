/// What happens when a payment method is charged.
enum CardBehaviour: Sendable, Equatable {
  case accepted
  case declined(Decline)
  /// Needs the customer: declined off-session, `requires_action` on-session.
  case needsAuthentication
  /// Stays `processing` until the sandbox's clock has moved on by a day; the sandbox's own addition.
  case processing
}

/// A refusal by the issuer or by Stripe, with Stripe's codes and words.
struct Decline: Sendable, Equatable {
  let code: String
  let declineCode: String?
  let message: String
}

extension Decline {
  /// Only where the issuer declines does Stripe give a decline code; `expired_card` and its like have none.
  static func issuer(_ declineCode: String, _ message: String = "Your card was declined.") -> Decline {
    Decline(code: "card_declined", declineCode: declineCode, message: message)
  }

  static let authenticationRequired = Decline(
    code: "authentication_required", declineCode: "authentication_required",
    message: "Your card was declined. This transaction requires authentication.")
}

extension CardBehaviour {
  /// How the named payment method behaves; nil where Stripe would not know it.
  ///
  /// Stripe spells some with the brand and some without (`pm_card_visa_chargeDeclined`,
  /// `pm_card_chargeDeclinedExpiredCard`); both spellings are taken for all.
  init?(paymentMethod name: String) {
    if name.hasPrefix("pm_sandbox_") {
      self = name == "pm_sandbox_processing" ? .processing : .accepted
      return
    }
    guard name.hasPrefix("pm_card_") else { return nil }
    let card = name.dropFirst("pm_card_".count)
    if let behaviour = Self.special[String(Self.plainName(name))] {
      self = behaviour
    } else if Self.plain.contains(String(card)) {
      self = .accepted
    } else {
      return nil
    }
  }

  /// The name without what the two spellings of it may begin with.
  static func plainName(_ name: String) -> Substring {
    let card = name.dropFirst("pm_card_".count)
    return card.hasPrefix("visa_") ? card.dropFirst("visa_".count) : card
  }

  private static let plain: Set<String> = [
    "visa", "visa_debit", "mastercard", "mastercard_debit", "mastercard_prepaid", "amex", "discover", "diners", "jcb",
    "unionpay", "us", "gb", "de", "fr", "br", "ca", "mx", "jp", "au", "in",
  ]

  private static let special: [String: CardBehaviour] = [
    "chargeDeclined": .declined(.issuer("generic_decline")),
    "chargeDeclinedInsufficientFunds": .declined(.issuer("insufficient_funds", "Your card has insufficient funds.")),
    "chargeDeclinedLostCard": .declined(.issuer("lost_card")),
    "chargeDeclinedStolenCard": .declined(.issuer("stolen_card")),
    "chargeDeclinedFraudulent": .declined(.issuer("fraudulent")),
    "chargeDeclinedVelocityLimitExceeded": .declined(.issuer("card_velocity_exceeded")),
    "chargeDeclinedDoNotHonor": .declined(.issuer("do_not_honor")),
    "radarBlock": .declined(.issuer("fraudulent")),
    "chargeCustomerFail": .declined(.issuer("generic_decline")),
    "chargeDeclinedExpiredCard": .declined(
      Decline(code: "expired_card", declineCode: nil, message: "Your card has expired.")),
    "chargeDeclinedIncorrectCvc": .declined(
      Decline(code: "incorrect_cvc", declineCode: nil, message: "Your card's security code is incorrect.")),
    "chargeDeclinedProcessingError": .declined(
      Decline(
        code: "processing_error", declineCode: nil,
        message: "An error occurred while processing your card. Try again in a little bit.")),
    "pendingRefund": .accepted,
    "refundFail": .accepted,
    "authenticationRequired": .needsAuthentication,
    "authenticationRequiredOnSetup": .needsAuthentication,
    "authenticationRequiredChargeDeclinedInsufficientFunds": .declined(
      .issuer("insufficient_funds", "Your card has insufficient funds.")),
  ]
}
