import SettleModel
import SettleTesting
import Testing

@testable import SettlePipeline
@testable import SettleStore

@Suite struct PayoutStatusTests {
  /// `lines net`, what was paid, what the bank has booked.
  @Test(
    arguments: [
      (1, 950, nil, nil, "open", nil), (1, 950, 950, nil, "complete", 0), (1, 950, 900, nil, "remainder", -50),
      (1, 950, 950, 950, "in_bank", 0), (1, 950, 950, 940, "remainder", -10),
      // Its file does not say what is in it: nothing to hold it against but the bank.
      (0, 0, 300, nil, "open", 0), (0, 0, 300, 300, "in_bank", 0), (0, 0, 300, 290, "remainder", -10),
    ] as [(Int64, Int64, Int64?, Int64?, String, Int64?)])
  func isWhatIsKnown(
    _ lines: Int64, _ net: Int64, _ paid: Int64?, _ bank: Int64?, _ status: String, _ remainder: Int64?
  ) {
    let currency = Currency.named("USD")
    var row = PayoutRow(
      payout: "po_1", processor: "stripe", currency: currency, lines: lines, gross: net, fees: 0, net: net, paid: paid,
      bank: bank.map { Money(minor: $0, currency: currency) })
    #expect(row.status == status)
    #expect(row.remainder == remainder)
    row.isMissingInBank = true
    #expect(row.status == (status == "remainder" ? "remainder" : "not_in_bank"))
  }
}
