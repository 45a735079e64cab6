import SettleModel

/// What a PaymentIntent says. Its status decides, whatever the HTTP status around it.
enum StripeIntents {
  /// The answer that a PaymentIntent is to a request.
  static func answer(to request: StripeExpectation, _ intent: StripeIntent, replayed: Bool) -> ProcessorAnswer {
    if let difference = difference(request, intent) { return .unknown(why: difference, replayed: replayed) }
    let id = intent.id
    switch intent.status {
    case "succeeded", "requires_capture":
      guard let charge = charge(intent) else {
        return .unknown(why: "its amount or currency cannot be read", replayed: replayed)
      }
      return .charged(charge)
    case "processing": return .pending(reference: id)
    case "canceled": return .canceled(reference: id)
    case "requires_action", "requires_confirmation":
      return .declined(StripeDeclines.authenticationRequired(processorPayment: id))
    case "requires_payment_method":
      let decline = intent.lastPaymentError ?? StripeDeclineBody(code: intent.status)
      return .declined(StripeDeclines.decline(decline, processorPayment: id))
    default:
      return .unknown(why: "it answers a payment in a state that settle does not know", replayed: replayed)
    }
  }

  /// What the PaymentIntent inside an error tells, or nil where the error itself is the answer.
  ///
  /// Confirming or capturing again what is already charged is an error to Stripe, and proof of money to settle. A
  /// payment in such an error that is not ours is looked up: a repeat would only say the same.
  static func told(
    _ request: StripeExpectation, _ intent: StripeIntent, _ error: StripeErrorBody.Detail, status: Int
  ) -> ProcessorAnswer? {
    switch intent.status {
    case "succeeded", "processing", "requires_capture", "canceled":
      return answer(to: request, intent, replayed: true)
    case "requires_payment_method" where status == 402, "requires_action" where status == 402,
      "requires_confirmation" where status == 402:
      guard error.type == "card_error" else { return nil }
      if let difference = identityDifference(request, intent) { return .unknown(why: difference, replayed: true) }
      return .declined(StripeDeclines.decline(error.decline, processorPayment: intent.id))
    default: return nil
    }
  }

  /// How an object differs from what was asked about, or nil where it does not.
  private static func difference(_ request: StripeExpectation, _ intent: StripeIntent) -> String? {
    if let difference = identityDifference(request, intent) { return difference }
    if let currency = request.currency, currency != intent.currency {
      return "it answers with a payment in another currency"
    }
    guard let amount = request.amount else { return nil }
    switch request.kind {
    case .charge where intent.amount != amount: return "it answers with a payment of another amount"
    case .charge where intent.status == "succeeded" && intent.amountReceived != amount,
      .capture where intent.status == "succeeded" && intent.amountReceived != amount:
      return "another amount was taken than was asked for"
    default: return nil
    }
  }

  private static func identityDifference(_ request: StripeExpectation, _ intent: StripeIntent) -> String? {
    guard StripeReference.payment.matches(intent.id) else { return "it answers with an id that is none of its own" }
    if let known = request.knownPayment, known != intent.id { return "it answers with another payment" }
    let named = intent.metadata?["payment_id"].flatMap { PaymentID($0) }
    switch request.kind {
    // A hold is made elsewhere; only capturing it writes settle's payment on it, so that one may be given up unnamed.
    case .cancel: return named == nil || named == request.payment ? nil : "it answers with somebody else's payment"
    default: return named == request.payment ? nil : "it answers with somebody else's payment"
    }
  }

  /// A PaymentIntent as a charge. Its refunds and disputes are told only where its latest charge came along, which
  /// look-ups ask for and requests do not; nil where an amount, currency or status is none that settle knows.
  static func charge(_ intent: StripeIntent) -> ProcessorCharge? {
    guard let amount = StripeAmount.read(intent.amount, currency: intent.currency),
      let received = StripeAmount.read(intent.amountReceived, currency: intent.currency),
      StripeReference.payment.matches(intent.id), let state = state(of: intent)
    else { return nil }
    var chargeID: String?
    var captured = received.minor
    var refunded: Int64 = 0
    var disputed = false
    switch intent.latestCharge {
    case nil: break
    case .id(let id): chargeID = id
    case .object(let charge):
      guard charge.currency == intent.currency, let figures = StripeCharges.charge(charge) else { return nil }
      chargeID = charge.id
      // The charge is where the money is; what the payment says about it is only said.
      captured = figures.captured
      refunded = figures.refunded
      disputed = figures.disputed
    }
    if let chargeID, !StripeReference.charge.matches(chargeID) { return nil }
    return ProcessorCharge(
      processorPayment: intent.id, processorCharge: chargeID, state: state, amount: amount, captured: captured,
      refunded: refunded, disputed: disputed, payment: intent.metadata?["payment_id"].flatMap { PaymentID($0) },
      attempt: intent.metadata?["attempt"].flatMap { Int($0) }, createdAt: Timestamp(seconds: intent.created))
  }

  private static func state(of intent: StripeIntent) -> ProcessorCharge.State? {
    switch intent.status {
    case "succeeded": .succeeded
    case "processing": .pending
    case "requires_capture": .held
    case "canceled": .canceled
    case "requires_action": .failed(StripeDeclines.authenticationRequired(processorPayment: intent.id))
    case "requires_confirmation": .failed(nil)
    case "requires_payment_method":
      .failed(intent.lastPaymentError.map { StripeDeclines.decline($0, processorPayment: intent.id) })
    default: nil
    }
  }
}
