import SettleModel

/// What banks write for people, made fit to be kept: on one line, without what cannot be seen, without card numbers.
enum StatementText {
  /// Bytes of remittance information that are kept; six lines of MT940 and all of a SEPA payment's fit in.
  static let limit = 1_000

  /// The text on one line, or nil where nothing is left of it.
  ///
  /// `guarded` tells that it is not an id that the layout exempts: then digits that may be a card number become `x`.
  static func kept(_ text: some StringProtocol, limit: Int = limit, guarded: Bool = true) -> String? {
    let words = text.unicodeScalars.split { isBlank($0) }
    guard !words.isEmpty else { return nil }
    let line = words.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
    return cut(guarded ? masked(line) : line, to: limit)
  }

  /// The text with `x` for every digit of a run that is as long as a card's number, where one may be in it.
  static func masked(_ text: String) -> String {
    guard CardNumber.mayBeHeld(in: text) else { return text }
    var scalars = Array(text.unicodeScalars)
    var run: [Int] = []
    func end() {
      if run.count >= 12 { for index in run { scalars[index] = "x" } }
      run.removeAll()
    }
    var gaps = 0
    for index in scalars.indices {
      if isDigit(scalars[index]) {
        run.append(index)
        gaps = 0
      } else if isGap(scalars[index]), gaps == 0 {
        gaps = 1
      } else {
        end()
      }
    }
    end()
    let result = String(String.UnicodeScalarView(scalars))
    // What the run's ends hid from this and not from the guard.
    return CardNumber.mayBeHeld(in: result)
      ? String(String.UnicodeScalarView(scalars.map { isDigit($0) ? "x" : $0 })) : result
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// What ``CardNumberFinder`` lets stand between a card number's groups.
  private static func isGap(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "-" || scalar == "\u{A0}" || ("\u{2000}"..."\u{2015}").contains(scalar)
      || scalar == "\u{202F}"
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value <= 0x20 || scalar.value == 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator: return true
    default: return false
    }
  }

  /// The longest beginning of whole characters that fits.
  private static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var bytes = 0
    return String(
      text.prefix { character in
        bytes += character.utf8.count
        return bytes <= limit
      })
  }
}
