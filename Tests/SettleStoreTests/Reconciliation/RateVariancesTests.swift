import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// One conversion: what the customer saw, what settled, and the rates that there are.
struct Conversion: Sendable, CustomTestStringConvertible {
  var name: String
  var seen: (minor: Int64, code: String)
  var settled: (minor: Int64, code: String)
  /// The file's own rate.
  var stated: String?
  var tolerance = "0"
  /// `EUR/USD 1.085`, with a date before it where it is one day's.
  var references: [String] = []
  /// What should have settled, where that is a break.
  var expected: Int64?
  /// Whether there is a rate to judge by at all.
  var isJudged = true

  var testDescription: String { name }

  func policy() throws -> RatePolicy {
    RatePolicy(
      tolerance: try #require(Percent(tolerance)),
      references: try references.map { text in
        let words = text.split(separator: " ")
        let codes = words[words.count - 2].split(separator: "/").map { Currency.named(String($0)) }
        return ReferenceRate(
          date: words.count == 3 ? try #require(BusinessDate(words[0]) as BusinessDate?) : nil,
          pair: .init(from: codes[0], to: codes[1]), rate: try #require(ExchangeRate(words[words.count - 1])))
      })
  }

  var row: Reported {
    let row: Reported =
      settled.minor < 0
      ? .refund("A", settled.minor, settled.code, re: "re_A") : .charge("A", settled.minor, settled.code)
    return row.presented(seen.minor, seen.code, at: stated).changed { $0.references.order = "A" }
  }
}

@Suite struct RateVariancesTests {
  static let conversions: [Conversion] = [
    // The file's own rate: within a minor unit, and within the rate's own last digit.
    Conversion(name: "as stated", seen: (1_000, "USD"), settled: (920, "EUR"), stated: "0.92"),
    Conversion(name: "a cent off is rounding", seen: (1_000, "USD"), settled: (919, "EUR"), stated: "0.92"),
    Conversion(
      name: "two cents off are not", seen: (1_000, "USD"), settled: (918, "EUR"), stated: "0.92", expected: 920),
    Conversion(
      name: "a large amount shows the digits that a rate leaves out", seen: (10_000_000, "USD"),
      settled: (9_184_499, "EUR"), stated: "0.9184"),
    Conversion(
      name: "and what they cannot explain", seen: (10_000_000, "USD"), settled: (9_184_502, "EUR"), stated: "0.9184",
      expected: 9_184_000),
    Conversion(
      name: "zeros at a rate's end are digits", seen: (10_000_000, "USD"), settled: (9_250_000, "EUR"), stated: "0.92",
      expected: 9_200_000),
    Conversion(
      name: "a rate with three digits before its point", seen: (10_000, "USD"), settled: (14_927, "JPY"),
      stated: "149.27"),
    Conversion(
      name: "yen have no hundredths", seen: (10_000, "USD"), settled: (1_492_700, "JPY"), stated: "149.27",
      expected: 14_927),
    Conversion(name: "from yen", seen: (15_000, "JPY"), settled: (10_050, "USD"), stated: "0.0067"),
    Conversion(name: "fils are thousandths", seen: (10_000, "USD"), settled: (30_700, "KWD"), stated: "0.307"),
    Conversion(
      name: "fils taken for cents", seen: (10_000, "USD"), settled: (3_070, "KWD"), stated: "0.307", expected: 30_700),
    Conversion(name: "a refund", seen: (-1_000, "USD"), settled: (-920, "EUR"), stated: "0.92"),
    Conversion(
      name: "a refund at another rate", seen: (-1_000, "USD"), settled: (-930, "EUR"), stated: "0.92", expected: -920),
    Conversion(
      name: "a refund in the wrong direction", seen: (1_000, "USD"), settled: (-920, "EUR"), stated: "0.92",
      expected: 920),
    Conversion(name: "no rate at all", seen: (1_000, "USD"), settled: (5, "EUR"), isJudged: false),
    Conversion(name: "one currency", seen: (1_000, "USD"), settled: (1_000, "USD"), stated: "1", isJudged: false),

    // A reference rate, with the tolerance of the pipeline, in place of the file's own.
    Conversion(
      name: "within the tolerance", seen: (100_000, "EUR"), settled: (106_872, "USD"), stated: "9", tolerance: "1.5",
      references: ["EUR/USD 1.085"]),
    Conversion(
      name: "beyond the tolerance", seen: (100_000, "EUR"), settled: (106_870, "USD"), stated: "1.0687",
      tolerance: "1.5", references: ["EUR/USD 1.085"], expected: 108_500),
    Conversion(
      name: "above it, too", seen: (100_000, "EUR"), settled: (110_130, "USD"), tolerance: "1.5",
      references: ["EUR/USD 1.085"], expected: 108_500),
    Conversion(
      name: "a small amount is rounded", seen: (1, "EUR"), settled: (2, "USD"), references: ["EUR/USD 1.085"]),
    Conversion(
      name: "the pair the other way round", seen: (108_500, "USD"), settled: (100_001, "EUR"),
      references: ["EUR/USD 1.085"]),
    Conversion(
      name: "the pair the other way round, off", seen: (108_500, "USD"), settled: (100_002, "EUR"),
      references: ["EUR/USD 1.085"], expected: 100_000),
    Conversion(
      name: "the other way round, rounded at the half", seen: (10, "USD"), settled: (9, "EUR"),
      references: ["EUR/USD 4"], expected: 3),
    Conversion(
      name: "between yen and fils", seen: (100_000, "JPY"), settled: (204_000, "KWD"), tolerance: "1",
      references: ["JPY/KWD 0.00206"]),
    Conversion(
      name: "another pair says nothing", seen: (1_000, "USD"), settled: (5, "EUR"), references: ["GBP/EUR 1.2"],
      isJudged: false),
    Conversion(
      name: "the rate of its day", seen: (1_000, "USD"), settled: (920, "EUR"),
      references: ["2026-11-19 USD/EUR 5", "2026-11-20 USD/EUR 0.92", "2026-11-21 USD/EUR 7"]),
    Conversion(
      name: "no rate of its day, but the file's", seen: (1_000, "USD"), settled: (900, "EUR"), stated: "0.92",
      tolerance: "50", references: ["2026-11-19 USD/EUR 0.92"], expected: 920),
    Conversion(
      name: "more than 64 bits hold", seen: (1_000, "USD"), settled: (1_000, "EUR"),
      stated: "99999999999999999999999999", expected: .max),
    Conversion(
      name: "the largest amounts", seen: (999_999_999_999, "USD"), settled: (919_999_999_999, "EUR"), stated: "0.92"),
  ]

  @Test(arguments: conversions)
  func judges(_ conversion: Conversion) async throws {
    try await Story.tell { story in
      try await story.report(conversion.row)
      let counts = try await story.reconcile(rates: try conversion.policy())
      let isConversion = conversion.seen.code != conversion.settled.code
      #expect(
        counts.rates
          == JudgedCounts(
            judged: conversion.isJudged ? 1 : 0, notJudged: !conversion.isJudged && isConversion ? 1 : 0))
      let found = try await story.breakRows().filter { $0.reason == .rateVariance }
      #expect(found.count == (conversion.expected == nil ? 0 : 1))
      guard let row = found.first, let expected = conversion.expected else { return }
      // Too large an expectation is left out; that it does not fit is told all the same.
      #expect(row.expected == (expected == .max ? nil : Money(expected, conversion.settled.code)))
      #expect(row.reported == Money(conversion.settled.minor, conversion.settled.code))
    }
  }

  /// An instant has its day in the pipeline's time zone: noon in UTC is the next morning in Kiritimati.
  @Test func theDayIsThePipelines() async throws {
    try await Story.tell { story in
      try await story.report(.charge("A", 920, "EUR").presented(1_000, "USD"))
      let conversion = Conversion(
        name: "", seen: (0, ""), settled: (0, ""),
        references: ["2026-11-20 USD/EUR 5", "2026-11-21 USD/EUR 0.92"])
      var terms = ReconcileTerms(waitingDays: 0)
      terms.rates = try conversion.policy()
      for (zone, breaks) in [("Pacific/Kiritimati", 0), ("UTC", 1)] {
        terms.zone = zone
        let context = await story.context()
        try await story.write { [terms] db in _ = try db.reconcile(terms, context: context) }
        let found = try await story.breakRows().filter { $0.reason == .rateVariance }
        #expect(found.count == breaks, "\(zone)")
        #expect(found.allSatisfy { $0.rule == "reference 5" })
      }
    }
  }

  /// The charge is compared in the customer's currency, and stays matched whatever became of it then.
  @Test func aRateLeavesTheTotalsAlone() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 800, "EUR").presented(1_000, "USD", at: "0.92").fee(30))
      try await story.reconcile()
      let without = try await story.totals()
      let fee = FeeTerm(processor: "stripe", currency: .named("EUR"), fixed: 20)
      #expect(try await story.reconcile(fees: [fee], rates: RatePolicy()).opened == 2)
      #expect(
        try await story.breaks() == [
          "fee_variance A open 0.20 EUR/0.30 EUR", "fx_variance A open 9.20 EUR/8.00 EUR",
        ])
      #expect(try await story.totals() == without)
      #expect(try await story.matches() == ["charge A 10.00 USD processor_id"])
      await story.next()
      // Neither is forgotten where the pipeline stops to judge.
      try await story.reconcile()
      #expect(try await story.breaks().count == 2)
      #expect(try await story.store.faults() == [])
    }
  }

  /// Where a file has settlement money alone, in another currency than was asked, nobody knows what the customer paid.
  @Test func settlementMoneyAloneStaysAnotherCurrency() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 920, "EUR").changed { $0.exchangeRate = ExchangeRate("0.92") })
      let counts = try await story.reconcile(rates: RatePolicy())
      #expect(counts.rates == JudgedCounts(judged: 0, notJudged: 0))
      #expect(try await story.breaks() == ["currency_mismatch A open 10.00 USD/9.20 EUR"])
      // Even a rule that named it would hold back, since what was taken is not what was asked.
      let context = await story.context()
      let candidates = try await story.read { try $0.refundCandidates(for: [.currencyMismatch], context: context) }
      let rule = RefundRule(when: .currencyMismatch, portion: .overcharge, limit: [.named("EUR"): 99_999])
      let policy = RefundPolicy(rules: [rule], perRun: [.named("EUR"): 99_999], perDay: [.named("EUR"): 99_999])
      #expect(candidates.map { policy.decide($0.subject, spent: .init()) } == [.heldBack(.undercharged)])
    }
  }
}
