/// What the Ordering domain asks for: one order, and whether its card is good.
struct Order: Sendable, Equatable {
  var id: String
  /// Minor units.
  var amount: Int64
  var currency: String
  var paymentMethod = "pm_card_visa"

  var isGood: Bool { !paymentMethod.contains("Declined") }

  /// The same order, sent again with another good card: what an impatient shop does.
  var withAnotherCard: Order {
    var copy = self
    copy.paymentMethod = "pm_card_mastercard"
    return copy
  }

  static let header = "order_id,amount,currency,payment_method\n"

  var row: String { "\(id),\(amount),\(currency),\(paymentMethod)\n" }

  /// Orders by a seed: three currencies, one of them without minor digits, and a few cards that are declined.
  ///
  /// - Parameter declined: how many of a hundred cards are bad.
  static func made(_ count: Int, named prefix: String, declined: Int = 0, _ random: inout SeededRandom) -> [Order] {
    (0..<count).map { number in
      let currency = ["USD", "USD", "USD", "EUR", "EUR", "JPY"][Int.random(in: 0..<6, using: &random)]
      let amount = Int64.random(in: 100...20_000, using: &random)
      let bad = Int.random(in: 0..<100, using: &random) < declined
      return Order(
        id: "\(prefix)-\(number)", amount: amount, currency: currency,
        paymentMethod: bad ? "pm_card_visa_chargeDeclined" : "pm_card_visa")
    }
  }
}
