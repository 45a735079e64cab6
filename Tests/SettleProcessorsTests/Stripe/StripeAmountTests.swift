import SettleModel
import Testing

@testable import SettleProcessors

struct StripeAmountTests {
  @Test(arguments: [
    ("USD", 1_250, 1_250), ("EUR", 1, 1), ("HUF", 12_345, 12_345), ("TWD", 12_345, 12_345),
    ("JPY", 500, 500), ("KRW", 1, 1), ("VND", 99_999_999, 99_999_999), ("XAF", 7, 7),
    ("ISK", 5, 500), ("UGX", 5, 500),
    ("MGA", 500, 5),
    ("KWD", 1_250, 1_250), ("BHD", 10, 10), ("JOD", 120, 120), ("OMR", 120, 120), ("TND", 120, 120),
  ])
  func sendsAndReadsBack(code: String, minor: Int64, atStripe: Int64) throws {
    let money = Fixture.money(minor, code)
    #expect(try StripeAmount.sent(money) == atStripe)
    #expect(StripeAmount.read(atStripe, currency: code.lowercased()) == money)
  }

  @Test func readsBackEveryCurrencyThatItSends() throws {
    for currency in Currency.all {
      let money = Money(minor: 1_000, currency: currency)
      guard let sent = try? StripeAmount.sent(money) else { continue }
      #expect(StripeAmount.read(sent, currency: currency.code.lowercased()) == money)
    }
  }

  @Test(arguments: [
    ("USD", 0), ("USD", -1), ("KWD", 1_251), ("BHD", 1), ("MGA", 550), ("IQD", 1_250), ("LYD", 1_250),
    ("ISK", Int64.max / 99),
  ])
  func refusesWhatStripeCannotTake(code: String, minor: Int64) {
    let refusal = #expect(throws: ProcessorRefusal.self) { try StripeAmount.sent(Fixture.money(minor, code)) }
    guard case .unsupported(let why) = refusal else {
      Issue.record("not unsupported: \(String(describing: refusal))")
      return
    }
    #expect(why.contains("Stripe"))
  }

  @Test(arguments: [("xxx", 1), ("", 1), ("us", 1), ("isk", 150), ("ugx", 1), ("mga", Int64.max)])
  func readsNothingThatItCannotHold(currency: String, amount: Int64) {
    #expect(StripeAmount.read(amount, currency: currency) == nil)
  }
}
