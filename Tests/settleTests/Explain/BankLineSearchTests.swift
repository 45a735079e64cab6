import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import settle

/// What finance has before its eyes leads to the bank line.
@Suite struct BankLineSearchTests {
  private typealias World = SettleTesting.Story

  /// The source of each line that is explained, or the refusal and what it lists.
  private func found(_ text: String, _ world: World) async throws -> [String] {
    let found = try await world.read { try ExplainCommand.found(text, in: $0) }
    guard found.explanations.isEmpty else { return found.explanations.flatMap { $0.bankLines.map(\.source) } }
    return [ExplainCommand.unknown(text, near: found.near, lines: found.lines)] + found.lines.listed
  }

  @Test func aLineIsFoundByWhatItSays() async throws {
    try await World.tell { world in
      try await world.book(
        .line(4_840, text: "STRIPE PAYMENTS  EUROPE\nPayout po_week1", reference: "BANK-1", endToEnd: "E2E-77"),
        .line(500, text: "ADYEN BATCH 12", reference: "BANK-2"), .line(600, text: "ADYEN BATCH 123"),
        .line(700, text: "Überweisung Müller"), .line(800, text: "BATCH", reference: "12 ADYEN"), file: "b.csv")
      for (text, source) in [
        ("BANK-1", "b.csv:2"), ("E2E-77", "b.csv:2"), ("e2e-77", "b.csv:2"), (" bank-1 ", "b.csv:2"),
        ("2e-77", "b.csv:2"), ("stripe payments europe payout PO_WEEK1", "b.csv:2"), ("Payments Europe", "b.csv:2"),
        // The whole text of one, and a part of another's.
        ("Adyen batch 12", "b.csv:3"), ("adyen batch 123", "b.csv:4"), ("Müller", "b.csv:5"),
      ] { #expect(try await found(text, world) == [source], "\(text)") }
      // A hundred per cent or an underscore is itself; what is in no line, in several texts together, or too short, is not.
      for text in ["BANK_1", "%%%%", "E2E-77STRIPE", "BAN", "nobody's"] {
        #expect(try await found(text, world).first?.contains("files in reports/ show ids") == true, "\(text)")
      }
    }
  }

  @Test func severalLinesAreListedWithWhatToType() async throws {
    try await World.tell { world in
      try await world.book(
        .line(100, on: "2026-11-18", text: "ADYEN BATCH", reference: "R-1"),
        .line(200, on: "2026-11-19", text: "ADYEN BATCH", reference: "R-2"),
        .line(300, text: "MY ADYEN BATCH " + String(repeating: "x", count: 80)), file: "b.csv")
      let several = try await found("adyen batch", world)
      #expect(several.count == 3)
      #expect(
        several[0].hasSuffix(
          "\"adyen batch\"; 2 bank lines have it as a reference or as the text, listed above: give the id of one"))
      #expect(several[1].hasSuffix("  2026-11-19  2.00 USD  R-2, ADYEN BATCH  [b.csv:3]"))
      #expect(several[2].hasSuffix("  2026-11-18  1.00 USD  R-1, ADYEN BATCH  [b.csv:2]"))
      let id = try #require(several[1].split(separator: " ").first.map(String.init))
      #expect(try await found(id, world) == ["b.csv:3"])
      let parts = try await found("dyen batch", world)
      #expect(
        parts[0].hasSuffix("; 3 bank lines have it in a reference or in the text, listed above: give the id of one"))
      #expect(parts[1].contains("  3.00 USD  MY ADYEN BATCH xxx"))
      #expect(parts[1].hasSuffix("x…  [b.csv:4]"))
    }
  }

  /// A reference that a bank puts on everything is no id.
  @Test func aReferenceOfManyLinesIsListed() async throws {
    try await World.tell { world in
      for line in 1...12 {
        try await world.book(.line(Int64(line), text: "line \(line)", reference: "SAMEREF"), file: "\(line).csv")
      }
      let listed = try await found("SAMEREF", world)
      #expect(listed.count == 12)
      #expect(listed[0].contains("12 bank lines have it as a reference"))
      #expect(listed[11] == "and 2 older ones: give more of the text")
    }
  }

  /// A part of another id, too: a person chooses.
  @Test func aPartOfSeveralThingsNamesAll() async throws {
    try await World.tell { world in
      try await world.report(Reported.other(.payout, -500, row: "txn").payout("po_week1"), file: "s.csv")
      try await world.book(.line(500, text: "Payout po_week1"), file: "b.csv")
      try await world.reconcile()
      let listed = try await found("week", world)
      #expect(listed[0].contains("it is a part of po_week1: give one of these whole; 1 bank line has it in a"))
      #expect(listed[1].hasSuffix("5.00 USD  Payout po_week1  [b.csv:2]"))
      #expect(try await found("payout po_week1", world) == ["b.csv:2"])
    }
  }

  @Test func aStatementWithoutANumberIsToldByItsFile() async throws {
    try await World.tell { world in
      try await world.book(
        .line(100, text: "ADYEN BATCH"), statement: .of("2026-11-19", id: "", opening: 0, closing: 100),
        file: "bank/1.csv")
      try await world.book(statement: .of("2026-11-20", id: "", opening: 150, closing: 150), file: "bank/3.csv")
      try await world.reconcile()
      func text(_ id: String) async throws -> String {
        let found = try await world.read { try ExplainCommand.found(id, in: $0).explanations }
        return try #require(settle.Story.all(found).first).text(Style(isOn: false))
      }
      #expect(try await text("ADYEN BATCH").contains("\n  account ACCOUNT, bank/1.csv:2\n"))
      let gap = try #require(try await world.breakRows().first { $0.reason == .statementGap })
      #expect(gap.processorReference == "ACCOUNT")
      let statement = try await text("\(gap.id)")
      #expect(statement.hasPrefix("bank statement up to 2026-11-20 (bank/3.csv:0)\n"), "\(statement)")
      #expect(statement.contains("  of account ACCOUNT up to 2026-11-19: opens with 0.00 USD"), "\(statement)")
      #expect(statement.contains("statement_gap (ACCOUNT): "), "\(statement)")
    }
  }
}
