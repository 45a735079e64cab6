import SettleModel

/// What an answer to a stored request must be about, read back from the request itself.
///
/// A request may have been stored by an earlier run, so its bytes are all there is to check an answer by.
struct StripeExpectation: Equatable {
  enum Kind: Equatable {
    case charge
    case confirm(processorPayment: String)
    case capture(hold: String)
    case cancel(processorPayment: String)
    case refund(processorCharge: String, refund: RefundID)
  }

  var kind: Kind
  /// In Stripe's own units: of a charge, capture or refund.
  var amount: Int64?
  /// In lower case, as Stripe writes it: of a charge or capture.
  var currency: String?
  var payment: PaymentID

  /// nil for a request that is none of settle's requests to Stripe.
  init?(_ request: ProcessorRequest) {
    func value(_ name: String) -> String? { StripeForm.plainValue(name, in: request.body) }
    let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard request.method == "POST", parts.count >= 3, parts[0].isEmpty, parts[1] == "v1",
      let payment = value("metadata[payment_id]").flatMap({ PaymentID($0) })
        ?? Self.payment(ofKey: request.idempotencyKey)
    else { return nil }
    self.payment = payment
    switch (parts[2], parts.count) {
    case ("payment_intents", 3):
      guard let amount = value("amount").flatMap(Int64.init), let currency = value("currency") else { return nil }
      kind = .charge
      self.amount = amount
      self.currency = currency
    case ("payment_intents", 5) where StripeReference.payment.matches(parts[3]):
      switch parts[4] {
      case "confirm": kind = .confirm(processorPayment: parts[3])
      case "cancel": kind = .cancel(processorPayment: parts[3])
      case "capture":
        guard let amount = value("amount_to_capture").flatMap(Int64.init) else { return nil }
        kind = .capture(hold: parts[3])
        self.amount = amount
        currency = value("metadata[currency]")
      default: return nil
      }
    case ("refunds", 3):
      guard let charge = value("charge"), let amount = value("amount").flatMap(Int64.init),
        let refund = value("metadata[refund_id]").flatMap({ RefundID($0) })
      else { return nil }
      kind = .refund(processorCharge: charge, refund: refund)
      self.amount = amount
    default: return nil
    }
  }

  /// `settle-<payment id>-…`: the UUID after the first seven characters.
  private static func payment(ofKey key: String) -> PaymentID? {
    guard key.hasPrefix("settle-") else { return nil }
    return PaymentID(key.dropFirst(7).prefix(36))
  }
}
