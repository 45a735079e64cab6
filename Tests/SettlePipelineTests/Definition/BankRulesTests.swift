import SettleStore
import Testing

@testable import SettlePipeline

@Suite struct BankRulesTests {
  private func pipeline(_ yaml: String) throws -> PipelineDefinition {
    try PipelineDefinition(yaml: "pipeline: small\nprocessor: stripe\n\(yaml)\n", file: "small.yaml")
  }

  @Test func withoutRulesEveryLineIsExpectedToBeExplained() throws {
    let pipeline = try pipeline("")
    #expect(pipeline.bank == .init())
    #expect(pipeline.bankTerms == BankTerms())
    #expect(pipeline.bankTerms.waitingDays == 3)
  }

  @Test func everyKeyIsRead() throws {
    let pipeline = try pipeline(
      """
      reconcile: { bank_waiting_days: 5 }
      bank:
        accounts: ["DE02 1203 0000 0000 2020 51"]
        payouts_from: [STRIPE, "PayPal (Europe)"]
      """)
    #expect(pipeline.bank.accounts == ["DE02 1203 0000 0000 2020 51"])
    #expect(pipeline.bank.payoutsFrom == ["STRIPE", "PayPal (Europe)"])
    var terms = BankTerms()
    terms.waitingDays = 5
    terms.accounts = pipeline.bank.accounts
    terms.payoutsFrom = pipeline.bank.payoutsFrom
    #expect(pipeline.bankTerms == terms)
  }

  @Test(arguments: [
    ("bank: { account: [X] }", "small.yaml:3: bank.account: unknown key; did you mean accounts?"),
    (
      "bank: { payouts_from: [] }",
      "small.yaml:3: bank.payouts_from: names no text; name one, or leave the key out so that every line counts"
    ),
    ("bank: { payouts_from: [\"*\"] }", "small.yaml:3: bank.payouts_from[0]: must hold a letter or digit"),
    (
      "reconcile: { bank_waiting_days: -1 }",
      "small.yaml:3: reconcile.bank_waiting_days: \"-1\" must be a whole number from 0 to 90"
    ),
  ])
  func aMistakeIsNamed(_ yaml: String, _ message: String) throws {
    let error = #expect(throws: PipelineFileError.self) { try pipeline(yaml) }
    #expect(error?.description == message)
  }
}
