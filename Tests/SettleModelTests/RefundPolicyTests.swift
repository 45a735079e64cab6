import SettleModel
import Testing

@Suite struct RefundPolicyTests {
  /// The contract's example: duplicates up to 500 dollars, overcharges up to 50, approval above 250.
  static let policy = RefundPolicy(
    rules: [
      RefundRule(
        when: .duplicateCharge, portion: .duplicate,
        limit: [currency("USD"): 500_00, currency("EUR"): 500_00, currency("JPY"): 50_000]),
      RefundRule(when: .amountMismatch, portion: .overcharge, limit: [currency("USD"): 50_00]),
    ], perRun: [currency("USD"): 1_000_00, currency("EUR"): 1_000_00],
    perDay: [currency("USD"): 2_000_00, currency("JPY"): 100_000], approvalAbove: [currency("USD"): 250_00])

  static func duplicate(_ minor: Int64, _ code: String = "USD", proven: Bool = true, same: Bool = true)
    -> RefundPolicy.Case
  {
    RefundPolicy.Case(
      reason: .duplicateCharge, expected: nil, reported: money(minor, code), proven: proven, sameCurrency: same)
  }

  static let elsewhere = RefundPolicy.Case(
    reason: .duplicateCharge, expected: nil, reported: money(100), proven: true, sameCurrency: true, isElsewhere: true)

  static func overcharge(_ expected: Money?, _ reported: Money, proven: Bool = true) -> RefundPolicy.Case {
    RefundPolicy.Case(
      reason: .amountMismatch, expected: expected, reported: reported, proven: proven, sameCurrency: true)
  }

  static func spent(run: Int64, day: Int64) -> RefundPolicy.Spent {
    RefundPolicy.Spent(run: [currency("USD"): run], day: [currency("USD"): day])
  }

  static let within: [(RefundPolicy.Case, RefundPolicy.Spent, Int64)] = [
    (duplicate(1), spent(run: 0, day: 0), 1), (duplicate(250_00), spent(run: 0, day: 0), 250_00),
    (duplicate(100_00), spent(run: 900_00, day: 900_00), 100_00),
    (duplicate(100_00), spent(run: 0, day: 1_900_00), 100_00),
    (overcharge(money(10_00), money(10_01)), spent(run: 0, day: 0), 1),
    (overcharge(money(10_00), money(60_00)), spent(run: 0, day: 0), 50_00),
  ]

  @Test(arguments: within)
  func refundsUpToEachLimitAndNoLess(subject: RefundPolicy.Case, spent: RefundPolicy.Spent, minor: Int64) {
    guard case .refund(let amount, let rule) = Self.policy.decide(subject, spent: spent) else {
      Issue.record("held back: \(Self.policy.decide(subject, spent: spent))")
      return
    }
    #expect(amount == money(minor))
    #expect(rule.when == subject.reason)
  }

  private static let partlyReturned: RefundPolicy.Case = {
    var subject = duplicate(100)
    subject.returned = 1
    return subject
  }()

  static let held: [(RefundPolicy.Case, RefundPolicy.Spent, RefundPolicy.Held)] = [
    (duplicate(100, proven: false), spent(run: 0, day: 0), .notProven),
    // Somebody else's charge under the same order reference is not ours to give back, in part or whole.
    (overcharge(money(10_00), money(10_01), proven: false), spent(run: 0, day: 0), .notProven),
    (elsewhere, spent(run: 0, day: 0), .otherProcessor),
    (duplicate(100, "GBP"), spent(run: 0, day: 0), .currencyNotNamed),
    (duplicate(100, "EUR"), spent(run: 0, day: 0), .currencyNotNamed),
    (duplicate(100, "JPY"), spent(run: 0, day: 0), .currencyNotNamed),
    (overcharge(money(100, "EUR"), money(200, "EUR")), spent(run: 0, day: 0), .currencyNotNamed),
    (duplicate(100, same: false), spent(run: 0, day: 0), .otherCurrencySettled),
    (duplicate(0), spent(run: 0, day: 0), .undercharged), (duplicate(-1), spent(run: 0, day: 0), .undercharged),
    (overcharge(money(10_00), money(9_99)), spent(run: 0, day: 0), .undercharged),
    (overcharge(money(10_00), money(10_00)), spent(run: 0, day: 0), .undercharged),
    (overcharge(nil, money(10_00)), spent(run: 0, day: 0), .undercharged),
    (overcharge(money(10_00, "EUR"), money(10_00)), spent(run: 0, day: 0), .undercharged),
    (overcharge(money(.min), money(.max)), spent(run: 0, day: 0), .undercharged),
    (duplicate(500_01), spent(run: 0, day: 0), .aboveLimit),
    (overcharge(money(10_00), money(60_01)), spent(run: 0, day: 0), .aboveLimit),
    (duplicate(100_00), spent(run: 900_01, day: 900_01), .abovePerRun),
    (duplicate(1), spent(run: .max, day: 0), .abovePerRun),
    (duplicate(100_00), spent(run: 0, day: 1_900_01), .abovePerDay),
    (duplicate(1), spent(run: 0, day: .max), .abovePerDay),
    (duplicate(250_01), spent(run: 0, day: 0), .needsApproval),
    (partlyReturned, spent(run: 0, day: 0), .alreadyReturned),
  ]

  @Test(arguments: held)
  func holdsBackForItsReason(subject: RefundPolicy.Case, spent: RefundPolicy.Spent, why: RefundPolicy.Held) {
    #expect(Self.policy.decide(subject, spent: spent) == .heldBack(why))
  }

  /// What the rules cannot decide, the charge's own figures do; `charge_not_found` is the stage's word where there is
  /// no charge to look at, or the processor takes no such refund, and the others tell what became of a refund.
  @Test func everyReasonToHoldBackIsTested() {
    let others: [RefundPolicy.Held] = [
      .chargeNotFound, .unsupported, .refundRefused, .refundFailed, .refundCanceled,
    ]
    let tested = Self.held.map(\.2) + RefundAllowanceTests.refusals.map(\.why) + others
    #expect(RefundPolicy.Held.allCases.filter { !tested.contains($0) } == [])
  }

  @Test(arguments: BreakReason.allCases.filter { $0 != .duplicateCharge && $0 != .amountMismatch })
  func whatNoRuleNamesIsLeftAlone(reason: BreakReason) {
    let subject = RefundPolicy.Case(
      reason: reason, expected: nil, reported: money(100), proven: true, sameCurrency: true)
    #expect(Self.policy.decide(subject, spent: RefundPolicy.Spent()) == .noRule)
    #expect(RefundPolicy().decide(Self.duplicate(1), spent: RefundPolicy.Spent()) == .noRule)
  }

  @Test func theFirstRuleThatNamesTheReasonCounts() {
    var policy = Self.policy
    policy.rules.insert(RefundRule(when: .duplicateCharge, portion: .duplicate, limit: [currency("USD"): 10]), at: 0)
    #expect(policy.decide(Self.duplicate(11), spent: RefundPolicy.Spent()) == .heldBack(.aboveLimit))
  }

  /// Whoever forgot a currency did not mean that nobody looks at it.
  @Test(arguments: [1, 50_000] as [Int64])
  func aCurrencyThatApprovalDoesNotNameAlwaysNeedsIt(minor: Int64) {
    var policy = Self.policy
    policy.perRun[currency("JPY")] = 100_000
    let (subject, spent) = (Self.duplicate(minor, "JPY"), RefundPolicy.Spent())
    func decided(approved: Bool) -> RefundPolicy.Decision {
      policy.decide(subject, decided: money(minor, "JPY"), approved: approved, spent: spent)
    }
    #expect(policy.needsApproval(money(minor, "JPY")))
    #expect(policy.decide(subject, spent: spent) == .heldBack(.needsApproval))
    #expect(decided(approved: false) == .heldBack(.needsApproval))
    let own = RefundRule(when: .duplicateCharge, portion: .duplicate, limit: [:])
    #expect(decided(approved: true) == .refund(money(minor, "JPY"), rule: own))
    policy.approvalAbove = [:]
    #expect(!policy.needsApproval(money(minor, "JPY")))
    #expect(policy.decide(subject, spent: spent) == .refund(money(minor, "JPY"), rule: policy.rules[0]))
    #expect(decided(approved: false) == .refund(money(minor, "JPY"), rule: own))
  }

  @Test func whatIsSpentCountsForTheRunAndTheDay() {
    var spent = RefundPolicy.Spent(run: [:], day: [currency("USD"): 5])
    spent.add(money(10))
    spent.add(money(7, "EUR"))
    #expect(spent.run == [currency("USD"): 10, currency("EUR"): 7])
    #expect(spent.day == [currency("USD"): 15, currency("EUR"): 7])
  }

  @Test func onlyTheRunsAndDaysLimitsMayPassByThemselves() {
    #expect(RefundPolicy.Held.allCases.filter(\.mayPass) == [.abovePerRun, .abovePerDay])
  }
}

@Suite struct RefundAllowanceTests {
  struct Refusal: Sendable {
    var captured: Int64 = 1_000
    var refunded: Int64 = 0
    var disputed = false
    var processed: Int64 = 0
    var underWay: Int64 = 0
    var amount: Money
    var why: RefundPolicy.Held

    var allowance: RefundAllowance {
      var charge = Answers.charge(.succeeded)
      charge.captured = captured
      charge.refunded = refunded
      charge.disputed = disputed
      return RefundAllowance(charge: charge, processed: processed, underWay: underWay)
    }
  }

  static let refusals = [
    Refusal(disputed: true, amount: money(1), why: .disputed),
    // Somebody refunded by hand: at all, or more than settle knows of.
    Refusal(refunded: 1, amount: money(1), why: .alreadyRefunded),
    Refusal(refunded: 501, processed: 300, underWay: 200, amount: money(1), why: .alreadyRefunded),
    Refusal(amount: money(1_001), why: .exceedsCaptured),
    Refusal(captured: 0, amount: money(1), why: .exceedsCaptured),
    Refusal(refunded: 300, processed: 300, amount: money(701), why: .exceedsCaptured),
    Refusal(underWay: 300, amount: money(701), why: .exceedsCaptured),
    Refusal(refunded: 300, processed: 300, underWay: 300, amount: money(401), why: .exceedsCaptured),
    Refusal(amount: money(1, "EUR"), why: .exceedsCaptured),
  ]

  @Test(arguments: refusals)
  func refuses(_ refusal: Refusal) {
    #expect(refusal.allowance.refusal(of: refusal.amount) == refusal.why)
  }

  static let left: [(Int64, Int64, Int64, Int64)] = [
    (0, 0, 0, 1_000), (300, 300, 0, 700), (0, 0, 300, 700), (0, 300, 0, 700), (300, 300, 300, 400),
    (200, 300, 300, 400),
  ]

  @Test(arguments: left)
  func allowsJustWhatIsLeftOfTheCharge(refunded: Int64, processed: Int64, underWay: Int64, left: Int64) {
    let allowance = Refusal(
      refunded: refunded, processed: processed, underWay: underWay, amount: money(left), why: .disputed
    ).allowance
    #expect(allowance.refusal(of: money(left)) == nil)
    #expect(allowance.refusal(of: money(left + 1)) == .exceedsCaptured)
  }
}
