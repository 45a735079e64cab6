/// Spellings of instants that differ from RFC 3339 in their marks alone.
enum InstantText {
  /// Gives the body `2026/01/06 00:00:30 -0800`, as PayPal writes it, with the marks of RFC 3339. Any other text it is
  /// given as it is.
  static func withHyphens<Result>(
    _ bytes: Bytes, _ body: (Bytes) throws(RowRefusal) -> Result
  ) throws(RowRefusal) -> Result {
    let slash = UInt8(ascii: "/")
    guard bytes.count >= 19, bytes[4] == slash, bytes[7] == slash else { return try body(bytes) }
    var text = Array(bytes)
    (text[4], text[7]) = (UInt8(ascii: "-"), UInt8(ascii: "-"))
    if text.count > 20, text[19] == UInt8(ascii: " "), text[20] == UInt8(ascii: "+") || text[20] == UInt8(ascii: "-") {
      text.remove(at: 19)
    }
    return try text.withUnsafeBufferPointer(body)
  }
}
