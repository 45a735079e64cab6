/// Goes through JSON of the plainest kind, without a decoder's containers and boxes.
///
/// Whatever is not plain is refused: texts with escapes or beyond ASCII, numbers that are not whole, deep nesting, and what
/// is no JSON (RFC 8259) at all. What it takes means the same to every reader.
struct PlainJSON {
  typealias Text = UnsafeBufferPointer<UInt8>

  private let bytes: Text
  private var position = 0
  private var depth = 0

  private static let deepest = 16

  /// Reads memory that must outlive it.
  init(_ bytes: Text) { self.bytes = bytes }

  /// Whether nothing but blanks is left.
  var isAtEnd: Bool {
    mutating get {
      skipBlanks()
      return position == bytes.count
    }
  }

  /// Goes through an object; the closure takes each member's value, and says whether it could.
  mutating func object(_ member: (_ name: Text, inout PlainJSON) -> Bool) -> Bool {
    nested("{", "}") { json in
      guard let name = json.letters(), json.take(":") else { return false }
      return member(name, &json)
    }
  }

  mutating func text() -> String? { letters().map { String(decoding: $0, as: UTF8.self) } }

  mutating func integer() -> Int64? {
    skipBlanks()
    let isNegative = take("-")
    let start = position
    var value: Int64 = 0
    while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
      let digit = Int64(bytes[position] - UInt8(ascii: "0"))
      let (tenfold, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflows) = tenfold.addingReportingOverflow(digit)
      guard !tooLarge, !overflows else { return nil }
      value = sum
      position += 1
    }
    let digits = position - start
    // A fraction or an exponent is met where a comma or a bracket should be.
    guard digits == 1 || digits > 1 && bytes[start] != UInt8(ascii: "0") else { return nil }
    return isNegative ? -value : value
  }

  /// Takes a null, and says whether there was one.
  mutating func null() -> Bool { word("null") }

  /// Passes over a value that nobody wants.
  mutating func skip() -> Bool {
    skipBlanks()
    guard position < bytes.count else { return false }
    switch bytes[position] {
    case UInt8(ascii: "\""): return letters() != nil
    case UInt8(ascii: "{"): return object { _, json in json.skip() }
    case UInt8(ascii: "["): return nested("[", "]") { $0.skip() }
    case UInt8(ascii: "n"): return null()
    case UInt8(ascii: "t"): return word("true")
    case UInt8(ascii: "f"): return word("false")
    default: return integer() != nil
    }
  }

  private mutating func nested(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ element: (inout PlainJSON) -> Bool
  ) -> Bool {
    guard take(open), depth < Self.deepest else { return false }
    depth += 1
    defer { depth -= 1 }
    if take(close) { return true }
    repeat {
      guard element(&self) else { return false }
    } while take(",")
    return take(close)
  }

  private mutating func letters() -> Text? {
    guard take("\"") else { return nil }
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") { return Text(rebasing: bytes[start..<position - 1]) }
      guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") else { return nil }
    }
    return nil
  }

  private mutating func word(_ word: StaticString) -> Bool {
    skipBlanks()
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count, Text(rebasing: bytes[position..<end]).says(word) else { return false }
    position = end
    return true
  }

  private mutating func take(_ sign: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard position < bytes.count, bytes[position] == UInt8(ascii: sign) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }
}

extension PlainJSON.Text {
  /// Whether these are the bytes of a word.
  func says(_ word: StaticString) -> Bool {
    elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }
}
