/// Writes JSON straight into bytes, in the order of the calls.
///
/// An answer and its journal record are written for every charge; a tree or `Encodable` would cost more than the
/// charge itself.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []
  private var needsComma = false

  init(capacity: Int = 1024) {
    bytes.reserveCapacity(capacity)
  }

  mutating func object(_ members: (inout JSONWriter) -> Void) {
    open("{")
    members(&self)
    close("}")
  }

  mutating func array<Elements: Sequence>(
    _ elements: Elements, _ element: (inout JSONWriter, Elements.Element) -> Void
  ) {
    open("[")
    for item in elements {
      element(&self, item)
    }
    close("]")
  }

  mutating func value(_ text: String) {
    separate()
    append(quoted: text)
    needsComma = true
  }

  mutating func value(_ number: Int64) {
    separate()
    append(number)
    needsComma = true
  }

  mutating func null() {
    separate()
    append("null")
    needsComma = true
  }

  mutating func valueOrNull(_ text: String?) {
    if let text { value(text) } else { null() }
  }

  mutating func field(_ name: StaticString, _ value: String?) {
    key(name)
    if let value { append(quoted: value) } else { append("null") }
    needsComma = true
  }

  mutating func field(_ name: StaticString, _ value: Int64?) {
    key(name)
    if let value { append(value) } else { append("null") }
    needsComma = true
  }

  mutating func field(_ name: StaticString, _ value: Bool) {
    key(name)
    append(value ? "true" : "false")
    needsComma = true
  }

  /// A member whose value the closure writes; it must write exactly one.
  mutating func field(_ name: StaticString, _ value: (inout JSONWriter) -> Void) {
    key(name)
    needsComma = false
    value(&self)
  }

  mutating func field(_ name: StaticString, _ metadata: Metadata) {
    field(name) { json in
      json.object { json in
        for pair in metadata.pairs {
          json.separate()
          json.append(quoted: pair.key)
          json.append(":")
          json.append(quoted: pair.value)
          json.needsComma = true
        }
      }
    }
  }

  /// A member whose name is not known when compiling.
  mutating func field(named name: String, _ value: Int64) {
    separate()
    append(quoted: name)
    append(":")
    append(value)
    needsComma = true
  }

  /// A member that is left out where there is no value.
  mutating func fieldIfAny(_ name: StaticString, _ value: String?) {
    if let value { field(name, value) }
  }

  /// Ends a line of JSON Lines, so that the next value stands on its own.
  mutating func endLine() {
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  private mutating func key(_ name: StaticString) {
    separate()
    append("\"")
    append(name)
    append("\":")
  }

  private mutating func open(_ bracket: StaticString) {
    separate()
    append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: StaticString) {
    append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { append(",") }
  }

  private mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func append(_ number: Int64) {
    bytes.append(contentsOf: String(number).utf8)
  }

  private mutating func append(quoted text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      // Nearly every text is copied as it is.
      if utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
        bytes.append(contentsOf: utf8)
      } else {
        append(escaping: utf8)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(escaping utf8: UnsafeBufferPointer<UInt8>) {
    for byte in utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(hexDigit(byte >> 4))
        bytes.append(hexDigit(byte & 15))
      default:
        bytes.append(byte)
      }
    }
  }
}

/// The lower-case hexadecimal digit of 0 ... 15.
func hexDigit(_ nibble: UInt8) -> UInt8 {
  nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
}
