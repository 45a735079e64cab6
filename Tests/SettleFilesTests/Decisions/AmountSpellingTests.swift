import SettleFiles
import SettleModel
import Testing

@Suite struct AmountSpellingTests {
  private static func money(_ text: String, _ code: String) -> Money {
    let currency = Currency(code) ?? Currency.all[0]
    return Money(major: text, currency: currency) ?? Money(minor: .min, currency: currency)
  }

  @Test(arguments: [
    ("1234.50", "1234.50", "USD"), ("1,234.50", "1234.50", "USD"), ("1.234,50", "1234.50", "USD"),
    ("1234,5", "1234.50", "USD"), ("1 234,50", "1234.50", "EUR"), ("1\u{202F}234,50 €", "1234.50", "EUR"),
    ("1'234.50", "1234.50", "CHF"), ("1’234.5", "1234.50", "CHF"), ("CHF 1'234.50", "1234.50", "CHF"),
    ("-12,30", "-12.30", "USD"), ("12.30-", "-12.30", "USD"), ("(12.30)", "-12.30", "USD"),
    ("-$12.30", "-12.30", "USD"),
    ("\u{2212}12,3", "-12.30", "USD"), ("1234", "1234.00", "USD"), ("1.234", "1234.00", "USD"),
    ("12,34,567.00", "1234567.00", "INR"), ("1.234.567,8", "1234567.80", "EUR"), ("1,234", "1234", "JPY"),
    ("1.234", "1.234", "KWD"), ("1.234,000", "1234.000", "KWD"), ("1,5", "1.500", "KWD"), ("0", "0.00", "USD"),
    ("-0.00", "0.00", "USD"), ("+5.00", "5.00", "USD"), ("1234.5000", "1234.50", "USD"),
  ])
  func whatASpreadsheetMakesOfAnAmountIsKnown(_ text: String, _ amount: String, _ code: String) {
    #expect(AmountSpelling.mayBe(text, Self.money(amount, code)))
  }

  @Test(arguments: [
    ("1234.51", "1234.50", "USD"), ("1235", "1234.50", "USD"), ("-1234.50", "1234.50", "USD"),
    ("1.234,50-", "1234.50", "USD"), ("12345.0", "1234.50", "USD"), ("1.23E+3", "1230.00", "USD"), ("", "0.00", "USD"),
    ("12.34.50", "1234.50", "USD"), ("1,23.45", "123.45", "USD"), ("EUR 5.00", "5.00", "USD"), ("five", "5.00", "USD"),
    ("1.2345", "1.234", "KWD"), ("99999999999999999999", "1.00", "USD"), (".50", "0.50", "USD"),
    ("5.00", "-5.00", "USD"), ("1.234.56", "1234.56", "USD"), ("#####", "1.00", "USD"),
  ])
  func anotherAmountIsAnother(_ text: String, _ amount: String, _ code: String) {
    #expect(!AmountSpelling.mayBe(text, Self.money(amount, code)))
  }
}

@Suite struct DateSpellingTests {
  private static let date = BusinessDate("2026-11-21") ?? BusinessDate(daysSinceEpoch: 0)

  @Test(arguments: [
    "2026-11-21", "21.11.2026", "21.11.26", "11/21/2026", "11/21/26", "21/11/2026", "2026/11/21", "21-11-2026",
    "2026-11-21 00:00:00", "2026-11-21T00:00:00", "46347",
  ])
  func howeverADateIsWrittenItIsKnown(text: String) { #expect(DateSpelling.mayBe(text, Self.date)) }

  @Test(arguments: [
    "2026-11-22", "22.11.2026", "11/22/2026", "2025-11-21", "", "46348", "21.11.", "Nov 21", "20261121",
  ])
  func anotherDateIsAnother(text: String) { #expect(!DateSpelling.mayBe(text, Self.date)) }

  /// Which of the two is the day cannot be told, and need not.
  @Test func eitherMayComeFirst() throws {
    let date = try #require(BusinessDate("2026-02-03"))
    #expect(DateSpelling.mayBe("3/2/2026", date))
    #expect(DateSpelling.mayBe("2/3/2026", date))
    #expect(DateSpelling.mayBe("03.02.2026", date))
  }
}
