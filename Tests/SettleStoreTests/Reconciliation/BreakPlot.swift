import SettleModel
import SettleStore
import SettleTesting

/// How a break comes about and goes away by itself.
struct BreakPlot: Sendable, CustomStringConvertible {
  var reason: BreakReason
  var name: String
  var waiting = 0
  var rules = MatchRules.standard
  var files: [ExpectedFiles] = []
  var fees: [FeeTerm] = []
  var rates: RatePolicy?
  /// `order expected/reported`.
  var difference: String
  var opening: @Sendable (Story) async throws -> Void
  /// What comes on a later date and explains the difference; nil where nothing can.
  var explanation: (@Sendable (Story) async throws -> Void)?

  var description: String { "\(reason.rawValue): \(name)" }

  static let all = charges + refunds + unfinished + bank + variances

  private static func charged(_ story: Story) async throws {
    try await story.authorize(.order("A", 1_000))
    try await story.charge("A")
  }

  /// A is charged 15.00 instead of 10.00, and the difference is on its way back.
  private static func refunding(_ story: Story, _ answer: RefundResult? = .processed(reference: "re_1")) async throws {
    try await charged(story)
    try await story.report(.charge("A", 1_500))
    try await story.reconcile()
    try await story.refund(.amountMismatch, answer: answer)
  }

  private static func answer(_ result: RefundResult, _ story: Story) async throws {
    let context = await story.context()
    for refund in try await story.read({ try $0.openRefunds(context: context) }) {
      try await story.record(result, of: refund)
    }
  }

  private static let charges = [
    BreakPlot(
      reason: .missingAtProcessor, name: "no file reports a charge", difference: "A 10.00 USD/-",
      opening: { try await charged($0) }, explanation: { _ = try await $0.report(.charge("A", 1_000)) }),
    BreakPlot(
      reason: .unexpectedCharge, name: "a charge that nobody asked for", difference: "A -/10.00 USD",
      opening: { _ = try await $0.report(.charge("A", 1_000).changed { $0.references.order = "A" }) },
      explanation: { _ = try await $0.authorize(.order("A", 1_000)) }),
    BreakPlot(
      reason: .amountMismatch, name: "more was taken", difference: "A 10.00 USD/15.00 USD",
      opening: { story in
        try await charged(story)
        try await story.report(.charge("A", 1_500))
      }, explanation: { _ = try await $0.report(.charge("A", 1_000)) }),
    BreakPlot(
      reason: .amountMismatch, name: "too much was taken, until the rest of the hold came back",
      difference: "A 10.00 USD/12.00 USD",
      opening: { story in
        try await charged(story)
        try await story.report(.charge("A", 1_200))
      }, explanation: { _ = try await $0.report(.captureReversal("A", -200)) }),
    BreakPlot(
      reason: .currencyMismatch, name: "another currency was taken", difference: "A 10.00 USD/10.00 EUR",
      opening: { story in
        try await charged(story)
        try await story.report(.charge("A", 1_000, "EUR"))
      }, explanation: { _ = try await $0.report(.charge("A", 1_000)) }),
    BreakPlot(
      reason: .duplicateCharge, name: "a second charge of the payment", difference: "A -/10.00 USD",
      opening: { story in
        try await charged(story)
        let second = Reported.charge("A", 1_000).under("B").changed { $0.references.payment = story.payment("A") }
        try await story.report(.charge("A", 1_000), second)
      }, explanation: nil),
    BreakPlot(
      reason: .statusMismatch, name: "money for a payment that had failed", difference: "A 10.00 USD/10.00 USD",
      opening: { story in
        try await story.authorize(.order("A", 1_000))
        try await story.claim()
        try await story.declined("A", made: "pi_A")
        try await story.report(.charge("A", 1_000))
      }, explanation: nil),
    BreakPlot(
      reason: .statusMismatch, name: "a charge that failed after all", waiting: 9, difference: "A 10.00 USD/0.00 USD",
      opening: { story in
        try await charged(story)
        try await story.report(.failed("A").at(await story.instant))
      }, explanation: { _ = try await $0.report(.charge("A", 1_000)) }),
    BreakPlot(
      reason: .dispute, name: "the cardholder disputes", difference: "A -/-10.00 USD",
      opening: { story in
        try await charged(story)
        try await story.report(.charge("A", 1_000), .dispute("A", -1_000, dp: "dp_1"))
      },
      explanation: { story in
        try await story.report(.disputeReversal("A", 1_000, dp: "dp_1").at(await story.instant))
      }),
    BreakPlot(
      reason: .dispute, name: "a dispute of money that nobody asked for", difference: "- -/-10.00 USD",
      opening: { _ = try await $0.report(.dispute("Z", -1_000, dp: "dp_1")) },
      explanation: { story in
        try await story.report(.disputeReversal("Y", 1_000, dp: "dp_1").at(await story.instant))
      }),
  ]

  private static let refunds = [
    BreakPlot(
      reason: .missingRefund, name: "no file reports a refund", difference: "A -5.00 USD/-",
      opening: { story in
        try await refunding(story)
        await story.next()
      }, explanation: { _ = try await $0.report(.refund("A", -500, re: "re_1")) }),
    BreakPlot(
      reason: .unexpectedRefund, name: "a refund that settle never asked for", difference: "A -/-1.00 USD",
      opening: { story in
        try await charged(story)
        try await story.report(.charge("A", 1_000), .refund("A", -100, re: "re_9"))
      }, explanation: nil),
    BreakPlot(
      reason: .unexpectedRefund, name: "a refund of nobody's, until it came back", difference: "A -/-1.00 USD",
      opening: { story in
        try await charged(story)
        try await story.report(.charge("A", 1_000), .refund("A", -100, re: "re_9"))
      },
      explanation: { _ = try await $0.report(.refundFailure("A", 100, re: "re_9").at(await $0.instant)) }),
    BreakPlot(
      reason: .unexpectedRefund, name: "a refund whose answer had been lost", difference: "A -/-5.00 USD",
      opening: { story in
        try await refunding(story, .unknown(why: "timeout"))
        try await story.report(.refund("A", -500, re: "re_1"))
      }, explanation: { try await answer(.processed(reference: "re_1"), $0) }),
    BreakPlot(
      reason: .refundAmountMismatch, name: "less was given back", difference: "A -5.00 USD/-4.00 USD",
      opening: { story in
        try await refunding(story)
        try await story.report(.refund("A", -400, re: "re_1"))
      }, explanation: { _ = try await $0.report(.refund("A", -500, re: "re_1")) }),
    BreakPlot(
      reason: .refundFailed, name: "a refund that failed after all", difference: "A -5.00 USD/0.00 USD",
      opening: { story in
        try await refunding(story)
        try await story.report(
          .refund("A", -500, re: "re_1"), .refundFailure("A", 500, re: "re_1").at(await story.instant))
      }, explanation: nil),
  ]

  private static let unfinished = [
    BreakPlot(
      reason: .fileMissing, name: "a processor's file did not come",
      files: [ExpectedFiles(processor: "stripe", calendar: BankingCalendar(.none))], difference: "- 10.00 USD/-",
      opening: { try await charged($0) }, explanation: { _ = try await $0.report(.charge("A", 1_000)) }),
    BreakPlot(
      reason: .holdLapsed, name: "a hold was not captured in time", difference: "A 10.00 USD/-",
      opening: { story in
        let end = await story.instant
        try await story.authorize(.order("A", 1_000, hold: "pi_h", captureBefore: end))
      }, explanation: { _ = try await $0.authorize(.order("A", 1_000)) }),
    BreakPlot(
      reason: .outcomeUnknown, name: "an attempt that no repeat can settle", waiting: 9, difference: "A 10.00 USD/-",
      opening: { story in
        try await story.authorize(.order("A", 1_000))
        try await story.claim()
        try await story.unknown("A")
        await story.wait(.seconds(90_000))
      }, explanation: { try await $0.charged("A", proof: .lookUp) }),
    BreakPlot(
      reason: .outcomeUnknown, name: "a refund that no repeat can settle", waiting: 9, difference: "A -5.00 USD/-",
      opening: { story in
        try await refunding(story, .unknown(why: "timeout"))
        await story.wait(.seconds(90_000))
      }, explanation: { try await answer(.failed(reference: nil, why: "refused"), $0) }),
    BreakPlot(
      reason: .ambiguousMatch, name: "money that names nothing and could be two orders'", waiting: 9,
      rules: MatchRules([
        MatchRule(by: [.id]), MatchRule(by: [.reference]), MatchRule(by: [.amount, .date], within: 9),
      ]),
      difference: "- -/10.00 USD",
      opening: { story in
        try await story.authorize(.order("A", 1_000, at: "adyen"), .order("B", 1_000, at: "adyen"))
        try await story.report([.charge("X", 1_000).naming(.init())], of: "adyen")
      },
      explanation: { story in
        let rows = ["A", "B"].map { Reported.charge($0, 1_000).naming(.init(order: $0)) }
        try await story.report(rows, of: "adyen")
      }),
  ]

  private static func paid(_ amount: Int64, _ payout: String) -> Reported {
    Reported.other(.payout, -amount, row: "txn_\(payout)").payout(payout)
  }

  private static let bank = [
    BreakPlot(
      reason: .payoutMismatch, name: "lines that do not add up to what was paid", difference: "- 10.00 USD/12.00 USD",
      opening: {
        _ = try await $0.report(Reported.other(.transfer, 1_000, row: "t").payout("po_1"), paid(1_200, "po_1"))
      },
      explanation: { _ = try await $0.report(Reported.other(.adjustment, 200, row: "a").payout("po_1")) }),
    BreakPlot(
      reason: .payoutMismatch, name: "the bank has booked less than was paid", difference: "- 10.00 USD/9.00 USD",
      opening: { story in
        try await story.report(paid(1_000, "po_other1"))
        try await story.book(.line(900, text: "po_other1"))
      }, explanation: { _ = try await $0.book(.line(100, text: "po_other1, the rest")) }),
    BreakPlot(
      reason: .payoutNotInBank, name: "no bank line by the awaited day", difference: "- 10.00 USD/-",
      opening: { story in
        try await story.report(paid(1_000, "po_1"))
        try await story.book(statement: .of("2026-11-20", opening: 0, closing: 0))
        await story.next(days: 3)
      }, explanation: { _ = try await $0.book(.line(1_000)) }),
    BreakPlot(
      reason: .bankUnexplained, name: "a bank line without any payout", difference: "- -/10.00 USD",
      opening: { _ = try await $0.book(.line(1_000)) }, explanation: { _ = try await $0.report(paid(1_000, "po_1")) }),
    BreakPlot(
      reason: .ambiguousMatch, name: "two payouts that a bank line may be", difference: "- -/10.00 USD",
      opening: { story in
        try await story.report(paid(1_000, "po_1"), paid(1_000, "po_2"))
        try await story.book(.line(1_000))
      }, explanation: { _ = try await $0.report(paid(1_200, "po_2")) }),
    BreakPlot(
      reason: .statementGap, name: "a statement is missing", difference: "- 5.00 USD/4.00 USD",
      opening: { story in
        try await story.book(statement: .of("2026-11-18", opening: 0, closing: 500))
        try await story.book(statement: .of("2026-11-20", opening: 400, closing: 0))
      }, explanation: { _ = try await $0.book(statement: .of("2026-11-19", opening: 500, closing: 400)) }),
  ]

  private static let variances = [
    BreakPlot(
      reason: .feeVariance, name: "more was kept than agreed",
      fees: [.init(processor: "stripe", currency: .named("USD"), fixed: 59)],
      difference: "A 0.59 USD/0.65 USD",
      opening: { story in
        try await charged(story)
        try await story.report(.charge("A", 1_000).fee(65))
      }, explanation: { _ = try await $0.report(.charge("A", 1_000).fee(59)) }),
    BreakPlot(
      reason: .rateVariance, name: "converted at another rate than the file states", rates: RatePolicy(),
      difference: "A 9.20 EUR/9.10 EUR",
      opening: { story in
        try await charged(story)
        try await story.report(.charge("A", 910, "EUR").presented(1_000, "USD", at: "0.92"))
      }, explanation: { _ = try await $0.report(.charge("A", 910, "EUR").presented(1_000, "USD", at: "0.91")) }),
  ]

  @discardableResult
  func reconcile(_ story: Story) async throws -> ReconcileCounts {
    try await story.reconcile(waiting: waiting, by: rules, files: files, fees: fees, rates: rates)
  }
}
