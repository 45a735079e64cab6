package import Foundation

/// Foundation's own parser goes through `scanf` and takes signs, blanks and `0x` for digits, so that texts which
/// differ would become one identity. This one takes 8-4-4-4-12 hexadecimal digits and nothing else.
extension UUID {
  /// The UUID that these bytes spell, in either case.
  package init?(canonical bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == 36 else { return nil }
    var high: UInt64 = 0
    var low: UInt64 = 0
    var digits = 0
    for index in 0..<36 {
      let byte = bytes[index]
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = hexadecimalDigit(byte) else { return nil }
      if digits < 16 { high = high << 4 | digit } else { low = low << 4 | digit }
      digits += 1
    }
    self = withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
  }

  /// The UUID that a text spells, in either case.
  package init?(canonical text: some StringProtocol) {
    var text = String(text)
    guard let uuid = text.withUTF8({ UUID(canonical: $0) }) else { return nil }
    self = uuid
  }

  /// 8-4-4-4-12 hexadecimal digits in lower case.
  package var canonical: String {
    String(unsafeUninitializedCapacity: 36) { text in
      var index = 0
      withUnsafeBytes(of: uuid) { bytes in
        for (place, byte) in bytes.enumerated() {
          if place == 4 || place == 6 || place == 8 || place == 10 {
            text[index] = UInt8(ascii: "-")
            index += 1
          }
          text[index] = hexadecimal(byte >> 4)
          text[index + 1] = hexadecimal(byte & 15)
          index += 2
        }
      }
      return index
    }
  }
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt64? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
  default: nil
  }
}

private func hexadecimal(_ digit: UInt8) -> UInt8 {
  digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
}
