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
    ("\rx", "\"'\rx\""), ("\nx", "\"'\nx\""), ("  =1", "\"'  =1\""), ("＝1", "\"'＝1\""), ("=\"a\"", "\"'=\"\"a\"\"\""),
  ])
  func texts(_ text: String, _ expected: String) throws {
    #expect(try Self.written([[.text(text), .text("z")]]) == "a,b\r\n\(expected),z\r\n")
  }

  @Test(arguments: [(-1250, "USD", "-12.50"), (0, "USD", "0.00"), (500, "JPY", "500"), (-1, "KWD", "-0.001")])
  func amountsStayNumbers(_ minor: Int64, _ currency: String, _ expected: String) throws {
    let row: [CSVWriter.Field] = [.amount(try money(minor, currency)), .text("z")]
    #expect(try Self.written([row]) == "a,b\r\n\(expected),z\r\n")
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
