import SettleModel

/// Amounts as Stripe's API counts them, which is not ISO 4217's way for every currency.
///
/// Source: <https://docs.stripe.com/currencies>, “Minor units in API amounts” and “Special cases” (read in 2025).
/// - ISK and UGX have no minor unit, and yet are sent times 100; a fraction of one is refused.
/// - MGA is taken in whole ariary, though ISO 4217 gives it two digits.
/// - Of the currencies with three digits only BHD, JOD, KWD, OMR and TND are taken, their last digit being 0.
/// - Every other currency is sent in its ISO minor units (HUF and TWD are special for payouts alone).
enum StripeAmount {
  private static let sentTimesHundred: Set<String> = ["ISK", "UGX"]
  private static let sentInMajorUnits: Set<String> = ["MGA"]
  private static let threeDigits: Set<String> = ["BHD", "JOD", "KWD", "OMR", "TND"]

  /// What to send for an amount. Throws ``ProcessorRefusal/unsupported(_:)`` where Stripe cannot take it.
  static func sent(_ money: Money) throws(ProcessorRefusal) -> Int64 {
    guard money.minor > 0 else { throw .unsupported("Stripe takes only amounts above zero") }
    let code = money.currency.code
    if sentTimesHundred.contains(code) {
      let (product, overflow) = money.minor.multipliedReportingOverflow(by: 100)
      guard !overflow else { throw .unsupported("the amount is larger than Stripe can take") }
      return product
    }
    if sentInMajorUnits.contains(code) {
      guard money.minor % 100 == 0 else { throw .unsupported("Stripe takes \(code) in whole units only") }
      return money.minor / 100
    }
    if money.currency.digits == 3 {
      guard threeDigits.contains(code) else { throw .unsupported("Stripe does not take \(code)") }
      guard money.minor % 10 == 0 else { throw .unsupported("Stripe takes \(code) only with a last digit of 0") }
    }
    return money.minor
  }

  /// The amount that Stripe means, or nil where its currency or amount is none that settle can hold.
  static func read(_ amount: Int64, currency: String) -> Money? {
    guard let currency = Currency(currency.uppercased()) else { return nil }
    if sentTimesHundred.contains(currency.code) {
      return amount % 100 == 0 ? Money(minor: amount / 100, currency: currency) : nil
    }
    if sentInMajorUnits.contains(currency.code) {
      let (product, overflow) = amount.multipliedReportingOverflow(by: 100)
      return overflow ? nil : Money(minor: product, currency: currency)
    }
    return Money(minor: amount, currency: currency)
  }
}
