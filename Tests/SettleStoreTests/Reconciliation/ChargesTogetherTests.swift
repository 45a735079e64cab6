import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// What counts together with nothing else, whatever it adds up to.
@Suite struct ChargesTogetherTests {
  private static let rules = MatchRules([MatchRule(by: [.id]), MatchRule(by: [.id], together: true)])

  private func part(_ name: String, _ amount: Int64, of story: Story) -> Reported {
    let payment = story.payment("A")
    return .charge(name, amount).naming(.init(order: "A", processorCharge: "ch_\(name)"))
      .changed { $0.references.payment = payment }
  }

  /// A row that no rule takes stays what it is, though the payment's others count together.
  @Test func aRowThatNoRuleLinksIsNoPart() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.report(
        part("1", 600, of: story), part("2", 400, of: story),
        .charge("3", 250).naming(.init(order: "A", processorCharge: "ch_3")))
      try await story.reconcile(by: Self.rules)
      #expect(try await story.matches() == ["charge A 10.00 USD payment_id_together"])
      #expect(try await story.breaks() == ["unexpected_charge A open -/2.50 USD"])
      _ = try await story.totals()
      #expect(try await story.store.faults() == [])
    }
  }

  /// What went back was no part of the order, whatever the other charge says afterwards.
  @Test func whatWasGivenBackIsNoPart() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.report(part("1", 1_000, of: story), part("2", 400, of: story))
      try await story.reconcile(by: Self.rules)
      #expect(try await story.breaks() == ["duplicate_charge A open -/4.00 USD"])
      try await story.refund(.duplicateCharge)
      await story.next()
      try await story.report(part("1", 600, of: story))
      try await story.reconcile(by: Self.rules)
      #expect(try await story.breaks().contains("amount_mismatch A open 10.00 USD/6.00 USD"))
      #expect(try await story.matches() == [])
    }
  }
}
