import Foundation
import SettleModel
import Testing

@testable import SettlePipeline
@testable import SettleStore

struct BreakSumsTests {
  private func row(_ reason: BreakReason, _ expected: Int64, processor: String? = "stripe") throws -> BreakRow {
    let date = BusinessDate(daysSinceEpoch: 20_777)
    let currency = try ReportPage.known("EUR")
    return BreakRow(
      id: BreakID(rawValue: UUID()), reason: reason, open: true, processor: processor,
      expected: Money(minor: expected, currency: currency), businessDate: date, firstSeen: date, evidence: [])
  }

  /// The money of a payout is that of its payments, which have their own breaks.
  @Test func onlyPaymentsOwnBreaksStandBesideWhatWasCharged() throws {
    var sums = BreakSums()
    let amounts: [(BreakReason, Int64)] = [
      (.amountMismatch, 100), (.missingRefund, -20), (.ambiguousMatch, 3), (.payoutMismatch, 1_000),
      (.payoutNotInBank, 5_000), (.bankUnexplained, 7_000), (.feeVariance, 30), (.rateVariance, 40),
    ]
    for (reason, amount) in amounts { sums.add(try row(reason, amount), age: 0) }
    sums.add(try row(.ambiguousMatch, 9_000, processor: nil), age: 0)
    let eur = try ReportPage.known("EUR")
    #expect(sums.broken == [eur: .init(count: 3, minor: 123)])
    #expect(
      sums.besideGlance == [
        .init(matter: .payouts, count: 4, amounts: [Money(minor: 22_000, currency: eur)]),
        .init(matter: .terms, count: 2, amounts: [Money(minor: 70, currency: eur)]),
      ])
    #expect(sums.byReason.reduce(0) { $0 + $1.count } == 9)
  }
}
