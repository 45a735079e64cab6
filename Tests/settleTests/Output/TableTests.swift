import Testing

@testable import settle

@Suite struct TableTests {
  @Test func columnsAreAlignedAndLinesHaveNoBlanksAtTheirEnds() {
    var table = Table([.left("name"), .right("count"), .left("empty"), .left("note")])
    table.add("a", "1,000", "", "first")
    table.add("longer", "2", "", "")
    #expect(
      table.lines(Style(isOn: false), indentation: 1) == [
        " name    count  note", " a       1,000  first", " longer      2",
      ])
  }

  @Test func aTableWithoutTitlesHasNoHead() {
    var table = Table([.right(""), .left("")])
    table.add("1", "payments")
    #expect(table.lines(Style(isOn: false)) == ["1  payments"])
  }

  @Test func colourDoesNotMoveColumns() {
    var table = Table([.left(""), .left("")])
    table.add(.init("ab", .red), "x")
    table.add("abcd", "y")
    #expect(table.lines(Style(isOn: true)) == ["\u{1B}[31mab\u{1B}[0m    x", "abcd  y"])
  }

  @Test func whatATerminalWouldObeyIsTakenOut() {
    var table = Table([.left("")])
    table.add(.init("order\u{1B}]0;title\u{7}\n"))
    #expect(table.lines(Style(isOn: false)) == ["order\u{FFFD}]0;title\u{FFFD}\u{FFFD}"])
  }
}
