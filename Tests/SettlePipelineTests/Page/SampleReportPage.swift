import SettleModel
import SettleStore

@testable import SettlePipeline

extension ReportPage {
  /// A busy day in four currencies with something of everything.
  static func sample() throws -> ReportPage {
    var page = ReportPage(
      pipeline: "nightly", merchant: "default", processor: "stripe",
      businessDate: BusinessDate(daysSinceEpoch: 20_777))
    let usd = try known("USD")
    let eur = try known("EUR")
    let jpy = try known("JPY")
    let kwd = try known("KWD")
    page.glance = [
      glance(eur, [(812, 9_120_455), (798, 8_961_310), (6, 71_020), (14, 152_900), (10, 88_125), (4, -36_280)]),
      glance(jpy, [(790, 15_820_411), (781, 15_640_002), (3, 61_000), (0, 0), (6, 119_409), (0, 0)]),
      glance(kwd, [(201, 40_310_250), (199, 39_900_125), (0, 0), (2, 410_125), (0, 0), (0, 0)]),
      glance(
        usd, [(3_121, 62_481_907), (3_066, 61_287_415), (17, 339_180), (61, 1_210_044), (38, 855_312), (21, -160_277)]),
    ]
    page.totals = sampleTotals(usd) + sampleTotals(jpy)
    page.trend = sampleTrend()
    page.breaksByReason = [
      BreakGroup(
        reason: .duplicateCharge, ages: [.new: 15, .week: 1],
        amounts: [Money(minor: 21_245, currency: eur), Money(minor: 306_080, currency: usd)]),
      BreakGroup(
        reason: .amountMismatch, ages: [.new: 14, .week: 1], amounts: [Money(minor: 9_114, currency: usd)]),
      BreakGroup(
        reason: .missingAtProcessor, ages: [.new: 7, .week: 5, .month: 2],
        amounts: [Money(minor: 119_409, currency: jpy), Money(minor: 212_090, currency: usd)]),
      BreakGroup(
        reason: .unexpectedCharge, ages: [.new: 7, .month: 1], amounts: [Money(minor: 148_028, currency: usd)]),
      BreakGroup(reason: .dispute, ages: [.older: 1], amounts: [Money(minor: 4_500, currency: usd)]),
    ]
    page.breaks = try sampleBreaks()
    page.settledBreaks = [
      BreakRow(
        id: "b6", reason: .amountMismatch, resolution: "written_off", orderReference: "SO-2026-118001",
        expected: Money(minor: 1_000, currency: usd), reported: Money(minor: 999, currency: usd),
        delta: Money(minor: -1, currency: usd), ageDays: 2, evidence: ["stripe.csv:12"],
        decision: Decision(reason: .amountMismatch, decision: .writeOff, note: "rounding", by: "alice"))
    ]
    page.settledCount = 1
    page.decisions = [
      Decision(
        reason: .amountMismatch, reference: "SO-2026-118001", decision: .writeOff, note: "rounding", by: "alice",
        at: Timestamp(seconds: 1_795_248_840), atLocal: "2026-11-21 08:14"),
      Decision(
        reason: .duplicateCharge, reference: "8f2a0e6c-5a4f-4b0e-9a5d-0c1d2e3f4a5b", decision: .refund,
        amount: Money(minor: 12_995, currency: usd), waits: true, by: "alice",
        at: Timestamp(seconds: 1_795_248_900), atLocal: "2026-11-21 08:15"),
    ]
    page.decisionCount = 2
    page.awaitingApproval = [page.decisions[1]]
    page.missingPayouts = [
      BreakRow(
        id: "b7", reason: .payoutNotInBank, processorReference: "po_1QxZ9y8X7w6V5u4T",
        expected: Money(minor: 31_200_500, currency: usd), ageDays: 2)
    ]
    page.missingPayoutCount = 1
    page.restatements = [
      RestatementGroup(
        reportDate: BusinessDate(daysSinceEpoch: 20_775), file: "totals.csv", column: "bucket", from: "awaited",
        to: "matched", count: 12),
      RestatementGroup(
        reportDate: BusinessDate(daysSinceEpoch: 20_776), file: "matched.csv", column: "fee", count: 3),
    ]
    page.beside = [
      FileBeside(name: "breaks.csv", rows: 55), FileBeside(name: "totals.csv", rows: 32), FileBeside(name: "x.csv"),
    ]
    page.refunds = [
      RefundRow(
        id: "r1", orderReference: "8f2a0e6c-5a4f-4b0e-9a5d-0c1d2e3f4a5b", amount: Money(minor: -12_995, currency: usd),
        reason: "duplicate_charge", rule: "duplicate_charge", status: .processed,
        processorReference: "re_3QxA1b2C3d4E5f6G"),
      RefundRow(
        id: "r2", orderReference: "SO-2026-118203", amount: Money(minor: -450, currency: usd),
        reason: "amount_mismatch", rule: "amount_mismatch", status: .requested),
      RefundRow(
        id: "r3", orderReference: "SO-2026-118377", amount: Money(minor: -8_125, currency: eur),
        reason: "duplicate_charge", rule: "duplicate_charge", status: .failed,
        processorReference: "re_3QxB9z8Y7x6W5v4U"),
    ]
    page.payouts = [
      PayoutRow(
        id: "po_1QxA1b2C3d4E5f6G", currency: usd, lines: 3_102, gross: 61_435_443, fees: 1_821_190, net: 59_614_253,
        payout: 59_614_253, bank: Money(minor: 59_614_253, currency: usd), remainder: 0, status: "paid"),
      PayoutRow(
        id: "po_1QxB2c3D4e5F6g7H", currency: jpy, lines: 781, gross: 15_640_002, fees: 563_040, net: 15_076_962,
        payout: 15_076_962, bank: Money(minor: 15_076_362, currency: jpy), remainder: -600, status: "bank_differs"),
      PayoutRow(
        id: "po_1QxC3d4E5f6G7h8I", currency: kwd, lines: 199, gross: 39_900_125, fees: 1_157_104, net: 38_743_021,
        payout: 38_743_021, remainder: 0, status: "awaiting_bank"),
    ]
    page.refundCount = page.refunds.count
    page.payoutCount = page.payouts.count
    page.quarantine = [
      QuarantineGroup(
        reason: .invalidAmount, file: "authorizations/2026-11-20.csv", field: "amount", count: 9, firstLine: 118),
      QuarantineGroup(
        reason: .cardNumber, file: "authorizations/2026-11-20.csv", field: "payment_method", count: 2, firstLine: 1_204),
      QuarantineGroup(reason: .wrongColumnCount, file: "outcomes/stripe.csv", count: 1, firstLine: 77),
    ]
    page.files = [
      FileRow(
        path: "authorizations/2026-11-20.csv", layout: "settle-authorizations", read: 5_000, accepted: 4_989,
        quarantined: 11, ignored: 0, status: "loaded"),
      FileRow(
        path: "outcomes/stripe.csv", layout: "stripe-payout-reconciliation", read: 4_871, accepted: 4_866,
        quarantined: 1, ignored: 4, status: "loaded"),
      FileRow(
        path: "bank/camt053.xml", layout: "camt053", read: 12, accepted: 3, quarantined: 0, ignored: 9, status: "loaded"
      ),
    ]
    return page
  }

  private static func sampleTrend() -> [TrendDay] {
    (0..<24).map { (number: Int) -> TrendDay in
      let opened = Int64((number * 7919) % 37 + 4)
      return TrendDay(
        date: BusinessDate(daysSinceEpoch: 20_754 + number), matched: 3_000 + Int64(number * 11), opened: opened,
        resolved: Int64((number * 104_729) % 31), open: 30 + Int64((number * 31) % 29))
    }
  }

  static func known(_ code: String) throws -> Currency {
    guard let currency = Currency(code) else { throw MissingCurrency(code: code) }
    return currency
  }

  struct MissingCurrency: Error { var code: String }

  static func glance(_ currency: Currency, _ sums: [(Int, Int64)]) -> Glance {
    let sum = sums.map { Sum(count: $0.0, minor: $0.1) }
    return Glance(
      currency: currency, charged: sum[0], matched: sum[1], awaited: sum[2], declined: sum[3], broken: sum[4],
      refunded: sum[5])
  }

  private static func sampleTotals(_ currency: Currency) -> [Total] {
    let rows: [(Total.Side, String, Int, Int64)] = [
      (.expected, "all", 3_192, 64_101_958), (.expected, "matched", 3_066, 61_287_415),
      (.expected, "amount_mismatch", 15, 299_114), (.expected, "missing_at_processor", 14, 212_090),
      (.expected, "awaited", 17, 339_180), (.expected, "declined", 61, 1_210_044), (.expected, "unsent", 40, 914_392),
      (.expected, "refund", -21, -160_277),
      (.reported, "all", 3_104, 61_889_474), (.reported, "matched", 3_066, 61_287_415),
      (.reported, "amount_mismatch", 15, 308_228), (.reported, "duplicate_charge", 16, 306_080),
      (.reported, "unexpected_charge", 8, 148_028), (.reported, "refund", -1, -160_277),
      (.bank, "all", 1, 59_614_253), (.bank, "matched", 1, 59_614_253),
    ]
    return rows.map { Total(side: $0.0, bucket: $0.1, count: $0.2, amount: Money(minor: $0.3, currency: currency)) }
  }

  private static func sampleBreaks() throws -> [BreakRow] {
    let usd = try known("USD")
    let jpy = try known("JPY")
    return [
      BreakRow(
        id: "b1", reason: .duplicateCharge, orderReference: "8f2a0e6c-5a4f-4b0e-9a5d-0c1d2e3f4a5b",
        processorReference: "ch_3QxA1b2C3d4E5f6G7h8I9j0K", reported: Money(minor: 12_995, currency: usd),
        delta: Money(minor: 12_995, currency: usd), ageDays: 0, evidence: ["stripe.csv:1204"]),
      BreakRow(
        id: "b2", reason: .amountMismatch, orderReference: "SO-2026-118203",
        processorReference: "ch_3QxB2c3D4e5F6g7H8i9J0k1L", expected: Money(minor: 44_900, currency: usd),
        reported: Money(minor: 45_350, currency: usd), delta: Money(minor: 450, currency: usd), ageDays: 0,
        evidence: ["stripe.csv:1377"]),
      BreakRow(
        id: "b3", reason: .missingAtProcessor, paymentID: "0b7c1a8e-2d5f-5e1a-8c3b-7f6e5d4c3b2a",
        orderReference: "SO-2026-117410", processorReference: "pi_3QwZ9y8X7w6V5u4T",
        expected: Money(minor: 119_409, currency: jpy), delta: Money(minor: -119_409, currency: jpy), ageDays: 3),
      BreakRow(
        id: "b4", reason: .unexpectedCharge, processorReference: "ch_3QxC3d4E5f6G7h8I9j0K1l2M",
        reported: Money(minor: 148_028, currency: usd), delta: Money(minor: 148_028, currency: usd), ageDays: 1,
        evidence: ["stripe.csv:2011", "stripe-later.csv:2011", "stripe-third.csv:12", "stripe-fourth.csv:9"]),
      BreakRow(
        id: "b5", reason: .dispute, orderReference: "SO-2026-101992", processorReference: "dp_1QrS2t3U4v5W6x7Y",
        expected: Money(minor: 4_500, currency: usd), reported: Money(minor: 4_500, currency: usd),
        delta: Money(minor: -4_500, currency: usd), ageDays: 44, evidence: ["stripe.csv:3350"]),
    ]
  }
}
