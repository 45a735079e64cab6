import SettleModel
import Testing

@Suite struct MoneyTests {
  static let usd = currency("USD")
  static let jpy = currency("JPY")
  static let kwd = currency("KWD")

  static let written: [(Int64, Currency, String)] = [
    (0, usd, "0.00"), (1, usd, "0.01"), (10, usd, "0.10"), (1230, usd, "12.30"), (-1, usd, "-0.01"),
    (-50_000, usd, "-500.00"), (500, jpy, "500"), (-500, jpy, "-500"), (0, jpy, "0"), (1250, kwd, "1.250"),
    (-7, kwd, "-0.007"), (Int64.max, usd, "92233720368547758.07"), (Int64.min, usd, "-92233720368547758.08"),
    (Int64.min, jpy, "-9223372036854775808"), (Int64.max, kwd, "9223372036854775.807"),
  ]

  @Test(arguments: written)
  func writesMajorUnitsWithTheCurrencysDigits(minor: Int64, currency: Currency, text: String) {
    let money = Money(minor: minor, currency: currency)
    #expect(money.major == text)
    #expect(money.description == "\(text) \(currency.code)")
    #expect(Money(major: text, currency: currency) == money)
  }

  static let read: [(String, Currency, Int64)] = [
    ("12", usd, 1200), ("12.3", usd, 1230), ("-0.50", usd, -50), ("+7.00", usd, 700), ("-0", usd, 0),
    ("0012.30", usd, 1230), ("12.3000", usd, 1230), ("500.00", jpy, 500), ("500", jpy, 500), ("1.25", kwd, 1250),
    ("92233720368547758.07", usd, Int64.max), ("-92233720368547758.08", usd, Int64.min),
    ("9223372036854775807.000", jpy, Int64.max),
  ]

  @Test(arguments: read)
  func readsMajorUnits(text: String, currency: Currency, minor: Int64) {
    #expect(Money(major: text, currency: currency)?.minor == minor)
  }

  static let refused: [(String, Currency)] = [
    ("", usd), ("-", usd), ("+", usd), (".", usd), (".5", usd), ("5.", usd), ("-.5", usd), ("1.234", usd),
    ("1,234.00", usd), ("1 234", usd), (" 1", usd), ("1 ", usd), ("1e3", usd), ("1E3", usd), ("0x10", usd),
    ("1.2.3", usd), ("--1", usd), ("+-1", usd), ("1-", usd), ("12.5", jpy), ("1.2345", kwd), ("NaN", usd),
    ("١٢", usd), ("１２", usd), ("1\u{0}", usd), ("$5", usd), ("5 USD", usd),
    // One minor unit more than 64 bits hold, by the figures themselves and by the zeros that the currency adds.
    ("92233720368547758.08", usd), ("-92233720368547758.09", usd), ("92233720368547759", usd),
    ("9223372036854775808", jpy), ("99999999999999999999999999", usd),
  ]

  @Test(arguments: refused)
  func refusesWhatNeedsAGuess(text: String, currency: Currency) {
    #expect(Money(major: text, currency: currency) == nil)
  }

  @Test func readsWhatItWritesForEveryCurrencyAndManyAmounts() {
    for currency in Currency.all {
      for minor: Int64 in [0, 1, 9, 10, 99, 100, 101, 999, 1_000, 1_234_567, .max, .min] {
        let money = Money(minor: minor, currency: currency)
        #expect(Money(major: money.major, currency: currency) == money)
      }
    }
  }

  @Test func addsAndSubtractsWithinOneCurrency() throws {
    let left = Money(minor: 1_000, currency: Self.usd)
    let right = Money(minor: 1, currency: Self.usd)
    #expect(try left.adding(right).minor == 1_001)
    #expect(try right.subtracting(left).minor == -999)
  }

  @Test func mixedCurrenciesAreAnError() {
    let dollars = Money(minor: 1, currency: Self.usd)
    let yen = Money(minor: 1, currency: Self.jpy)
    #expect(throws: MoneyError.mixedCurrencies(Self.usd, Self.jpy)) { try dollars.adding(yen) }
    #expect(throws: MoneyError.mixedCurrencies(Self.jpy, Self.usd)) { try yen.subtracting(dollars) }
    #expect(
      MoneyError.mixedCurrencies(Self.usd, Self.jpy).description
        == "USD and JPY cannot be added: convert nothing, sum per currency")
  }

  @Test func overflowIsAnError() {
    let most = Money(minor: .max, currency: Self.usd)
    let least = Money(minor: .min, currency: Self.usd)
    let one = Money(minor: 1, currency: Self.usd)
    #expect(throws: MoneyError.overflow(Self.usd)) { try most.adding(one) }
    #expect(throws: MoneyError.overflow(Self.usd)) { try least.subtracting(one) }
    #expect(
      MoneyError.overflow(Self.usd).description == "a sum of USD exceeds what 64 bits of minor units hold")
  }
}
