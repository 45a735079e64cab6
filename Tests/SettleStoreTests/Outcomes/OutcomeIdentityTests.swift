import Foundation
import SettleModel
import Testing

@testable import SettleStore

/// Identities are for ever: these were computed by hand from the namespace and the fields, SHA-1 and RFC 9562 alone. Any
/// change would take every known record for a new one.
@Suite struct OutcomeIdentityTests {
  private static let usd = Currency("USD")!

  private static func charge() -> OutcomeRecord {
    OutcomeRecord(
      kind: .charge, rowID: "txn_1", occurredAt: Timestamp(seconds: 1_795_132_800),
      gross: Money(minor: 1_000, currency: usd), fee: 59,
      references: .init(order: "A-1", processorPayment: "pi_1", processorCharge: "ch_1", payout: "po_1"), line: 7)
  }

  private static func refund() -> OutcomeRecord {
    OutcomeRecord(
      kind: .refund, occurredAt: Timestamp(seconds: 1_795_132_800), availableOn: Timestamp(seconds: 1_795_219_200),
      gross: Money(minor: -900, currency: Currency("EUR")!),
      presentment: Money(minor: -1_500, currency: Currency("JPY")!),
      references: .init(
        payment: PaymentID("0bd31c3c-0000-5000-8000-00000000000a"),
        refund: RefundID("0bd31c3c-0000-5000-8000-00000000000b"), order: "Ä/2", processorPayment: "pi_2",
        processorCharge: "ch_2", processorRefund: "re_2", processorDispute: "dp_2", payout: "po_2"),
      reason: "requested", method: "visa", exchangeRate: ExchangeRate("0.6"), batch: "17", line: 8)
  }

  private func content(_ record: OutcomeRecord, of processor: String) -> String {
    record.content(of: processor).description
  }

  @Test func aRowsContentIsAHashOfWhatItSays() {
    #expect(content(Self.charge(), of: "stripe") == "53bc3700-84b0-5801-9467-139646030d80")
    #expect(content(Self.refund(), of: "adyen") == "64ee55a1-e6bd-50e8-9e57-502149cc167a")
    var rounded = Self.charge()
    rounded.rest = .init(gross: -250_000, net: 125_000)
    #expect(content(rounded, of: "stripe") == "2447a3ec-ccfa-5c75-84ee-a617c28e65e6")
  }

  @Test func aRowIsTheSameRecordByItsOwnIDWhereItHasOne() {
    let (charge, refund) = (Self.charge(), Self.refund())
    #expect(
      charge.identity(processor: "stripe", content: charge.content(of: "stripe")).description
        == "5bb47d9d-f18c-539a-97e2-e5681f332b7b")
    let content = refund.content(of: "adyen")
    #expect(refund.identity(processor: "adyen", content: content) == content)
  }

  @Test func whereItStandsIsNoPartOfIt() {
    var moved = Self.charge()
    moved.line = 900
    #expect(content(moved, of: "stripe") == content(Self.charge(), of: "stripe"))
    #expect(content(moved, of: "adyen") != content(moved, of: "stripe"))
  }
}
