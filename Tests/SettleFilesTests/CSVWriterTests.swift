import Foundation
import SettleModel
import Testing

@testable import SettleFiles

@Suite struct CSVWriterTests {
  static func written(_ rows: [[CSVWriter.Field]], header: [String] = ["a", "b"]) throws -> String {
    var bytes: [UInt8] = []
    var writer = try CSVWriter(header: header) { bytes += $0 }
    for row in rows { try writer.write(row) }
    try writer.finish()
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func rowsEndAsTheStandardSays() throws {
    let rows: [[CSVWriter.Field]] = [[.text("x"), .number(-3)], [.empty, .raw("y")]]
    #expect(try Self.written(rows) == "a,b\r\nx,-3\r\n,y\r\n")
  }

  @Test(arguments: [
    ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""),
    (" a", "\" a\""), ("a ", "\"a \""), ("Zoë", "Zoë"), ("", ""), ("a=b", "a=b"), ("1-2", "1-2"),
    ("=1+1", "\"'=1+1\""), ("+1", "\"'+1\""), ("-1", "\"'-1\""), ("@x", "\"'@x\""), ("\tx", "\"'\tx\""),
    ("\rx", "\"'\rx\""), ("\nx", "\"'\nx\""), ("  =1", "\"'  =1\""), ("＝1", "\"'＝1\""), ("\u{A0}=1", "\"'\u{A0}=1\""),
    ("é=1", "é=1"),
    ("-", "\"'-\""), ("\u{2028}@x", "\"'\u{2028}@x\""), ("=\"a\"", "\"'=\"\"a\"\"\""),
  ])
  func texts(_ text: String, _ expected: String) throws {
    #expect(try Self.written([[.text(text), .text("z")]]) == "a,b\r\n\(expected),z\r\n")
  }

  @Test(arguments: [
    (-1250, "USD", "-12.50"), (0, "USD", "0.00"), (5, "USD", "0.05"), (500, "JPY", "500"), (0, "JPY", "0"),
    (-1, "KWD", "-0.001"), (1_234_567, "KWD", "1234.567"), (.min, "USD", "-92233720368547758.08"),
    (.max, "JPY", "9223372036854775807"),
  ])
  func amountsStayNumbers(_ minor: Int64, _ currency: String, _ expected: String) throws {
    let row: [CSVWriter.Field] = [.amount(try money(minor, currency)), .text("z")]
    #expect(try Self.written([row]) == "a,b\r\n\(expected),z\r\n")
    #expect(try money(minor, currency).major == expected)
  }

  @Test func identitiesAndInstants() throws {
    let id = try #require(UUID(uuidString: "550E8400-E29B-41D4-A716-446655440000"))
    let row: [CSVWriter.Field] = [.id(id), .instant(Timestamp(seconds: 0))]
    #expect(try Self.written([row]) == "a,b\r\n550e8400-e29b-41d4-a716-446655440000,1970-01-01T00:00:00Z\r\n")
  }

  @Test(arguments: [0, 1, 86_399, 86_400, 1_763_625_900, 951_782_399, 951_782_400, -1, 253_402_300_799])
  func instantsAreSpeltAsEverywhere(_ seconds: Int64) throws {
    for micros: Int64 in [0, 250_000] {
      let instant = Timestamp(microseconds: seconds * 1_000_000 + micros)
      #expect(try Self.written([[.instant(instant), .instant(instant)]]) == "a,b\r\n\(instant),\(instant)\r\n")
    }
  }

  @Test func aRowOfOneEmptyFieldIsNotABlankLine() throws {
    #expect(try Self.written([[.empty], [.text("")]], header: ["a"]) == "a\r\n\"\"\r\n\"\"\r\n")
  }

  @Test func aFullBufferGoesToTheSinkBeforeTheEnd() throws {
    var chunks = 0
    var writer = try CSVWriter(header: ["a"]) { _ in chunks += 1 }
    for _ in 0..<20_000 { try writer.write([.text("0123456789")]) }
    #expect(chunks > 1)
    try writer.finish()
  }

  @Test(arguments: 0..<UInt64(10))
  func whatIsWrittenIsReadBack(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pieces = ["a", ",", "\"", "\n", "\r\n", "\r", " ", "\t", "é", "😀", "=", ";", "'"]
    let rows = (0..<100).map { _ in
      (0..<3).map { _ in
        (0..<Int.random(in: 0..<6, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      }
    }
    let text = try Self.written(rows.map { $0.map(CSVWriter.Field.raw) }, header: ["x", "y", "z"])
    let read = try CSVParserTests.parse(Array(text.utf8), chunk: Int.random(in: 1...50, using: &random))
    #expect(read.dropFirst().map(\.fields) == rows)
  }
}
