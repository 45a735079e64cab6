import SettleModel
import Testing

@testable import SettleFiles

@Suite struct BAI2RecordTests {
  static func fields(_ lines: [String], _ count: Int) throws -> [String] {
    var record = try #require(BAI2Record(lines[0], 1))
    for line in lines.dropFirst() { try record.add(#require(BAI2Record.parts(line)).content) }
    var fields = record.fields
    return (0..<count).map { _ in fields.next() } + [fields.text()]
  }

  @Test(arguments: [
    (
      ["16,165,100,,A,B,TEXT, WITH COMMAS/AND SLASHES"], 5,
      ["165", "100", "", "A", "B", "TEXT, WITH COMMAS/AND SLASHES"]
    ),
    (["16,165,100/"], 5, ["165", "100", "", "", "", ""]), (["16,165,100,Z,A,,/"], 5, ["165", "100", "Z", "A", "", ""]),
    (["16,165,100,Z,A/   "], 5, ["165", "100", "Z", "A", "", ""]),
    // A continuation goes on with the next field, and where the text has begun with the text.
    (
      ["16,165,100,S,1,2,3/", "88,A,B,TEXT", "88,MORE, OF IT/"], 8,
      ["165", "100", "S", "1", "2", "3", "A", "B", "TEXT MORE, OF IT"]
    ),
    (["16,531,1,S,1,0,0/", "88,A,/", "88,TEXT"], 8, ["531", "1", "S", "1", "0", "0", "A", "", "TEXT"]),
    (["16,447,1,,,/", "88,TEXT"], 5, ["447", "1", "", "", "", "TEXT"]),
    (["03,1,USD,010,5,,,/"], 6, ["1", "USD", "010", "5", "", "", ""]),
    (["03,1,USD,010,5,,/", "88,015,7,,/"], 10, ["1", "USD", "010", "5", "", "", "015", "7", "", "", ""]),
  ]) func fields(_ lines: [String], _ count: Int, _ expected: [String]) throws {
    #expect(try Self.fields(lines, count) == expected)
  }

  @Test(arguments: ["", "   ", "1", "AB,1", "0x,1", "16;165", "165,1", "/16,1"]) func noRecord(_ line: String) {
    #expect(BAI2Record(line, 1) == nil)
  }

  @Test(arguments: [
    ("", 0), ("0", 0), ("12", 12), ("+12", 12), ("-12", -12), ("0012", 12),
    ("999999999999999999", 999_999_999_999_999_999),
    ("1000000000000000000", 1_000_000_000_000_000_000), ("9999999999999999999", nil), ("1.5", nil), ("1,5", nil),
    ("--1", nil),
    ("+", nil), ("١٢", nil), (" 1", nil),
  ]) func amounts(_ text: String, _ value: Int64?) {
    #expect(BAI2Amount.signed(text) == (text.utf8.count == 19 ? nil : value))
  }

  @Test func onlyDigitsWhereNoSignMayStand() {
    #expect(BAI2Amount.unsigned("12") == 12)
    #expect(BAI2Amount.unsigned("") == 0)
    for text in ["-12", "+12", "x"] { #expect(BAI2Amount.unsigned(text) == nil) }
  }

  @Test(arguments: [
    ("100", nil), ("101", 1), ("399", 1), ("400", nil), ("401", -1), ("699", -1), ("700", nil), ("890", 0),
    ("919", nil),
    ("920", 1), ("959", 1), ("960", -1), ("999", -1), ("16", nil), ("1650", nil), ("", nil), ("abc", nil), ("+16", nil),
  ]) func whichWayMoneyGoes(_ type: String, _ direction: Int64?) throws {
    #expect(try shippedLayouts.known("bai2").statement.direction(of: type) == direction)
  }
}
