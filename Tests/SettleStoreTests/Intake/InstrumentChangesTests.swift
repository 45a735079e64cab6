import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// Which row gave a payment another payment method.
@Suite struct InstrumentChangesTests {
  private func changes(_ story: Story) async throws -> [String] {
    try await story.store.rows(
      """
      SELECT f.name || ':' || c.line, coalesce(c.payment_method, c.hold), c.business_date::text
      FROM instrument_changes c JOIN input_files f ON f.file_id = c.file_id ORDER BY c.file_id, c.line
      """)
  }

  @Test func onlyRowsThatNameAnotherMethodAreNoted() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 500), file: "a.csv")
      try await story.claim()
      try await story.declined("A", made: "pi_A")
      try await story.charged("B")
      await story.next()
      #expect(try await changes(story) == [])
      // The same card again; another one; another one still, in the same file; and one of a payment that is charged.
      try await story.authorize(
        .order("A", 1_000), .order("A", 1_000, method: "pm_second"), .order("A", 1_000, method: "pm_third"),
        .order("B", 500, method: "pm_late"), file: "b.csv")
      let noted = ["b.csv:3 pm_second 2026-11-21", "b.csv:4 pm_third 2026-11-21"]
      #expect(try await changes(story) == noted)
      try await story.authorize(.order("A", 1_000, method: "pm_third"), file: "c.csv")
      #expect(try await changes(story) == noted)
      #expect(try await story.store.faults() == [])
      let told = try await story.read { try $0.explanations(of: "A") }
      #expect(told.first?.instruments.map(\.source) == ["b.csv:3", "b.csv:4"])
      // Not the writer, who may only add: the owner.
      let owner = try await Connection.open(story.store.settings)
      _ = try await owner.transaction { try $0.execute("UPDATE instrument_changes SET line = 9 WHERE line = 3") }
      await owner.close()
      #expect(try await story.store.faults() != [])
    }
  }
}
