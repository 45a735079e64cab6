import SettleModel
import Testing

@Suite struct CurrencyTests {
  @Test(arguments: [
    ("USD", 2), ("EUR", 2), ("GBP", 2), ("CHF", 2), ("HUF", 2), ("TWD", 2), ("MGA", 2), ("MRU", 2), ("JPY", 0),
    ("KRW", 0), ("VND", 0), ("CLP", 0), ("ISK", 0), ("UGX", 0), ("XOF", 0), ("KWD", 3), ("BHD", 3), ("JOD", 3),
    ("OMR", 3), ("TND", 3), ("IQD", 3), ("LYD", 3),
  ])
  func hasItsOwnDigits(code: String, digits: Int) {
    #expect(Currency(code)?.digits == digits)
    #expect(Currency(code)?.code == code)
    #expect(Currency(code)?.description == code)
  }

  /// XAU and XXX are ISO codes of what nobody is charged in; an unknown exponent would be a guess.
  @Test(arguments: ["", "US", "USDD", "usd", "Usd", "US ", "U\u{0}D", "ÜSD", "XXX", "XAU", "XTS", "ABC", "123"])
  func refusesWhatTheTableDoesNotHold(code: String) {
    #expect(Currency(code) == nil)
  }

  /// A slice of a longer line, as readers hand it over, and text that is not stored contiguously.
  @Test func readsAnyKindOfText() {
    #expect(Currency("amount,EUR".dropFirst(7)) == currency("EUR"))
    #expect(Currency(String("RUE".reversed())) == currency("EUR"))
    #expect([UInt8]("JPY".utf8).withUnsafeBufferPointer { Currency(utf8: $0) } == currency("JPY"))
    #expect([UInt8]("JP".utf8).withUnsafeBufferPointer { Currency(utf8: $0) } == nil)
  }

  @Test func allAreDistinctAndInOrderOfTheirCodes() {
    let codes = Currency.all.map(\.code)
    #expect(codes == codes.sorted())
    #expect(Set(codes).count == codes.count)
    #expect(codes.count > 150)
    #expect(Currency.all.allSatisfy { [0, 2, 3].contains($0.digits) && Currency($0.code) == $0 })
  }
}
