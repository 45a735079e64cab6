import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// What each kind of written rule matches, and what it leaves to a person.
@Suite struct MatchRulesTests {
  private static let dollars = Tolerance(byCurrency: [.named("USD"): .init(minor: 5)])

  private func rules(_ further: MatchRule...) -> MatchRules { MatchRules([MatchRule(by: [.id])] + further) }

  /// A row of Adyen's that names nothing but what `change` says.
  private func row(_ name: String, _ amount: Int64, _ references: OutcomeRecord.References = .init()) -> Reported {
    .charge(name, amount).naming(references)
  }

  private func finish(_ story: Story) async throws {
    _ = try await story.totals()
    try await story.journal(.done, of: "reconcile")
    #expect(try await story.store.faults() == [])
  }

  @Test func aToleratedDifferenceStandsInItsOwnBucket() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000), .order("C", 1_000, at: "adyen"))
      try await story.claim()
      for order in ["A", "B"] { try await story.charged(order) }
      try await story.report(.charge("A", 1_003), .charge("B", 994))
      try await story.report(row("C", 999, .init(order: "C")), of: "adyen")
      let rules = MatchRules([
        MatchRule(by: [.id], tolerance: Self.dollars), MatchRule(by: [.reference], tolerance: Self.dollars),
      ])
      try await story.reconcile(by: rules)
      #expect(try await story.breaks() == ["amount_mismatch B open 10.00 USD/9.94 USD"])
      #expect(
        try await story.matches() == [
          "charge A 10.00 USD processor_id_tolerated", "charge C 10.00 USD order_reference_tolerated",
        ])
      #expect(try await story.state("C") == "SUCCEEDED by outcome")
      let totals = try await story.totals()
      #expect(
        totals.filter { $0.contains("matched") || $0.contains("tolerated") || $0.contains("reported all") } == [
          "expected matched 2 20.00 USD", "reported all 3 29.96 USD", "reported matched 2 20.00 USD",
          "reported tolerated 0 0.02 USD",
        ])
      try await finish(story)
    }
  }

  @Test func whatNamesNothingIsMatchedByAmountAndDate() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"), .order("B", 2_000, at: "adyen"))
      try await story.report(
        row("A", 1_000), row("B", 2_000).at(story.noon.adding(.seconds(3 * 86_400))), row("C", 3_000), of: "adyen")
      let rules = rules(MatchRule(by: [.reference]), MatchRule(by: [.amount, .date], within: 2))
      #expect(try await story.reconcile(by: rules).relinked == 1)
      #expect(try await story.matches() == ["charge A 10.00 USD amount_and_date"])
      #expect(
        try await story.breaks().sorted() == [
          "missing_at_processor B open 20.00 USD/-", "unexpected_charge - open -/20.00 USD",
          "unexpected_charge - open -/30.00 USD",
        ])
      try await finish(story)
      #expect(try await story.reconcile(by: rules) == ReconcileCounts())
    }
  }

  @Test(arguments: [
    (["A", "B"], ["X"]), (["A"], ["X", "Y"]), (["A", "B"], ["X", "Y"]),
  ])
  func aNearTieIsLeftToAPerson(orders: [String], charges: [String]) async throws {
    try await Story.tell { story in
      try await story.authorize(orders.map { .order($0, 1_000, at: "adyen") })
      try await story.report(charges.map { row($0, 1_000) }, of: "adyen")
      let rules = rules(MatchRule(by: [.amount, .date], within: 2))
      try await story.reconcile(waiting: 5, by: rules)
      #expect(try await story.matches() == [])
      #expect(
        try await story.breaks() == Array(repeating: "ambiguous_match - open -/10.00 USD", count: charges.count))
      try await finish(story)
    }
  }

  /// What amount and date had given to a payment goes back when the payment's own charge is reported.
  @Test func somethingBetterTakesASuggestionBack() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"))
      try await story.report(row("X", 1_000), of: "adyen")
      let rules = rules(MatchRule(by: [.reference]), MatchRule(by: [.amount, .date], within: 2))
      try await story.reconcile(by: rules)
      #expect(try await story.matches() == ["charge A 10.00 USD amount_and_date"])
      await story.next()
      try await story.report(row("A", 1_000, .init(order: "A")), of: "adyen")
      try await story.reconcile(by: rules)
      #expect(try await story.matches() == ["charge A 10.00 USD order_reference"])
      #expect(try await story.breaks() == ["unexpected_charge - open -/10.00 USD"])
      try await finish(story)
    }
  }

  @Test func amongSeveralPaymentsOfAnOrderTheAmountSaysWhich() async throws {
    try await Story.tell { story in
      try await story.authorize(
        .order("A", 1_000, id: "a1", at: "adyen"), .order("A", 700, id: "a2", at: "adyen"),
        .order("B", 500, id: "b1", at: "adyen"), .order("B", 500, id: "b2", at: "adyen"))
      try await story.report(
        row("1", 700, .init(order: "A")), row("2", 500, .init(order: "B")), of: "adyen")
      try await story.reconcile(waiting: 5, by: rules(MatchRule(by: [.reference, .amount])))
      #expect(try await story.matches() == ["charge A 7.00 USD order_reference"])
      #expect(try await story.breaks() == ["ambiguous_match B open -/5.00 USD"])
      try await finish(story)
    }
  }

  @Test func anyReferenceMayLink() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, id: "inv-7", at: "adyen"))
      try await story.report(row("1", 900, .init(processorCharge: "inv-7")), of: "adyen")
      let rule = MatchRule(by: [.reference], ours: .authorizationID, theirs: .processorCharge)
      try await story.reconcile(by: rules(rule))
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/9.00 USD"])
      try await finish(story)
    }
  }

  @Test func splitShipmentsAreTogetherWhatTheOrderAskedFor() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"), .order("B", 1_000, at: "adyen"))
      func part(_ name: String, _ amount: Int64, of order: String) -> Reported {
        .charge(name, amount).naming(.init(order: order, processorCharge: "psp_\(name)")).fee(10)
      }
      try await story.report(
        part("A1", 600, of: "A"), part("A2", 400, of: "A"),
        part("B1", 600, of: "B").at(story.noon.adding(.seconds(-60))), part("B2", 300, of: "B"),
        of: "adyen")
      let rules = rules(MatchRule(by: [.reference], together: true))
      try await story.reconcile(by: rules)
      #expect(try await story.matches() == ["charge A 10.00 USD order_reference_together"])
      #expect(
        try await story.breaks().sorted() == [
          "amount_mismatch B open 10.00 USD/6.00 USD", "duplicate_charge B open -/3.00 USD",
        ])
      #expect(try await story.totals().contains("reported matched 2 10.00 USD"))
      #expect(
        try await story.read { db in
          var fees: [String] = []
          try db.forEachMatched(on: try #require(BusinessDate("2026-11-20"))) { fees.append("\($0.fee) \($0.net)") }
          return fees
        } == ["0.20 USD 9.80 USD"])
      try await finish(story)
      await story.next()
      // A third one is one too many, and the two stay what they are.
      try await story.report(part("A3", 400, of: "A"), of: "adyen")
      try await story.reconcile(by: rules)
      #expect(try await story.breaks().contains("duplicate_charge A open -/4.00 USD"))
      try await finish(story)
    }
  }

  /// What a written rule takes for an order's money must not be charged once more.
  @Test func whatARuleMatchesIsNotChargedAgain() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000), .order("C", 1_000), .order("D", 1_000))
      func part(_ name: String, _ amount: Int64, of order: String) -> Reported {
        .charge(name, amount).naming(.init(order: order, processorCharge: "ch_\(name)"))
      }
      try await story.report(
        part("A1", 600, of: "A"), part("A2", 400, of: "A"), part("B1", 997, of: "B"), part("C1", 1_000, of: "C"))
      try await story.reconcile(
        by: rules(
          MatchRule(by: [.reference], tolerance: Self.dollars), MatchRule(by: [.reference], together: true)))
      #expect(
        try await story.matches().sorted() == [
          "charge A 10.00 USD order_reference_together", "charge B 10.00 USD order_reference_tolerated",
          "charge C 10.00 USD order_reference",
        ])
      #expect(try await story.breaks() == [])
      _ = try await story.totals()
      try await story.claim()
      for order in ["A", "B", "C"] { #expect(try await story.attempts(order) == []) }
      #expect(try await story.attempts("D").count == 1)
      try await story.charged("D")
      try await finish(story)
    }
  }

  /// What settle charged itself is one charge: a second one is a duplicate, whatever the two add up to.
  @Test func anOwnChargeIsNeverAddedToAnother() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(
        .charge("A", 600), .charge("A", 400).under("A2").changed { $0.references.payment = story.payment("A") })
      try await story.reconcile(by: rules(MatchRule(by: [.reference], together: true)))
      #expect(
        try await story.breaks().sorted() == [
          "amount_mismatch A open 10.00 USD/6.00 USD", "duplicate_charge A open -/4.00 USD",
        ])
    }
  }

  @Test func withoutARuleByReferenceNothingIsMatchedByOne() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"))
      try await story.report(row("1", 1_000, .init(order: "A")), of: "adyen")
      try await story.reconcile(by: rules())
      #expect(
        try await story.breaks().sorted() == [
          "missing_at_processor A open 10.00 USD/-", "unexpected_charge A open -/10.00 USD",
        ])
      try await finish(story)
    }
  }
}

extension MatchRulesTests {
  /// Rules are tried over what was reconciled by others, and nothing of it stays.
  @Test func otherRulesTellWhatTheyWouldChange() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 700, at: "adyen"), .order("C", 500, at: "adyen"))
      try await story.charge("A")
      try await story.report(.charge("A", 1_003))
      try await story.report(row("B", 700), row("C", 500, .init(order: "C")), of: "adyen")
      try await story.reconcile()
      let before = try await story.fingerprint()
      let context = await story.context()
      let rules = MatchRules([
        MatchRule(by: [.id], tolerance: Self.dollars), MatchRule(by: [.amount, .date], within: 1),
      ])
      let terms = ReconcileTerms(waitingDays: 0, rules: rules)
      let flips = try await story.write { try $0.flips(to: terms, context: context) }
      #expect(
        flips.map { "\($0.subject.rawValue) \($0.orderReference ?? "-") \($0.amount): \($0.from) -> \($0.to)" }
          .sorted() == [
            "payment A 10.00 USD: amount_mismatch -> matched by processor_id_tolerated",
            "payment B 7.00 USD: missing_at_processor -> matched by amount_and_date",
            "payment C 5.00 USD: matched by order_reference -> missing_at_processor",
            "reported A 10.03 USD: amount_mismatch -> matched by processor_id_tolerated",
            "reported B 7.00 USD: unexpected_charge -> matched by amount_and_date",
            "reported C 5.00 USD: matched by order_reference -> unexpected_charge",
          ])
      #expect(try await story.fingerprint() == before)
      let same = ReconcileTerms(waitingDays: 0)
      #expect(try await story.write { try $0.flips(to: same, context: context) } == [])
    }
  }
}
