import SettleModel

/// What a Stripe charge says by itself, without the PaymentIntent around it.
enum StripeCharges {
  /// nil where an amount, currency or status is none that settle knows.
  static func charge(_ charge: StripeCharge) -> ProcessorCharge? {
    guard let amount = StripeAmount.read(charge.amount, currency: charge.currency),
      let captured = StripeAmount.read(charge.amountCaptured, currency: charge.currency),
      let returned = StripeAmount.read(charge.amountRefunded, currency: charge.currency),
      StripeReference.charge.matches(charge.id), let state = state(of: charge)
    else { return nil }
    return ProcessorCharge(
      processorPayment: charge.paymentIntent ?? charge.id, processorCharge: charge.id, state: state, amount: amount,
      captured: captured.minor, refunded: refunded(charge, returned: returned), disputed: charge.disputed,
      payment: charge.metadata?["payment_id"].flatMap { PaymentID($0) },
      attempt: charge.metadata?["attempt"].flatMap { Int($0) }, createdAt: Timestamp(seconds: charge.created))
  }

  /// What was given back. Stripe also counts a hold that was given up as refunded, of which nothing was ever taken; and
  /// it may count what a partial capture released. That is left in: too much refunded only sends a refund to a person.
  static func refunded(_ charge: StripeCharge, returned: Money) -> Int64 { charge.captured ? returned.minor : 0 }

  private static func state(of charge: StripeCharge) -> ProcessorCharge.State? {
    switch charge.status {
    case "succeeded" where charge.captured: .succeeded
    case "succeeded": charge.refunded ? .canceled : .held
    case "pending": .pending
    case "failed":
      .failed(
        charge.failureCode.map {
          StripeDeclines.decline(StripeDeclineBody(code: $0), processorPayment: charge.paymentIntent)
        })
    default: nil
    }
  }
}
