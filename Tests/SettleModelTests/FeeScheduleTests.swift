import SettleModel
import Testing

/// A term and the fee that it gives for an amount.
struct FeeCase: Sendable, CustomTestStringConvertible {
  var percent: String
  var code = "USD"
  var fixed: Int64 = 0
  var minimum: Int64?
  var cap: Int64?
  var rounding = FeeTerm.Rounding.halfUp
  var gross: Int64
  var fee: Int64?

  var testDescription: String { "\(percent)% + \(fixed) of \(gross) \(code), \(rounding.rawValue)" }

  func term() throws -> FeeTerm {
    FeeTerm(
      processor: "stripe", currency: currency(code), percent: try #require(Percent(percent)), rounding: rounding,
      fixed: fixed, minimum: minimum, cap: cap)
  }
}

@Suite struct FeeScheduleTests {
  static let cases: [FeeCase] = [
    FeeCase(percent: "2.9", fixed: 30, gross: 1_000, fee: 59),
    FeeCase(percent: "2.9", fixed: 30, gross: 0, fee: 30),
    // A refund's amount is negative; its fee is not.
    FeeCase(percent: "1", fixed: 10, gross: -500, fee: 15),
    FeeCase(percent: "0", fixed: 10, gross: 123_456, fee: 10),
    // A fraction of a cent: down, at the half, up.
    FeeCase(percent: "2.9", gross: 1_017, fee: 29),
    FeeCase(percent: "0.5", gross: 100, fee: 1), FeeCase(percent: "0.5", gross: 300, fee: 2),
    FeeCase(percent: "0.499999", gross: 100, fee: 0), FeeCase(percent: "0.500001", gross: 100, fee: 1),
    FeeCase(percent: "0.5", rounding: .halfEven, gross: 100, fee: 0),
    FeeCase(percent: "0.5", rounding: .halfEven, gross: 300, fee: 2),
    FeeCase(percent: "0.5", rounding: .halfEven, gross: 500, fee: 2),
    FeeCase(percent: "0.500001", rounding: .halfEven, gross: 100, fee: 1),
    FeeCase(percent: "0.5", rounding: .halfEven, gross: -300, fee: 2),
    // The half is of the percentage alone: the fixed part is whole.
    FeeCase(percent: "0.5", fixed: 1, rounding: .halfEven, gross: 100, fee: 1),
    // Yen have no minor unit of a hundredth, fils are thousandths.
    FeeCase(percent: "3.6", code: "JPY", gross: 1_250, fee: 45),
    FeeCase(percent: "3.6", code: "JPY", fixed: 40, gross: 1_263, fee: 85),
    FeeCase(percent: "2.75", code: "KWD", fixed: 100, gross: 12_345, fee: 439),
    // At least, and at most.
    FeeCase(percent: "2.9", minimum: 50, gross: 1_000, fee: 50),
    FeeCase(percent: "2.9", minimum: 29, gross: 1_000, fee: 29),
    FeeCase(percent: "2.9", cap: 500, gross: 1_000_000, fee: 500),
    FeeCase(percent: "2.9", fixed: 30, minimum: 10, cap: 59, gross: 1_000, fee: 59),
    FeeCase(percent: "0", fixed: 90, cap: 50, gross: 1_000, fee: 50),
    // The largest amounts: what 64 bits do not hold is no fee.
    FeeCase(percent: "100", gross: .max, fee: .max), FeeCase(percent: "100", gross: .min, fee: nil),
    FeeCase(percent: "100", fixed: 1, gross: .max, fee: nil),
    FeeCase(percent: "100", fixed: 1, cap: 5, gross: .max, fee: 5),
    FeeCase(percent: "99.999999", gross: 999_999_999_999, fee: 999_999_989_999),
    FeeCase(percent: "0", fixed: .max, gross: 1, fee: .max),
  ]

  @Test(arguments: cases)
  func expects(_ fee: FeeCase) throws {
    #expect(try fee.term().expected(of: fee.gross) == fee.fee)
  }

  @Test(arguments: [
    (
      FeeTerm(processor: "a", method: "visa", currency: currency("USD"), percent: Percent("2.9") ?? .zero, fixed: 30),
      "visa 2.9% + 0.30 USD"
    ),
    (FeeTerm(processor: "a", percent: Percent("1.25") ?? .zero), "1.25%"),
    (FeeTerm(processor: "a", currency: currency("USD"), percent: Percent("1.25") ?? .zero, cap: 5), "1.25%"),
    (FeeTerm(processor: "a", kind: .refund, currency: currency("EUR"), fixed: 10), "refund 0.10 EUR"),
    (FeeTerm(processor: "a", kind: .dispute, method: "jcb", currency: currency("JPY")), "dispute jcb 0 JPY"),
  ])
  func saysWhatWasAgreed(term: FeeTerm, summary: String) {
    #expect(term.summary == summary)
  }
}
