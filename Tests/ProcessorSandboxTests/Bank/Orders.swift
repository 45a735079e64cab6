@testable import ProcessorSandbox

extension Order {
  /// A confirmed PaymentIntent of 10 dollars.
  static func charging(
    _ amount: Int64 = 1000, key: String?, method: String = "pm_card_visa", manual: Bool = false
  ) -> Order {
    guard let currency = StripeCurrency("usd") else { preconditionFailure("usd is known") }
    var new = Command.NewIntent(amount: amount, currency: currency)
    new.paymentMethod = method
    new.confirm = true
    new.manualCapture = manual
    new.metadata = [Metadata.Pair(key: "order_id", value: "A \"1\"")]
    return Order(account: "acct", key: key, fingerprint: "\(amount)\(method)\(manual)", command: .createIntent(new))
  }

  static func other(_ command: Command, key: String?) -> Order {
    Order(account: "acct", key: key, fingerprint: "\(command)", command: command)
  }
}
