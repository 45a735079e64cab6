import Testing

@testable import ProcessorSandbox

@Suite struct StripeCurrencyTests {
  @Test(arguments: [
    ("USD", 1999, "19.99"), ("usd", 5, "0.05"), ("usd", -1230, "-12.30"), ("usd", 0, "0.00"), ("usd", -5, "-0.05"),
    ("jpy", 500, "500"), ("kwd", 1250, "1.250"), ("kwd", 10, "0.010"), ("isk", 50_000, "500"), ("ugx", -100, "-1"),
  ])
  func printsMajorUnitsWithTheCurrencysOwnDigits(_ code: String, _ amount: Int64, _ text: String) throws {
    #expect(try #require(StripeCurrency(code)).decimal(amount) == text)
  }

  /// 2.9% + 30, half up: 50 → 31.45 → 31; 1000 → 59; 1017 → 59.493 → 59; 2500 → 102.5 → 103.
  @Test(arguments: [
    ("usd", 50, 31), ("usd", 1000, 59), ("usd", 1017, 59), ("usd", 2500, 103), ("jpy", 1000, 59), ("isk", 50_000, 1500),
    ("isk", 100_000, 2900),
  ])
  func pricesInWholeUnits(_ code: String, _ amount: Int64, _ fee: Int64) throws {
    #expect(try #require(StripeCurrency(code)).fee(on: amount) == fee)
  }

  @Test(arguments: ["xyz", "", "us", "usd$"])
  func doesNotKnow(_ code: String) {
    #expect(StripeCurrency(code) == nil)
  }
}
