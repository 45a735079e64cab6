import SettleModel
import Testing

@Suite struct ExchangeRateTests {
  @Test(arguments: [
    ("1", "1"), ("1.0", "1"), ("1.080", "1.08"), ("0.0085", "0.0085"), ("00.5", "0.5"), ("149.27", "149.27"),
    ("0.100000000000000000000000000000000001", nil),
    ("0.10000000000000000000000000000000001", "0.10000000000000000000000000000000001"),
  ])
  func isKeptExactlyAndWithoutNeedlessZeros(text: String, kept: String?) {
    #expect(ExchangeRate(text)?.text == kept)
  }

  /// What needs a guess is no rate, and none is zero or negative.
  @Test(arguments: ["", ".", "1.", ".5", "-1", "+1", "0", "0.00", "1e3", "1,5", "1 000", "1.2.3", "½"])
  func whatIsNoPlainPositiveNumberIsRefused(text: String) {
    #expect(ExchangeRate(text) == nil)
  }
}
