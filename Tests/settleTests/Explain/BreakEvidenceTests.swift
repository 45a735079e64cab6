import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import settle

/// What a break rests on is told as it was found, and what came after it as such.
@Suite struct BreakEvidenceTests {
  private typealias World = SettleTesting.Story

  private static func story(_ id: String, _ world: World) async throws -> settle.Story {
    try #require(settle.Story.all(try await world.read { try $0.explanations(of: id) }).first)
  }

  private static func night(_ world: World) async throws {
    try await world.reconcile()
    try await world.journal(.done, of: "reconcile")
  }

  /// `kind source` of each entry but the messages.
  private static func steps(_ story: settle.Story) -> [String] {
    story.entries.filter { $0.kind != "event" }.map { "\($0.kind) \($0.source ?? "-")" }
  }

  @Test func aCorrectedRowIsToldBesideTheOneThatTheBreakSpeaksOf() async throws {
    try await World.tell { world in
      try await world.authorize(.order("A", 2_000), file: "a.csv")
      try await world.charge("A")
      try await world.report(.charge("A", 1_900), file: "b.csv")
      try await Self.night(world)
      await world.next()
      try await world.report(.charge("A", 2_000), file: "c.csv")
      try await Self.night(world)
      #expect(try await world.breakRows().map(\.evidence) == [["a.csv:2", "b.csv:2", "c.csv:2"]])
      #expect(try await world.breakRows().map(\.later) == [LaterRow(role: .corrects, source: "c.csv:2")])
      let story = try await Self.story("A", world)
      #expect(
        Self.steps(story) == [
          "authorized a.csv:2", "attempt -", "answer -", "reported b.csv:2", "break b.csv:2", "reported c.csv:2",
          "matched c.csv:2", "resolved c.csv:2",
        ])
      let text = story.text(Style(isOn: false))
      #expect(text.contains("expected 20.00 USD, reported 19.00 USD, break "))
      #expect(text.contains("; corrected by c.csv:2  [b.csv:2]\n"), "\(text)")
    }
  }

  /// What replaces a row without changing its money corrects nothing.
  @Test func aRowThatWasFilledInIsNotCorrected() async throws {
    try await World.tell { world in
      try await world.authorize(.order("A", 2_000), file: "a.csv")
      try await world.charge("A")
      try await world.report(.charge("A", 1_900), file: "b.csv")
      try await Self.night(world)
      await world.next()
      try await world.report(.charge("A", 1_900).payout("po_1"), file: "c.csv")
      try await Self.night(world)
      #expect(try await world.breakRows().map(\.evidence) == [["a.csv:2", "c.csv:2"]])
      #expect(try await world.breakRows().map(\.later) == [nil])
      let story = try await Self.story("A", world)
      #expect(Self.steps(story).suffix(3) == ["reported b.csv:2", "break b.csv:2", "reported c.csv:2"])
    }
  }

  @Test func anotherCurrencyIsToldByItsOwnRow() async throws {
    try await World.tell { world in
      try await world.authorize(.order("A", 2_000), file: "a.csv")
      try await world.charge("A")
      try await world.report(.charge("A", 2_000, "EUR"), file: "b.csv")
      try await Self.night(world)
      await world.next()
      try await world.report(.charge("A", 2_000), file: "c.csv")
      try await Self.night(world)
      await world.next()
      try await world.report(.charge("A", 2_000).payout("po_1"), file: "d.csv")
      try await Self.night(world)
      let found = try #require(try await Self.story("A", world).explanation.breaks.first)
      #expect((found.evidence, found.later?.source) == (["b.csv:2"], "c.csv:2"))
      await world.next(days: -1)
      #expect(try await world.breakRows().map(\.evidence) == [["a.csv:2", "b.csv:2", "c.csv:2"]])
      await world.next(days: -1)
      #expect(try await world.breakRows().map(\.evidence) == [["a.csv:2", "b.csv:2"]])
    }
  }

  @Test func whatWasMissingIsExplainedByTheRowThatCame() async throws {
    try await World.tell { world in
      try await world.authorize(.order("A", 2_000), file: "a.csv")
      try await world.charge("A")
      try await Self.night(world)
      await world.next()
      try await world.report(.charge("A", 2_000), file: "b.csv")
      try await Self.night(world)
      #expect(try await world.breakRows().map(\.evidence) == [["a.csv:2", "b.csv:2"]])
      #expect(try await world.breakRows().map(\.later) == [LaterRow(role: .explains, source: "b.csv:2")])
      let story = try await Self.story("A", world)
      #expect(
        Self.steps(story) == [
          "authorized a.csv:2", "attempt -", "answer -", "break -", "reported b.csv:2", "matched b.csv:2",
          "resolved b.csv:2",
        ], "\(story.text(Style(isOn: false)))")
    }
  }

  /// What settle refused itself may be what is missing; whose it was is not kept.
  @Test func rowsThatWereRefusedAreToldWithWhatIsMissing() async throws {
    try await World.tell { world in
      try await world.authorize(.order("A", 2_000), .order("B", 1_000), file: "a.csv")
      try await world.charge("A", "B")
      try await world.report(.charge("B", 1_000), file: "stripe-1.csv")
      try await world.write { db in
        _ = try db.execute(
          """
          INSERT INTO quarantine (file_id, line, ordinal, field, reason, detail, business_date)
          SELECT file_id, line, ordinal, 'net', 'sums_disagree', 'net', business_date
          FROM input_files CROSS JOIN (VALUES (9, 1), (9, 2), (11, 1)) r (line, ordinal) WHERE name = 'stripe-1.csv'
          """)
      }
      try await Self.night(world)
      let words =
        "2 rows of stripe's files were refused since 2026-11-20 (quarantine.csv), among them may be this one:"
        + " stripe-1.csv:9, stripe-1.csv:11"
      #expect(try await Self.story("A", world).text(Style(isOn: false)).contains("; \(words)\n"))
      #expect(!(try await Self.story("B", world).text(Style(isOn: false)).contains("refused")))
      let date = await world.date
      let rows = try await world.read { try $0.refusedRows(since: date, until: date) }
      #expect(
        rows.of("stripe", since: date)?.words(showing: 1)
          == words.replacing("stripe-1.csv:9, stripe-1.csv:11", with: "stripe-1.csv:9, …"))
      #expect(rows.of("adyen", since: date) == nil)
      #expect(rows.of("stripe", since: date.adding(days: 1)) == nil)
      await world.next()
      try await world.report(.charge("A", 2_000), file: "b.csv")
      try await Self.night(world)
      #expect(!(try await Self.story("A", world).text(Style(isOn: false)).contains("refused")))
    }
  }

  /// Between which payments and rows a match is possible, told for either side.
  @Test func theCandidatesOfAnAmbiguousChargeAreTold() async throws {
    try await World.tell { world in
      let rules = MatchRules([MatchRule(by: [.id]), MatchRule(by: [.amount, .date], within: 2)])
      try await world.authorize(
        .order("AMB-1", 1_200, at: "adyen"), .order("AMB-2", 1_200, at: "adyen"), .order("C", 700, at: "adyen"),
        file: "a.csv")
      try await world.report(
        .charge("X", 1_200).naming(.init()).row("pay_012"), .charge("Y", 1_200).naming(.init()).row("pay_013"),
        file: "s.csv", of: "adyen")
      try await world.reconcile(waiting: 5, by: rules)
      try await world.journal(.done, of: "reconcile")
      #expect(try await world.read { try $0.hasAmbiguousCharges() })
      func told(_ id: String) async throws -> [String] {
        var explanation = try #require(try await world.read { try $0.explanations(of: id) }.first)
        let terms = ReconcileTerms(waitingDays: 5, rules: rules)
        let subject = explanation.id
        explanation.candidates = try await world.store.pool.rolledBack { db in
          try db.candidates(of: subject, terms, merchant: world.merchant)
        }
        return settle.Story(explanation).entries.filter { $0.kind == "candidate" }
          .map { "\($0.text) [\($0.source ?? "-")]" }
      }
      #expect(
        try await told("pay_012") == [
          "order AMB-1, 12.00 USD, payment \(world.payment("AMB-1")); it may be paid by 12.00 USD of s.csv:3, too [a.csv:2]",
          "order AMB-2, 12.00 USD, payment \(world.payment("AMB-2")); it may be paid by 12.00 USD of s.csv:3, too [a.csv:3]",
        ])
      #expect(
        try await told("AMB-2") == [
          "reported charge of 12.00 USD, pay_012; it may be of order AMB-1, too [s.csv:2]",
          "reported charge of 12.00 USD, pay_013; it may be of order AMB-1, too [s.csv:3]",
        ])
      #expect(try await told("C") == [])
    }
  }

  /// Of many, few are told.
  @Test func manyCandidatesAreBounded() async throws {
    try await World.tell { world in
      let rules = MatchRules([MatchRule(by: [.amount, .date], within: 2)])
      try await world.authorize((0..<30).map { .order("O\($0)", 1_200, at: "adyen") }, file: "a.csv")
      try await world.report(.charge("X", 1_200).naming(.init()).row("pay_1"), file: "s.csv", of: "adyen")
      try await world.reconcile(waiting: 5, by: rules)
      var explanation = try #require(try await world.read { try $0.explanations(of: "pay_1") }.first)
      let subject = explanation.id
      explanation.candidates = try await world.store.pool.rolledBack { db in
        try db.candidates(of: subject, ReconcileTerms(waitingDays: 5, rules: rules), merchant: world.merchant)
      }
      let told = settle.Story(explanation).entries.filter { $0.kind == "candidate" }
      #expect(told.count == CandidateFacts.limit)
      #expect(told.filter { $0.text.hasSuffix("; and there are more") }.count == 1)
    }
  }

  @Test func aStatementWithoutANameIsToldByItsAccount() async throws {
    try await World.tell { world in
      try await world.book(
        .line(100), statement: .of("2026-11-19", id: "", opening: 0, closing: 100), file: "bank/1.csv")
      try await world.book(statement: .of("2026-11-20", id: "", opening: 150, closing: 150), file: "bank/2.csv")
      try await Self.night(world)
      let gap = try #require(try await world.breakRows().first { $0.reason == .statementGap })
      #expect(gap.processorReference == "ACCOUNT")
      let text = try await Self.story("\(gap.id)", world).text(Style(isOn: false))
      #expect(text.hasPrefix("bank statement up to 2026-11-20 (bank/2.csv:0)\n"), "\(text)")
      #expect(!text.contains("statement \n"))
    }
  }

  @Test(arguments: [
    ("rule", "processor_id", "", "rule from processor_id to nothing"),
    ("bucket", "awaited", "matched", "bucket from awaited to matched"),
    ("fee", "0.30", "0.40", "fee from 0.30 EUR to 0.40 EUR"),
    ("remainder", "", "-5", "remainder from nothing to -5 EUR"),
    ("lines", "3", "5", "lines from 3 to 5"),
  ])
  func onlyAmountsHaveACurrency(column: String, from: String, to: String, words: String) throws {
    let row = RestatementFacts(
      businessDate: try #require(BusinessDate("2026-11-22")), publishedAt: Timestamp(seconds: 0),
      reportDate: "2026-11-20", lastReportDate: nil, file: "f.csv", key: "k", column: column, from: from, to: to,
      currency: "EUR",
      evidence: nil)
    #expect(settle.Story.restated(row).text == "f.csv of 2026-11-20: \(words)")
  }
}
