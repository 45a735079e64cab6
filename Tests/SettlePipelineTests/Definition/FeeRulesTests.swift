import SettleModel
import SettleTesting
import Testing

@testable import SettlePipeline

struct FeeRulesTests {
  private static let usd = Currency.named("USD")
  private static let eur = Currency.named("EUR")

  private static func reconcile(_ yaml: String) throws -> PipelineDefinition.Reconcile {
    try PipelineDefinition(yaml: "pipeline: n\nprocessor: stripe\nreconcile:\n  \(yaml)\n", file: "n.yaml").reconcile
  }

  private static func percent(_ text: String) throws -> Percent { try #require(Percent(text)) }

  @Test func withoutTheKeyNothingIsJudged() throws {
    #expect(try Self.reconcile("waiting_days: 1").fees == FeeSchedule())
    #expect(try Self.reconcile("waiting_days: 1").rates == nil)
  }

  /// An entry becomes a term for each currency that it names an amount in; with no fixed part, another for all others.
  @Test func everyKeyOfAnEntryIsRead() throws {
    let fees = try Self.reconcile(
      """
      fees:
          - { processor: stripe, method: Visa, percent: "2.9", fixed: { USD: "0.30" }, tolerance: { USD: "0.01", EUR: "0.02" } }
          - { processor: adyen, kind: refund, fixed: { EUR: "0.10", USD: "0.11" } }
          - { processor: adyen, percent: "1.5%", minimum: { USD: "0.05" }, cap: { USD: "9.00" }, rounding: half_even }
          - { processor: adyen, kind: dispute, currency: [EUR, USD], percent: "1" }
          - { processor: adyen, currency: USD, percent: "2" }
      """
    ).fees
    #expect(
      fees.terms == [
        FeeTerm(
          processor: "stripe", method: "visa", currency: Self.usd, percent: try Self.percent("2.9"), fixed: 30,
          tolerance: 1),
        FeeTerm(processor: "adyen", kind: .refund, currency: Self.eur, fixed: 10),
        FeeTerm(processor: "adyen", kind: .refund, currency: Self.usd, fixed: 11),
        FeeTerm(
          processor: "adyen", currency: Self.usd, percent: try Self.percent("1.5"), rounding: .halfEven, minimum: 5,
          cap: 900),
        FeeTerm(processor: "adyen", percent: try Self.percent("1.5"), rounding: .halfEven),
        FeeTerm(processor: "adyen", kind: .dispute, currency: Self.eur, percent: try Self.percent("1")),
        FeeTerm(processor: "adyen", kind: .dispute, currency: Self.usd, percent: try Self.percent("1")),
        FeeTerm(processor: "adyen", currency: Self.usd, percent: try Self.percent("2")),
      ])
  }

  @Test(arguments: [
    ("fees: 5", "fees: must be a list: [ … ], or lines that begin with -"),
    ("fee: []", "fee: unknown key; did you mean fees?"),
    (
      "fees: [{ percent: \"1\" }]", "fees[0]: needs processor, such as processor: stripe"
    ),
    ("fees: [{ processor: a }]", "fees[0]: needs percent or fixed, such as percent: \"2.9\""),
    ("fees: [{ processor: a, procent: \"1\" }]", "fees[0].procent: unknown key; did you mean percent?"),
    ("fees: [{ processor: a, percent: 2.9 }]", "fees[0].percent: write the percentage in quotes, such as \"2.9\""),
    (
      "fees: [{ processor: a, percent: \"2,9\" }]",
      "fees[0].percent: \"2,9\" is no percentage; write 0 to 100 with up to six decimals, such as \"2.9\""
    ),
    (
      "fees: [{ processor: a, percent: \"101\" }]",
      "fees[0].percent: \"101\" is no percentage; write 0 to 100 with up to six decimals, such as \"2.9\""
    ),
    (
      "fees: [{ processor: a, kind: refnd, percent: \"1\" }]",
      "fees[0].kind: \"refnd\" is not known here; did you mean refund?"
    ),
    (
      "fees: [{ processor: a, rounding: up, percent: \"1\" }]",
      "fees[0].rounding: \"up\" is not known here; write half_up or half_even"
    ),
    (
      "fees: [{ processor: a, fixed: { usd: \"1\" } }]",
      "fees[0].fixed.usd: is no ISO 4217 currency; did you mean USD?"
    ),
    (
      "fees: [{ processor: a, fixed: { USD: 0.3 } }]",
      "fees[0].fixed.USD: write the amount in quotes, such as USD: \"0.3\""
    ),
    (
      "fees: [{ processor: a, currency: usd, percent: \"1\" }]",
      "fees[0].currency: \"usd\" is no ISO 4217 currency; did you mean USD?"
    ),
    (
      "fees: [{ processor: a, currency: [], percent: \"1\" }]",
      "fees[0].currency: names no currency; leave the key out for all"
    ),
    (
      "fees: [{ processor: a, currency: USD, percent: \"1\", cap: { EUR: \"1\" } }]",
      "fees[0].cap: EUR is not among the currencies of this entry"
    ),
    (
      "fees: [{ processor: a, currency: [USD, EUR], fixed: { EUR: \"1\" } }]",
      "fees[0].fixed: does not say what the fixed part is in USD"
    ),
    (
      "fees: [{ processor: a, percent: \"1\", minimum: { USD: \"2\" }, cap: { USD: \"1\" } }]",
      "fees[0]: the minimum of USD is above its cap"
    ),
    (
      "fees: [{ processor: a, percent: \"100\", fixed: { USD: \"92233720368547758.07\" } }]",
      "fees[0]: the fee of the largest amount of USD is more than settle can count"
    ),
  ])
  func refuses(yaml: String, message: String) {
    #expect(throws: PipelineFileError(file: "n.yaml", line: 4, message: "reconcile.\(message)")) {
      try Self.reconcile(yaml)
    }
  }

  /// No rule gives a fee or a rate back, nor guesses what a charge in another currency was worth.
  @Test(arguments: ["fee_variance", "fx_variance", "currency_mismatch"], ["duplicate", "overcharge"])
  func noRuleRefunds(reason: String, portion: String) {
    let yaml = """
      pipeline: n
      processor: stripe
      refund:
        rules: [{ when: \(reason), refund: \(portion), limit: { USD: "1.00" } }]
      """
    let message = "refund.rules[0].refund: no rule can refund \(reason); a person decides it, with settle decide"
    #expect(throws: PipelineFileError(file: "n.yaml", line: 4, message: message)) {
      try PipelineDefinition(yaml: yaml, file: "n.yaml")
    }
  }
}
