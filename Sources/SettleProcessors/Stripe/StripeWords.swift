/// What of Stripe's own words may be kept: its messages can quote the values that they complain about.
enum StripeWords {
  /// A message without anything that could be a card number or a key, on one line, 300 characters at most.
  static func redacted(_ message: String) -> String {
    var kept = ""
    var run = ""
    var digits = 0
    func flush() {
      kept += digits >= 12 ? "[…]" : run
      run = ""
      digits = 0
    }
    for character in message.prefix(2_000) {
      let isDigit = character.isNumber
      // Card numbers are also written in groups, with blanks or dashes between.
      if isDigit || (!run.isEmpty && (character == " " || character == "-")) {
        run.append(character)
        digits += isDigit ? 1 : 0
        continue
      }
      flush()
      kept.append(
        character.isNewline || character.unicodeScalars.first.map { $0.value < 0x20 } == true ? " " : character)
    }
    flush()
    return String(withoutKeys(kept).prefix(300))
  }

  private static func withoutKeys(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false)
      .map { word in
        ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"].contains(where: word.contains) ? "[…]" : word
      }
      .joined(separator: " ")
  }

  /// An error code or type as it may be stored.
  static func code(_ text: String) -> String {
    let plain =
      text.utf8.count <= 64
      && text.utf8.allSatisfy { ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F }
    return plain && !text.isEmpty ? text : "unreadable_code"
  }
}
