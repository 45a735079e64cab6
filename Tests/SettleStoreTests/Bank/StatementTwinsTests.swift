import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// Entries that read alike: how many they are does not hang on the files that they come in, nor on their order.
@Suite struct StatementTwinsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var statements: [BankStatement]
    /// Of each statement, how often it has the entry; negative ones are another entry, of the opposite amount.
    var entries: [Int]
    /// How many lines they are together.
    var lines: Int

    var testDescription: String { name }

    init(_ name: String, _ parts: [(BankStatement, Int)], lines: Int) {
      self.name = name
      statements = parts.map(\.0)
      entries = parts.map(\.1)
      self.lines = lines
    }
  }

  /// A page or a statement from one balance to another, in units of the entry.
  private static func of(
    _ date: String, _ opening: Int64, _ closing: Int64, number: Int? = nil, page: Int? = nil, from: String? = nil
  ) -> BankStatement {
    .of(date, number: number, opening: opening * 100, closing: closing * 100, from: from, page: page)
  }

  static let cases = [
    Case(
      "the same statement twice in one file",
      [(of("2026-11-21", 10, 12, number: 5), 2), (of("2026-11-21", 10, 12, number: 5), 2)], lines: 2),
    Case(
      "twice, with the next one between",
      [
        (of("2026-11-21", 10, 12, number: 5), 2), (of("2026-11-22", 12, 13, number: 6), 1),
        (of("2026-11-21", 10, 12, number: 5), 2),
      ], lines: 3),
    Case(
      "twice, and it moved nothing",
      [(of("2026-11-21", 10, 10, number: 5), 0), (of("2026-11-21", 10, 10, number: 5), 0)], lines: 0),
    Case(
      "statements that follow each other, an entry in each by its value date",
      [
        (of("2026-11-21", 10, 11, number: 5, from: "2026-11-20"), 1),
        (of("2026-11-22", 11, 12, number: 6, from: "2026-11-21"), 1),
        (of("2026-11-23", 12, 13, number: 7, from: "2026-11-22"), 1),
      ], lines: 3),
    Case(
      "pages of one statement, the second without it",
      [
        (of("2026-11-20", 0, 1, number: 5, page: 1), 1), (of("2026-11-20", 1, 1, number: 5, page: 2), 0),
        (of("2026-11-20", 1, 2, number: 5, page: 3), 1),
      ], lines: 2),
    Case(
      "a page that never came",
      [
        (of("2026-11-20", 0, 1, number: 5, page: 1), 1), (of("2026-11-20", 4, 5, number: 5, page: 3), 1),
      ], lines: 2),
    Case(
      "three exports of one day",
      [(of("2026-11-20", 10, 11), 1), (of("2026-11-20", 11, 11), 0), (of("2026-11-20", 11, 12), 1)],
      lines: 2),
    Case(
      "an export of the morning, one of the whole day", [(of("2026-11-20", 10, 11), 1), (of("2026-11-20", 10, 12), 2)],
      lines: 2),
    Case(
      "two days and both together",
      [
        (of("2026-11-20", 1, 2, number: 5), 1), (of("2026-11-21", 2, 3, number: 6, from: "2026-11-20"), 1),
        (of("2026-11-21", 1, 3, number: 1, from: "2026-11-20"), 2),
      ], lines: 2),
    Case(
      "days that overlap",
      [
        (of("2026-11-20", 1, 3, from: "2026-11-14"), 2), (of("2026-11-22", 2, 5, from: "2026-11-18"), 3),
      ], lines: 3),
    Case(
      "an account that is emptied, numbered",
      [
        (of("2026-11-20", 0, 0, number: 5, from: "2026-11-19"), 0), (of("2026-11-20", 0, 1, number: 6), 1),
        (of("2026-11-20", 1, 0, number: 7), -1), (of("2026-11-20", 0, 1, number: 8), 1),
        (of("2026-11-20", 1, 0, number: 9), -1),
      ], lines: 4),
    Case(
      "an account that is emptied, without numbers: nobody knows",
      [(of("2026-11-20", 0, 1), 1), (of("2026-11-20", 1, 0), -1), (of("2026-11-20", 0, 1), 1)], lines: 2),
    Case("one statement twice", [(of("2026-11-20", 5, 6), 1), (of("2026-11-20", 5, 6), 1)], lines: 1),
  ]

  private static func lines(_ entries: Int) -> [Booked] {
    (0..<entries.magnitude).map { _ in .line(entries < 0 ? -100 : 100, text: "CARD TURNOVER TERMINAL 4711") }
  }

  @Test(arguments: cases)
  func areAsManyHoweverTheyCome(_ world: Case) async throws {
    let parts = zip(world.statements, world.entries).map { (lines: Self.lines($0.1), statement: Optional($0.0)) }
    let orders = [parts.map { [$0] }, parts.reversed().map { [$0] }, [parts], [parts.reversed()]]
    for (index, files) in orders.enumerated() {
      try await Story.tell { story in
        for file in files { try await story.book(file) }
        #expect(try await story.store.rows("SELECT count(*)::text FROM bank_lines") == ["\(world.lines)"], "\(index)")
        #expect(try await story.store.faults() == [], "\(index)")
        // Another file of the same statements brings nothing.
        let again = try await story.book(parts.map { ($0.lines, $0.statement) }, file: "again.sta")
        #expect(again.accepted == 0, "\(index)")
      }
    }
  }

  /// What verify is there for: a line that was lost.
  @Test func aStatementWhoseLinesDoNotMakeItsBalanceIsFound() async throws {
    try await Story.tell { story in
      try await story.book(.line(100), statement: .of("2026-11-20", opening: 0, closing: 200))
      #expect(try await story.store.faults().contains { $0.contains("statement") })
    }
  }

  /// What was loaded before statements said which lines they hold.
  @Test func anOlderStoreLearnsItFromNames() async throws {
    try await Story.tell { story in
      let fifth = BankStatement.of("2026-11-20", number: 5, opening: 1_000, closing: 1_200)
      try await story.book([(Self.lines(2), fifth)])
      try await story.reconcile()
      let owner = Pool(story.store.settings, size: 1)
      try await owner.transaction { db in
        try db.script(
          """
          DROP TABLE bank_statement_lines;
          DROP INDEX bank_statements_account;
          ALTER TABLE bank_statements DROP COLUMN lines_told;
          DELETE FROM migrations WHERE name = '0021_bank'
          """)
      }
      await owner.close()
      #expect(try await story.store.migrate() == ["0021_bank"])
      #expect(try await story.store.faults() == [])
      let next = try await story.book([
        (Self.lines(1), .of("2026-11-21", number: 6, opening: 1_200, closing: 1_300, from: "2026-11-20"))
      ])
      #expect(next.accepted == 2)
      let again = try await story.book([(Self.lines(2), fifth)], file: "again.sta")
      #expect(again.accepted == 0)
      #expect(try await story.store.faults() == [])
    }
  }
}
