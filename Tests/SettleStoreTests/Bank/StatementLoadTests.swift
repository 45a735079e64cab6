import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct StatementLoadTests {
  private func lines(_ story: Story) async throws -> [String] {
    try await story.store.rows(
      "SELECT amount::text, currency, booked_on::text, reference, line::text FROM bank_lines ORDER BY file_id, line")
  }

  @Test func overlappingStatementsBringTheirNewLinesOnly() async throws {
    try await Story.tell { story in
      let first = try await story.book(
        .line(500, text: "one", reference: "R1"), .line(700, text: "two"), .line(700, text: "two"),
        statement: .of("2026-11-20", number: 1, opening: 0, closing: 1_900))
      #expect(first == FileCounts(read: 4, accepted: 4, quarantined: 0, ignored: 0))
      // Of two twins both are known; what the bank words anew under its reference is the same line.
      let second = try await story.book(
        .line(500, text: "one, once more", reference: "R1"), .line(700, text: "two"), .line(700, text: "two"),
        .line(700, text: "two"), .line(-40, text: "three"),
        statement: .of("2026-11-21", number: 1, opening: 0, closing: 2_560, from: "2026-11-20"))
      #expect(second == FileCounts(read: 6, accepted: 3, quarantined: 0, ignored: 3))
      #expect(
        try await lines(story) == [
          "500 USD 2026-11-20 R1 2", "700 USD 2026-11-20 - 3", "700 USD 2026-11-20 - 4", "700 USD 2026-11-20 - 5",
          "-40 USD 2026-11-20 - 6",
        ])
      #expect(try await story.store.faults() == [])
    }
  }

  /// Banks give one reference to several entries, and another account's may be the same.
  @Test func aReferenceAloneIsNoIdentity() async throws {
    try await Story.tell { story in
      try await story.book(
        .line(500, reference: "R1"), .line(-5, reference: "R1"), .line(500, on: "2026-11-21", reference: "R1"),
        .line(500, reference: "R1").at("ANOTHER"))
      #expect(try await lines(story).count == 4)
    }
  }

  @Test func aStatementThatComesTwiceIsOne() async throws {
    try await Story.tell { story in
      let statement = BankStatement.of("2026-11-20", number: 1, opening: 0, closing: 500)
      try await story.book(.line(500), statement: statement, file: "a.xml")
      let again = try await story.book(.line(500), statement: statement, file: "b.xml")
      #expect(again == FileCounts(read: 2, accepted: 0, quarantined: 0, ignored: 2))
      #expect(try await story.store.rows("SELECT name FROM bank_statements") == ["1"])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func whatIsRefusedIsKeptAsRefused() async throws {
    try await Story.tell { story in
      let context = await story.context()
      let file = FileIdentity(sha256: Story.digest(of: "x"), name: "bank/x.csv", bytes: 1, layout: "bank-csv")
      let counts = try await story.write { db in
        try db.loadStatement(file, context: context) { take in
          try take(.accepted(.line(Booked.line(500).line)))
          try take(.refused([Quarantined(line: 3, field: "amount", reason: .invalidAmount, detail: "no amount")]))
          try take(.ignored)
        }
      }
      #expect(counts == FileCounts(read: 3, accepted: 1, quarantined: 1, ignored: 1, leftOut: 1))
      #expect(try await story.quarantined() == ["3 amount invalid_amount: no amount"])
      #expect(try await story.store.faults() == [])
    }
  }
}
