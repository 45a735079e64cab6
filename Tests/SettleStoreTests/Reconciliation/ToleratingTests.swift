import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Which rule says how far a reported amount may be from what was asked.
@Suite struct ToleratingTests {
  /// A row of Adyen's that names nothing but what `references` say.
  private func row(_ name: String, _ amount: Int64, _ references: OutcomeRecord.References = .init()) -> Reported {
    .charge(name, amount).naming(references)
  }

  private func finish(_ story: Story) async throws {
    _ = try await story.totals()
    try await story.journal(.done, of: "reconcile")
    #expect(try await story.store.faults() == [])
  }

  /// The first rule that goes by what links a charge, and names its currency, says how far the amount may be.
  @Test(arguments: [
    // Import linked it by the order's own reference, so that a rule by another reference says nothing of it.
    ([by([.id], 1), by([.reference], nil), other(500)], 1_499 as Int64, false),
    ([by([.id], 1), other(500), by([.reference], 500)], 1_499, true),
    ([by([.reference], 1), by([.reference], 500)], 1_004, false),
    ([by([.reference], 500), by([.reference], 1)], 1_004, true),
    ([by([.reference], nil), by([.reference], 5)], 1_004, true),
    ([by([.reference], 500, "EUR"), by([.reference], 5)], 1_004, true),
    ([by([.reference], 500, "EUR"), by([.reference], 5)], 1_006, false),
    ([by([.id], 500), by([.reference], 1)], 1_004, false),
  ])
  func theFirstRuleThatGoesByTheLinkJudges(rules: [MatchRule], reported: Int64, isMatched: Bool) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"))
      try await story.report(row("1", reported, .init(order: "A")), of: "adyen")
      try await story.reconcile(by: MatchRules(rules))
      #expect(try await story.matches() == (isMatched ? ["charge A 10.00 USD order_reference_tolerated"] : []))
      #expect(
        try await story.breaks()
          == (isMatched ? [] : ["amount_mismatch A open 10.00 USD/\(Money(reported, "USD"))"]))
      try await finish(story)
    }
  }

  @Test(arguments: [(by([.id], 1), by([.id], 500), false), (by([.id], 500), by([.id], 1), true)])
  func ofTwoRulesByAnIdTheFirstJudges(first: MatchRule, second: MatchRule, isMatched: Bool) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_004))
      try await story.reconcile(by: MatchRules([first, second]))
      #expect(try await story.breaks().isEmpty == isMatched)
    }
  }

  private static func by(_ keys: Set<MatchRule.Key>, _ minor: Int64?, _ currency: String = "USD") -> MatchRule {
    MatchRule(by: keys, tolerance: minor.map { Tolerance(byCurrency: [.named(currency): .init(minor: $0)]) })
  }

  private static func other(_ minor: Int64) -> MatchRule {
    var rule = by([.reference], minor)
    (rule.ours, rule.theirs) = (.authorizationID, .rowID)
    return rule
  }
}
