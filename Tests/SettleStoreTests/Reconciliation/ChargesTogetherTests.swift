import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Parts of an order that are not the whole: one break with their sum, as long as none of them is the order by itself.
@Suite struct ChargesTogetherTests {
  private static let rules = MatchRules([
    MatchRule(by: [.id]), MatchRule(by: [.reference]), MatchRule(by: [.reference], together: true),
  ])

  private static func part(_ name: String, _ amount: Int64, _ currency: String = "USD") -> Reported {
    .charge(name, amount, currency).naming(.init(order: "A", processorCharge: "psp_\(name)"))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// The parts of each night.
    var nights: [[Reported]]
    var breaks: [String]
    var matches: [String] = []
  }

  static let cases: [Case] = [
    Case(
      testDescription: "too little", nights: [[part("1", 600), part("2", 300)]],
      breaks: ["amount_mismatch A open 10.00 USD/9.00 USD"]),
    Case(
      testDescription: "too much", nights: [[part("1", 600), part("2", 600)]],
      breaks: ["amount_mismatch A open 10.00 USD/12.00 USD"]),
    Case(
      testDescription: "one by one", nights: [[part("1", 600)], [part("2", 200)], [part("3", 100)]],
      breaks: ["amount_mismatch A open 10.00 USD/9.00 USD"]),
    Case(
      testDescription: "the rest comes later", nights: [[part("1", 600), part("2", 300)], [part("3", 100)]],
      breaks: [], matches: ["charge A 10.00 USD order_reference_together"]),
    Case(
      testDescription: "one of them is the whole", nights: [[part("1", 1_000), part("2", 600)]],
      breaks: ["duplicate_charge A open -/6.00 USD"], matches: ["charge A 10.00 USD order_reference"]),
    Case(
      testDescription: "the whole comes last",
      nights: [[part("1", 600), part("2", 300)], [part("3", 1_000).at(early)]],
      breaks: ["duplicate_charge A open -/3.00 USD", "duplicate_charge A open -/6.00 USD"],
      matches: ["charge A 10.00 USD order_reference"]),
    Case(
      testDescription: "another currency is no part",
      nights: [[part("1", 600).at(early), part("2", 300, "EUR")]],
      breaks: ["amount_mismatch A open 10.00 USD/6.00 USD", "duplicate_charge A open -/3.00 EUR"]),
    Case(
      testDescription: "one too many of what adds up",
      nights: [[part("1", 600), part("2", 400)], [part("3", 300)]],
      breaks: ["duplicate_charge A open -/3.00 USD"], matches: ["charge A 10.00 USD order_reference_together"]),
  ]

  private static let early = Timestamp(seconds: 1_600_000_000)

  @Test(arguments: cases) func theirSumIsWhatWasReported(_ it: Case) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"))
      for night in it.nights {
        try await story.report(night, of: "adyen")
        try await story.reconcile(by: Self.rules)
        let before = try await story.fingerprint()
        #expect(try await story.reconcile(by: Self.rules) == ReconcileCounts())
        #expect(try await story.fingerprint() == before)
        _ = try await story.totals()
        try await story.journal(.done, of: "reconcile")
        #expect(try await story.store.faults() == [])
        await story.next()
      }
      #expect(try await story.breaks().filter { $0.contains(" open ") }.sorted() == it.breaks)
      #expect(try await story.matches() == it.matches)
    }
  }

  /// All rows stand in the one break's bucket, and no rule may give anything back of what only adds up.
  @Test func theSumIsOneItemAndProvesNothing() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      func part(_ name: String) -> Reported {
        Self.part(name, 600).changed { $0.references.payment = story.payment("A") }
      }
      let rules = MatchRules([MatchRule(by: [.id]), MatchRule(by: [.id], together: true)])
      try await story.report(part("1"), part("2"))
      try await story.reconcile(by: rules)
      #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/12.00 USD"])
      #expect(
        try await story.totals() == [
          "expected all 1 10.00 USD", "expected amount_mismatch 1 10.00 USD", "reported all 2 12.00 USD",
          "reported amount_mismatch 2 12.00 USD",
        ])
      let context = await story.context()
      let found = try await story.read { try $0.refundCandidates(for: [.amountMismatch], context: context) }
      #expect(found.map(\.subject.proven) == [false])
    }
  }

  /// Rows that say something else by now are looked at anew, and so are those that another rule judges.
  @Test func whatFitsNoMoreIsPartedOrSummed() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, at: "adyen"))
      try await story.report([Self.part("1", 600), Self.part("2", 400)], of: "adyen")
      try await story.reconcile(by: Self.rules)
      #expect(try await story.matches() == ["charge A 10.00 USD order_reference_together"])
      await story.next()
      try await story.report([Self.part("2", 1_000)], of: "adyen")
      try await story.reconcile(by: Self.rules)
      #expect(try await story.matches() == ["charge A 10.00 USD order_reference"])
      #expect(try await story.breaks() == ["duplicate_charge A open -/6.00 USD"])
      await story.next()
      try await story.report([Self.part("2", 300)], of: "adyen")
      try await story.reconcile(by: Self.rules)
      let open = try await story.breaks().filter { $0.contains(" open ") }
      #expect(open == ["amount_mismatch A open 10.00 USD/9.00 USD"])
      await story.next()
      try await story.reconcile()
      #expect(
        try await story.breaks().filter { $0.contains(" open ") }.sorted() == [
          "amount_mismatch A open 10.00 USD/6.00 USD", "duplicate_charge A open -/3.00 USD",
        ])
      let before = try await story.fingerprint()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.fingerprint() == before)
    }
  }
}
