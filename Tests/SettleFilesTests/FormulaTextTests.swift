import Testing

@testable import SettleFiles

@Suite struct FormulaTextTests {
  /// What a spreadsheet that splits at semicolons or tabs would run in the middle of a cell.
  @Test(arguments: [
    ("X;=cmd|calc!A0;", "\"X;'=cmd|calc!A0;\""), ("a; =1", "\"a;' =1\""), ("a;\"=1\"", "\"a;'\"\"=1\"\"\""),
    ("a\t@x", "\"a\t'@x\""), ("a\n+1", "\"a\n'+1\""), ("=a;-b;c", "\"'=a;'-b;c\""), ("a;\u{FF1D}1", "\"a;'\u{FF1D}1\""),
    ("a.csv:2; b.csv:3", "a.csv:2; b.csv:3"), ("a;b=c", "a;b=c"), ("a;'=b", "a;'=b"), ("a;", "a;"),
  ])
  func partsOfCells(_ text: String, _ expected: String) throws {
    #expect(try CSVWriterTests.written([[.text(text), .text("z")]]) == "a,b\r\n\(expected),z\r\n")
  }

  @Test func blanksThatNobodyWritesDoNotHideAnOperator() throws {
    let text = String(repeating: " ", count: 70) + "=1"
    #expect(FormulaText.marked(text) == "'" + text)
  }

  @Test(arguments: ["X;=cmd;", "=1", "a; =1;\"=2", "\t=1", "plain", "it's; fine", "a;;=b", "-", "@a\t-b\n+c"])
  func marksAreTakenOutAgain(_ text: String) {
    let marked = FormulaText.marked(text)
    #expect(FormulaText.unmarked(marked) == text)
    #expect(FormulaText.isCell(marked, of: text))
    #expect(FormulaText.isCell(text, of: text))
  }

  /// An apostrophe of its own is no mark.
  @Test(arguments: ["'=q", "a;'=q", "'", "''=q", " '=q ", "\t=1"])
  func aTextMayBeginWithAnApostrophe(_ text: String) throws {
    #expect(FormulaText.isCell(FormulaText.marked(text), of: text))
    #expect(FormulaText.isCell(text, of: text))
    #expect(!FormulaText.isCell("other", of: text))
  }
}
