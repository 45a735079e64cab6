import SettleModel
import Testing

@Suite struct DecidedRefundPolicyTests {
  private static let usd = Currency("USD") ?? Currency.all[0]
  private static func money(_ minor: Int64) -> Money { Money(minor: minor, currency: usd) }

  private static let policy = RefundPolicy(
    perRun: [usd: 1_000], perDay: [usd: 1_500], approvalAbove: [usd: 300])

  private static func matter(
    _ reason: BreakReason = .amountMismatch, expected: Int64? = 1_000, reported: Int64 = 1_200,
    sameCurrency: Bool = true, isElsewhere: Bool = false, returned: Int64 = 0
  ) -> RefundPolicy.Case {
    RefundPolicy.Case(
      reason: reason, expected: expected.map(money), reported: money(reported), proven: false,
      sameCurrency: sameCurrency, isElsewhere: isElsewhere, returned: returned)
  }

  struct Trial: Sendable {
    var matter: RefundPolicy.Case
    var decided: Int64
    var approved = false
    var spent = RefundPolicy.Spent()
    var held: RefundPolicy.Held?
  }

  /// What only an order reference suggests is refunded where a person says so; limits hold all the same.
  @Test(arguments: [
    Trial(matter: matter(), decided: 200),
    Trial(matter: matter(.duplicateCharge, expected: nil, reported: 250), decided: 250),
    Trial(matter: matter(reported: 1_301), decided: 301, held: .needsApproval),
    Trial(matter: matter(reported: 1_301), decided: 301, approved: true),
    Trial(matter: matter(), decided: 201, held: .notProven),
    Trial(matter: matter(sameCurrency: false), decided: 200, held: .otherCurrencySettled),
    Trial(matter: matter(reported: 1_250, returned: 200), decided: 50),
    Trial(matter: matter(reported: 1_250, returned: 200), decided: 250, held: .notProven),
    Trial(matter: matter(returned: 200), decided: 200, held: .alreadyReturned),
    Trial(matter: matter(isElsewhere: true), decided: 200, held: .otherProcessor),
    Trial(matter: matter(reported: 900), decided: 100, held: .undercharged),
    Trial(matter: matter(), decided: 200, spent: .init(run: [usd: 801]), held: .abovePerRun),
    Trial(matter: matter(), decided: 200, spent: .init(day: [usd: 1_301]), held: .abovePerDay),
  ])
  func aPersonsDecisionIsWeighedAgainstFiguresAndLimits(_ trial: Trial) {
    let decision = Self.policy.decide(
      trial.matter, decided: Self.money(trial.decided), approved: trial.approved, spent: trial.spent)
    switch decision {
    case .refund(let amount, _):
      #expect(trial.held == nil)
      #expect(amount == Self.money(trial.decided))
    case .heldBack(let held): #expect(held == trial.held)
    case .noRule: Issue.record("nobody decided")
    }
  }

  /// Where settle has given back a part, no rule gives back the rest; a person may.
  @Test func noRuleGivesBackWhatIsLeft() {
    let rules = [RefundRule(when: .amountMismatch, portion: .overcharge, limit: [Self.usd: 9_000])]
    let policy = RefundPolicy(rules: rules, perRun: [Self.usd: 9_000], perDay: [Self.usd: 9_000])
    var matter = Self.matter(returned: 50)
    matter.proven = true
    #expect(policy.decide(matter, spent: .init()) == .heldBack(.alreadyReturned))
    #expect(RefundPolicy.refundable(matter) == .success(Self.money(150)))
  }

  @Test func whatAnotherProcessorTookIsGivenBackThere() {
    #expect(RefundPolicy.refundable(Self.matter(isElsewhere: true)) == .failure(.otherProcessor))
  }

  @Test func onlyAPaymentsOwnExcessCanGoBack() {
    for reason in BreakReason.allCases {
      let may = reason == .duplicateCharge || reason == .amountMismatch
      let found = RefundPolicy.refundable(Self.matter(reason))
      #expect((try? found.get()) == (may ? Self.money(reason == .duplicateCharge ? 1_200 : 200) : nil))
    }
  }
}
