/// A rate between two currencies as a processor wrote it: an exact positive decimal, never a floating point number.
package struct ExchangeRate: Hashable, Sendable, CustomStringConvertible {
  /// Plain decimal digits without needless zeros: `1`, `0.0085`, `149.27`. Two spellings of one rate are the same text.
  package let text: String

  /// Digits that a rate may have, before and after its point together.
  package static let limit = 36

  package var description: String { text }

  package init?(_ text: some StringProtocol) {
    var bytes = Array(text.utf8)
    guard let rate = bytes.withUnsafeMutableBufferPointer({ ExchangeRate(utf8: UnsafeBufferPointer($0)) }) else {
      return nil
    }
    self = rate
  }

  /// Reads `12`, `12.30` or `0.0085`; nil for anything else: a sign, an exponent, a separator of thousands, zero.
  package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), bytes.count <= Self.limit + 1,
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } }),
      bytes.contains(where: { UInt8(ascii: "1")...UInt8(ascii: "9") ~= $0 })
    else { return nil }
    let zero = UInt8(ascii: "0")
    let whole = String(decoding: parts[0].drop { $0 == zero }, as: UTF8.self)
    var fraction = parts.count == 2 ? Array(parts[1]) : []
    while fraction.last == zero { fraction.removeLast() }
    text = (whole.isEmpty ? "0" : whole) + (fraction.isEmpty ? "" : "." + String(decoding: fraction, as: UTF8.self))
  }
}
