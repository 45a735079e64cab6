import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

@Suite struct DuplicateDecisionTests {
  /// A and B were overcharged; X belongs to nobody.
  private func with(_ body: (Story, [String: BreakRow]) async throws -> Void) async throws {
    try await Story.tell { story in
      try await story.overcharged("A")
      try await story.overcharged("B")
      try await story.report(.charge("X", 700).changed { $0.references.order = "X" })
      try await story.reconcile()
      let rows = try await story.breakRows()
      try await body(story, Dictionary(rows.map { ($0.orderReference ?? "", $0) }, uniquingKeysWith: { $1 }))
    }
  }

  @Test func theSameMatterIsResolvedAndNamesTheOther() async throws {
    try await with { story, breaks in
      let (a, x) = (try #require(breaks["A"]), try #require(breaks["X"]))
      let sheet = try await story.sheet { $0.id == x.id ? .says("duplicate_of:\(a.id)") : nil }
      #expect(try await story.decide(sheet) == ["4 decided duplicate_of:\(a.id)"])
      #expect(
        Set(try await story.breaks()) == [
          "amount_mismatch A open 10.00 USD/15.00 USD", "amount_mismatch B open 10.00 USD/15.00 USD",
          "unexpected_charge X resolved -/7.00 USD",
        ])
      #expect(try await story.store.rows("SELECT resolution FROM breaks WHERE resolution IS NOT NULL") == ["duplicate"])
      try await story.seal()
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func aPaymentMayBeTheOther() async throws {
    try await with { story, breaks in
      let x = try #require(breaks["X"])
      let sheet = try await story.sheet { $0.id == x.id ? .says("duplicate_of:\(story.payment("A"))") : nil }
      #expect(try await story.decide(sheet).first?.contains("decided duplicate_of:\(story.payment("A"))") == true)
    }
  }

  @Test func nothingIsADuplicateOfItselfOrOfItsOwnDuplicate() async throws {
    try await with { story, breaks in
      let (a, b) = (try #require(breaks["A"]), try #require(breaks["B"]))
      func says(_ found: BreakRow, _ other: some CustomStringConvertible) async throws -> [String] {
        let words = "duplicate_of:\(other)"
        let sheet = try await story.sheet { $0.id == found.id ? .says(words) : nil }
        // What was decided before stands in the file, too.
        return try await story.decide(sheet).map { $0.split(separator: " ").dropFirst().joined(separator: " ") }
          .filter { $0 != "known" }
      }
      #expect(try await says(a, a.id) == ["refused cycle"])
      #expect(try await says(a, story.payment("A")) == ["refused cycle"])
      #expect(try await says(a, b.id) == ["decided duplicate_of:\(b.id)"])
      #expect(try await says(b, a.id) == ["refused cycle"])
      #expect(try await says(b, story.payment("A")) == ["refused cycle"])
      #expect(try await says(b, BreakID(naming: "nobody")) == ["refused unknown_other"])
    }
  }

  @Test func theOtherIsLookedAtByAPerson() async throws {
    try await with { story, breaks in
      let (a, x) = (try #require(breaks["A"]), try #require(breaks["X"]))
      try await story.authorize(.order("C", 1_000))
      try await story.charge("C")
      try await story.report(.charge("A", 1_000), .charge("E", 500, "EUR"))
      try await story.reconcile()
      let euros = try #require(try await story.breakRows().first { $0.reported?.currency.code == "EUR" })
      func says(_ other: some CustomStringConvertible) async throws -> String? {
        let words = "duplicate_of:\(other)"
        let sheet = try await story.sheet { $0.id == x.id ? .says(words) : nil }
        return try await story.decide(sheet).first?.split(separator: " ").dropFirst().joined(separator: " ")
      }
      // A's difference has explained itself; C has no break but that it is missing.
      #expect(try await says(a.id) == "refused other_resolved")
      #expect(try await says(story.payment("A")) == "refused other_resolved")
      #expect(try await says(euros.id) == "refused other_currency")
      #expect(try await says(story.payment("C"))?.hasPrefix("decided") == true)
    }
  }

  /// Two rows of one file that name each other: the first is taken.
  @Test func aCycleWithinOneFileIsSeen() async throws {
    try await with { story, breaks in
      let (a, b) = (try #require(breaks["A"]), try #require(breaks["B"]))
      let sheet = try await story.sheet { row in
        row.id == a.id ? .says("duplicate_of:\(b.id)") : row.id == b.id ? .says("duplicate_of:\(a.id)") : nil
      }
      let words = try await story.decide(sheet)
      #expect(words.count { $0.contains("decided") } == 1)
      #expect(words.count { $0.contains("refused cycle") } == 1)
    }
  }
}
