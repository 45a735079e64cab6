import Testing

@testable import SettleFiles

@Suite struct CSVParserTests {
  struct Record: Equatable, CustomStringConvertible {
    var line: Int
    var fields: [String]
    init(_ line: Int, _ fields: String...) { (self.line, self.fields) = (line, fields) }
    init(line: Int, fields: [String]) { (self.line, self.fields) = (line, fields) }
    var description: String { "\(line)\(fields)" }
  }

  static func parse(_ bytes: [UInt8], chunk: Int = 4_096) throws -> [Record] {
    let parser = CSVParser(separator: UInt8(ascii: ","))
    var records: [Record] = []
    func keep(_ record: RecordBuffer) { records.append(Record(line: record.line, fields: record.texts)) }
    try inChunks(bytes, of: chunk) { try parser.feed($0, body: keep) }
    try parser.finish(body: keep)
    return records
  }

  /// Whether a first reading finds nothing wrong. It must agree with a whole one.
  static func skims(_ bytes: [UInt8], chunk: Int) -> Bool {
    let parser = CSVParser(separator: UInt8(ascii: ","))
    do {
      try inChunks(bytes, of: chunk) { try parser.skim($0) { _ in } }
      try parser.finish { _ in }
      return true
    } catch {
      return false
    }
  }

  @Test(arguments: [
    ("a,b\nc,d\n", [Record(1, "a", "b"), Record(2, "c", "d")]),
    ("a,b\r\nc,d\r\n", [Record(1, "a", "b"), Record(2, "c", "d")]),
    ("a,b\nc,d", [Record(1, "a", "b"), Record(2, "c", "d")]),
    ("\n\na\n\n  \n\t\nb\n", [Record(3, "a"), Record(7, "b")]),
    ("\r\n\r\na\r\n\r\nb", [Record(3, "a"), Record(5, "b")]),
    ("a,\"x\ny\n\nz\"\nb\n", [Record(1, "a", "x\ny\n\nz"), Record(5, "b")]),
    ("\"x\r\ny\"\r\nb\r\n", [Record(1, "x\r\ny"), Record(3, "b")]),
    ("\"x\ry\"\nb\n", [Record(1, "x\ry"), Record(2, "b")]),
    ("  a , b \n", [Record(1, "a", "b")]),
    ("\" a \",\" b\"\n", [Record(1, " a ", " b")]),
    ("a,,\n,,\n", [Record(1, "a", "", ""), Record(2, "", "", "")]),
    ("\"\"\n", [Record(1, "")]),
    ("\"a\"\"b\"\n", [Record(1, "a\"b")]),
    ("", []), ("\n", []), ("a,", [Record(1, "a", "")]),
  ])
  func recordsAndTheirLines(_ text: String, _ expected: [Record]) throws {
    for chunk in [1, 2, 3, 4_096] { #expect(try Self.parse(Array(text.utf8), chunk: chunk) == expected) }
  }

  @Test(arguments: [
    ("a\rb\r", FileRefusal.Reason.bareCarriageReturn, 1), ("a\nb\rc\n", .bareCarriageReturn, 2),
    ("a\nb\r", .bareCarriageReturn, 2), ("a\n\"b\"\rc\n", .bareCarriageReturn, 2),
    ("a\nb\"c\n", .strayQuote, 2), ("a\n\n\"b\"c\n", .strayQuote, 3), ("\"a\nb\"c\n", .strayQuote, 2),
    ("a\n\"b", .truncated, 2), ("a\n\"b\nc\nd", .truncated, 2), ("a\n\"b\r", .bareCarriageReturn, 2),
  ])
  func damage(_ text: String, _ reason: FileRefusal.Reason, _ line: Int) throws {
    for chunk in [1, 2, 3, 4_096] {
      let damage = try #require(throws: FileDamage.self) { try Self.parse(Array(text.utf8), chunk: chunk) }
      #expect(damage.reason == reason)
      #expect(damage.line == line)
      #expect(!Self.skims(Array(text.utf8), chunk: chunk))
    }
  }

  @Test func fieldsOfAnyLengthPassInConstantMemory() throws {
    let parser = CSVParser(separator: UInt8(ascii: ","))
    var seen: [(line: Int, tooLong: Int?, count: Int)] = []
    func keep(_ record: RecordBuffer) { seen.append((record.line, record.tooLong, record.count)) }
    let blank = [UInt8](repeating: 0x20, count: 200_000)
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 200_000)
    func feed(_ bytes: [UInt8]) throws { try inChunks(bytes, of: 65_536) { try parser.feed($0, body: keep) } }
    try feed(Array("a,b,c\n1,\"".utf8))
    for _ in 0..<50 { try feed(long + blank) }
    try feed(Array("\",3\n1,".utf8) + long + blank + long + blank)
    try feed(Array(",3\n1,2,3\n".utf8))
    try parser.finish(body: keep)
    #expect(seen.map(\.line) == [1, 2, 3, 4])
    #expect(seen.map(\.tooLong) == [nil, 1, 1, nil])
    #expect(seen.map(\.count) == [3, 3, 3, 3])
    #expect(parser.heldBytes < 1_000_000)
  }

  @Test func skimmingCountsLinesAndLeavesTheLastRecordToBeSeen() throws {
    let text = "a,b\n1,2\n\n3,4\n5,6\n7"
    for chunk in 1...text.utf8.count {
      let parser = CSVParser(separator: UInt8(ascii: ","))
      var last: Record?
      try inChunks(Array(text.utf8), of: chunk) { try parser.skim($0) { _ in } }
      try parser.finish { last = Record(line: $0.line, fields: $0.texts) }
      #expect(last == Record(6, "7"))
      #expect(parser.endedWithoutNewline)
    }
  }

  /// libcsv and the line counting beside it, against a reader that was written from the grammar alone.
  @Test(arguments: 0..<UInt64(20))
  func agreesWithAPlainReader(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let pieces = ["a", "b", ",", ",", "\n", "\n", "\r\n", " ", "\"", "\"\"", "\"x\"", "\"x,\ny\"", "\r", "é"]
    for _ in 0..<300 {
      let text = (0..<Int.random(in: 0..<14, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
      let bytes = Array(text.joined().utf8)
      let expected = PlainCSV.records(bytes)
      let chunk = Int.random(in: 1...8, using: &random)
      #expect(Self.skims(bytes, chunk: chunk) == (expected != nil), "\(text.joined().debugDescription) in \(chunk)s")
      do {
        #expect(try Self.parse(bytes, chunk: chunk) == expected, "\(text.joined().debugDescription) in \(chunk)s")
      } catch is FileDamage {
        #expect(expected == nil, "\(text.joined().debugDescription) in \(chunk)s")
      }
    }
  }
}

/// CSV as slowly and plainly as can be: the oracle.
private enum PlainCSV {
  /// The records and their lines, or nil where the text must be refused.
  static func records(_ bytes: [UInt8]) -> [CSVParserTests.Record]? {
    var records: [CSVParserTests.Record] = []
    var rest = bytes[...]
    func line() -> Int { 1 + bytes[..<rest.startIndex].count { $0 == UInt8(ascii: "\n") } }
    while true {
      while let first = rest.first, first == 0x20 { rest.removeFirst() }
      if rest.isEmpty { return records }
      if lineEnd(&rest) { continue }
      if rest.first == UInt8(ascii: "\r") { return nil }
      var record = CSVParserTests.Record(line: line(), fields: [])
      repeat {
        guard let field = field(&rest) else { return nil }
        record.fields.append(field)
      } while rest.first == UInt8(ascii: ",") && rest.popFirst() != nil
      records.append(record)
      if rest.isEmpty { return records }
      guard lineEnd(&rest) else { return nil }
    }
  }

  private static func lineEnd(_ rest: inout ArraySlice<UInt8>) -> Bool {
    for end in [Array("\r\n".utf8), Array("\n".utf8)] where rest.starts(with: end) {
      rest.removeFirst(end.count)
      return true
    }
    return false
  }

  private static func field(_ rest: inout ArraySlice<UInt8>) -> String? {
    while rest.first == 0x20 { rest.removeFirst() }
    var text: [UInt8] = []
    if rest.first == UInt8(ascii: "\"") {
      rest.removeFirst()
      while let byte = rest.popFirst() {
        if byte != UInt8(ascii: "\"") {
          text.append(byte)
        } else if rest.first == UInt8(ascii: "\"") {
          text.append(rest.removeFirst())
        } else {
          while rest.first == 0x20 { rest.removeFirst() }
          let ends =
            rest.isEmpty || [UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(rest[rest.startIndex])
          return ends ? String(decoding: text, as: UTF8.self) : nil
        }
      }
      return nil
    }
    while let byte = rest.first, byte != UInt8(ascii: ","), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
      if byte == UInt8(ascii: "\"") { return nil }
      text.append(rest.removeFirst())
    }
    while text.last == 0x20 { text.removeLast() }
    return String(decoding: text, as: UTF8.self)
  }
}
