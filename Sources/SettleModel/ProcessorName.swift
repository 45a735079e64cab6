/// How processors are named in pipeline files, layouts and columns: `stripe`, `adyen`, `stripe-eu`.
package enum ProcessorName {
  /// Whether it is up to 64 small letters, digits, `-`, `_` and `.`, of which the first is a letter or digit.
  package static func isOne(_ text: String) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard let first = text.utf8.first, isPlain(first), text.utf8.count <= 64 else { return false }
    return text.utf8.allSatisfy { isPlain($0) || "-_.".utf8.contains($0) }
  }
}
