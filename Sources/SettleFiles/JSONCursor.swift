/// A place in one line of JSON, and the tokens that can be read from there.
struct JSONCursor {
  private let bytes: Bytes
  private var index = 0

  init(_ bytes: Bytes) { self.bytes = bytes }

  /// The next byte that is no white space.
  mutating func peek() throws(JSONProblem) -> UInt8 {
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    guard index < bytes.count else { throw .notJSON }
    return bytes[index]
  }

  mutating func expect(_ byte: UInt8) throws(JSONProblem) {
    guard try peek() == byte else { throw .notJSON }
    index += 1
  }

  /// Reads a byte if it comes next.
  mutating func take(_ byte: UInt8) throws(JSONProblem) -> Bool {
    guard try peek() == byte else { return false }
    index += 1
    return true
  }

  func expectEnd() throws(JSONProblem) {
    guard bytes[index...].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { throw .notJSON }
  }

  mutating func word(_ word: StaticString) throws(JSONProblem) {
    let letters = Bytes(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard bytes[index...].starts(with: letters) else { throw .notJSON }
    index += letters.count
  }

  /// A number as written, in RFC 8259's grammar.
  mutating func number() throws(JSONProblem) -> Slice<Bytes> {
    let start = index
    if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[index - whole] != UInt8(ascii: "0") else { throw .notJSON }
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      guard digits() > 0 else { throw .notJSON }
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
      guard digits() > 0 else { throw .notJSON }
    }
    return bytes[start..<index]
  }

  private mutating func digits() -> Int {
    let start = index
    while index < bytes.count, CardNumber.isDigit(bytes[index]) { index += 1 }
    return index - start
  }

  /// A string, its escapes resolved.
  mutating func string(into text: inout [UInt8]) throws(JSONProblem) {
    text.removeAll(keepingCapacity: true)
    try expect(UInt8(ascii: "\""))
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw .notJSON
      default: text.append(byte)
      }
    }
    throw .notJSON
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONProblem) {
    guard index < bytes.count else { throw .notJSON }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      let scalar = try unicodeEscape()
      text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    default: throw .notJSON
    }
  }

  /// Four hexadecimal digits, or two such escapes of a surrogate pair; half a pair is no character.
  private mutating func unicodeEscape() throws(JSONProblem) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, bytes[index...].starts(with: Array("\\u".utf8)) else { throw .notJSON }
    index += 2
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw .notJSON }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONProblem) -> UInt32 {
    guard index + 4 <= bytes.count else { throw .notJSON }
    var value: UInt32 = 0
    for byte in bytes[index..<index + 4] {
      guard CardNumber.isHexadecimal(byte) else { throw .notJSON }
      let digit = CardNumber.isDigit(byte) ? byte - UInt8(ascii: "0") : (byte | 0x20) - UInt8(ascii: "a") + 10
      value = value << 4 | UInt32(digit)
    }
    index += 4
    return value
  }
}
