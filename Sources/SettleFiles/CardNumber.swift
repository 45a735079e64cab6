/// Tells text that may hold a payment card's number, so that it is neither kept nor shown (PCI DSS 3).
package enum CardNumber {
  /// Whether a text may hold a card number: 12 to 19 digits, blanks and hyphens allowed between groups of them, that
  /// begin as an issuer's numbers do, have that issuer's length and pass the Luhn check.
  ///
  /// Digits inside a longer run of digits never match, and neither does a UUID.
  package static func mayBeHeld(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count >= 12 else { return false }
    var digits = 0
    for byte in bytes where isDigit(byte) { digits += 1 }
    guard digits >= 12, !isUUID(bytes) else { return false }
    var finder = CardNumberFinder()
    return finder.finds(in: bytes)
  }

  /// The same for a string.
  package static func mayBeHeld(in text: String) -> Bool {
    var text = text
    return text.withUTF8 { mayBeHeld(in: $0) }
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  static func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6 }

  /// Whether the bytes are 32 hexadecimal digits, with hyphens where a UUID has them or without any.
  static func isUUID(_ bytes: some Collection<UInt8>) -> Bool {
    guard bytes.count == 36 || bytes.count == 32 else { return false }
    var letters = false
    for (index, byte) in bytes.enumerated() {
      if bytes.count == 36, index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return false }
      } else {
        guard isHexadecimal(byte) else { return false }
        letters = letters || !isDigit(byte)
      }
    }
    return letters || bytes.count == 36
  }
}
