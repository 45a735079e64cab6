import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct StatementGapTests {
  private func gaps(_ statements: [BankStatement], accounts: [String] = []) async throws -> [String] {
    var found: [String] = []
    try await Story.tell { story in
      for statement in statements { try await story.book(statement: statement) }
      var terms = BankTerms()
      terms.accounts = accounts
      try await story.reconcile(bank: terms)
      found = try await story.breakRows().filter { $0.reason == .statementGap }.map { row in
        "\(row.processorReference ?? "-") \(row.rule ?? "-") \(row.expected?.major ?? "-") \(row.reported?.major ?? "-")"
          + " \(row.evidence.count)"
      }
    }
    return found
  }

  @Test(
    arguments: [
      (
        "each goes on where the last ended",
        [
          BankStatement.of("2026-11-19", number: 11, opening: 0, closing: 500),
          .of("2026-11-20", number: 12, opening: 500, closing: 400),
          .of("2026-11-21", number: 13, opening: 400, closing: 0),
        ], []
      ),
      (
        "one is missing",
        [
          .of("2026-11-19", number: 11, opening: 0, closing: 500),
          .of("2026-11-21", number: 13, opening: 450, closing: 600),
        ], ["ACCOUNT 13 opening_balance 5.00 4.50 1"]
      ),
      (
        "one without any entry is missing",
        [
          .of("2026-11-19", number: 11, opening: 0, closing: 500),
          .of("2026-11-21", number: 13, opening: 500, closing: 600),
        ], ["ACCOUNT 13 number 5.00 5.00 1"]
      ),
      (
        "numbers begin anew with the year",
        [
          .of("2026-12-31", number: 250, opening: 0, closing: 500),
          .of("2027-01-02", number: 1, opening: 500, closing: 0),
          .of("2027-01-03", number: 2, opening: 0, closing: 9),
        ], []
      ),
      (
        "pages of one statement",
        [
          .of("2026-11-20", number: 12, opening: 0, closing: 500, page: 1),
          .of("2026-11-20", number: 12, opening: 500, closing: 700, page: 2),
          .of("2026-11-21", number: 13, opening: 700, closing: 800, page: 1),
        ], []
      ),
      (
        "exports of one day that follow each other, between other days",
        [
          .of("2026-11-19", opening: 0, closing: 500),
          .of("2026-11-20", opening: 500, closing: 400), .of("2026-11-20", opening: 400, closing: 650),
          .of("2026-11-20", opening: 650, closing: 500), .of("2026-11-20", opening: 500, closing: 620),
          .of("2026-11-21", opening: 620, closing: 700),
        ], []
      ),
      (
        "one of a day's exports is missing",
        [
          .of("2026-11-19", opening: 0, closing: 500),
          .of("2026-11-20", opening: 500, closing: 400), .of("2026-11-20", opening: 450, closing: 620),
          .of("2026-11-21", opening: 620, closing: 700),
        ], ["ACCOUNT 2026-11-20 opening_balance 4.00 4.50 1"]
      ),
      (
        "exports of any days that overlap",
        [
          .of("2026-11-20", opening: 0, closing: 500, from: "2026-11-14"),
          .of("2026-11-22", opening: 300, closing: 700, from: "2026-11-18"),
          .of("2026-11-23", opening: 700, closing: 800),
        ], []
      ),
    ] as [(String, [BankStatement], [String])])
  func findsWhatIsMissing(_ name: String, _ statements: [BankStatement], _ expected: [String]) async throws {
    #expect(try await gaps(statements) == expected, "\(name)")
    // Files come in any order.
    #expect(try await gaps(statements.reversed()) == expected, "\(name)")
  }

  @Test func onlyTheAccountsThatAreNamed() async throws {
    let statements = [
      BankStatement.of("2026-11-19", opening: 0, closing: 500), .of("2026-11-20", opening: 1, closing: 2),
    ]
    #expect(try await gaps(statements, accounts: ["acc ount"]).count == 1)
    #expect(try await gaps(statements, accounts: ["OTHER"]).isEmpty)
  }

  @Test func theStatementThatComesLateExplainsTheGap() async throws {
    try await Story.tell { story in
      try await story.book(statement: .of("2026-11-18", opening: 0, closing: 500))
      try await story.book(statement: .of("2026-11-20", opening: 450, closing: 600))
      try await story.reconcile()
      #expect(try await story.breaks() == ["statement_gap - open 5.00 USD/4.50 USD"])
      await story.next()
      try await story.book(statement: .of("2026-11-19", opening: 500, closing: 450))
      try await story.reconcile()
      #expect(try await story.breaks() == ["statement_gap - resolved 5.00 USD/4.50 USD"])
    }
  }
}
