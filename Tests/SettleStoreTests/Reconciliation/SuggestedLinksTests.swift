import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// What hangs on a record goes with it when it is given back.
@Suite struct SuggestedLinksTests {
  private static func onePercent() throws -> FeeTerm {
    FeeTerm(processor: "adyen", kind: .charge, currency: .named("USD"), percent: try #require(Percent("1")), fixed: 0)
  }

  /// A row of Adyen's that names nothing but what `references` say.
  private func row(_ name: String, _ amount: Int64, _ references: OutcomeRecord.References = .init()) -> Reported {
    .charge(name, amount).naming(references)
  }

  private func finish(_ story: Story) async throws {
    _ = try await story.totals()
    try await story.journal(.done, of: "reconcile")
    #expect(try await story.store.faults() == [])
  }

  /// A fee that differs is a matter of its record, and goes where the record goes: it is judged on, and found again.
  @Test func aFeesBreakIsGivenBackWithItsRecord() async throws {
    try await Story.tell { story in
      let fees = [try Self.onePercent()]
      let rules = MatchRules([
        MatchRule(by: [.id]), MatchRule(by: [.reference]), MatchRule(by: [.amount, .date], within: 2),
      ])
      try await story.authorize(.order("A", 1_000, at: "adyen"))
      try await story.report(row("X", 1_000).fee(99), of: "adyen")
      try await story.reconcile(by: rules, fees: fees)
      #expect(try await story.breaks() == ["fee_variance A open 0.10 USD/0.99 USD"])
      let id = try await story.breakRows().map(\.id)
      await story.next()
      try await story.report(row("A", 1_000, .init(order: "A")).fee(10), of: "adyen")
      try await story.reconcile(by: rules, fees: fees)
      #expect(
        try await story.breaks().sorted() == [
          "fee_variance - open 0.10 USD/0.99 USD", "unexpected_charge - open -/10.00 USD",
        ])
      #expect(try await story.breakRows().map(\.id).filter { id.contains($0) } == id)
      try await finish(story)
      await story.next()
      try await story.report(row("X", 1_000).fee(88), file: "revised", of: "adyen")
      try await story.reconcile(by: rules, fees: fees)
      #expect(
        try await story.breaks().sorted() == [
          "fee_variance - open 0.10 USD/0.88 USD", "unexpected_charge - open -/10.00 USD",
        ])
      try await finish(story)
      #expect(try await story.reconcile(by: rules, fees: fees).opened == 0)
    }
  }

  /// A store in which such a break was left behind once is whole again after the next night.
  @Test func aFeesBreakThatWasLeftBehindFollowsItsRecord() async throws {
    try await Story.tell { story in
      let fees = [try Self.onePercent()]
      try await story.authorize(.order("A", 1_000, at: "adyen"))
      try await story.report(row("X", 1_000).fee(99), of: "adyen")
      try await story.reconcile(fees: fees)
      let payment = story.payment("A")
      let owner = try await Connection.open(story.store.settings)
      _ = try await owner.transaction { db in
        try db.execute("UPDATE breaks SET payment_id = \(payment) WHERE reason = 'fee_variance'")
      }
      await owner.close()
      #expect(try await story.read { try $0.verify(StoreCheck.variances) }.wrong == 1)
      try await story.reconcile(fees: fees)
      try await finish(story)
    }
  }
}
