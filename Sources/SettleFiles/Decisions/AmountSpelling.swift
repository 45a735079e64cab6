package import SettleModel

/// How spreadsheets rewrite amounts that they take for numbers of their own country.
///
/// A cell is never read as an amount: what the break's amount is settle knows, and asks only whether the cell can be
/// a spelling of it. So no separator has to be guessed.
package enum AmountSpelling {
  /// Whether a text may spell the amount: `1.234,50`, `1,234.50`, `1 234,5`, `1'234.50`, `1234.5`, `(1,234.50)`,
  /// `1234.50-`, `$1,234.50`, `1.234,50 EUR`. Digits that were rounded away are not made up.
  package static func mayBe(_ text: String, _ amount: Money) -> Bool {
    guard let (figures, isNegative) = figures(of: text, currency: amount.currency) else { return false }
    guard isNegative == (amount.minor < 0) || amount.minor == 0 else { return false }
    let digits = amount.currency.digits
    return readings(of: figures).contains { whole, fraction in
      let kept = fraction.prefix(digits)
      guard fraction.dropFirst(digits).allSatisfy({ $0 == "0" }) else { return false }
      let padded = kept + String(repeating: "0", count: digits - kept.count)
      return UInt64(whole + padded) == amount.minor.magnitude
    }
  }

  /// The digits with their separators, and the sign; nil where it is no amount of this currency.
  private static func figures(of text: String, currency: Currency) -> (String, Bool)? {
    var text = text.filter { !$0.isWhitespace }.uppercased()[...]
    for mark in [currency.code] + symbols {
      if text.hasPrefix(mark) { text = text.dropFirst(mark.count) }
      if text.hasSuffix(mark) { text = text.dropLast(mark.count) }
    }
    var isNegative = false
    if text.hasPrefix("("), text.hasSuffix(")") {
      (text, isNegative) = (text.dropFirst().dropLast(), true)
    } else if let first = text.first, minuses.contains(first) {
      (text, isNegative) = (text.dropFirst(), true)
    } else if let last = text.last, minuses.contains(last) {
      (text, isNegative) = (text.dropLast(), true)
    } else if text.first == "+" {
      text = text.dropFirst()
    }
    // The symbol may stand behind the sign: -$5.00.
    for mark in [currency.code] + symbols where text.hasPrefix(mark) { text = text.dropFirst(mark.count) }
    guard let first = text.first, let last = text.last, first.isASCIIDigit, last.isASCIIDigit,
      text.allSatisfy({ $0.isASCIIDigit || separators.contains($0) })
    else { return nil }
    return (String(text), isNegative)
  }

  /// The whole and the fraction, as each separator may be meant: the last one as the decimal point, or all as grouping.
  private static func readings(of figures: String) -> [(whole: String, fraction: String)] {
    let marks = figures.filter { separators.contains($0) }
    guard let last = marks.last else { return [(figures, "")] }
    var readings: [(String, String)] = []
    if Set(marks).count == 1, let whole = ungrouped(figures, by: last) { readings.append((whole, "")) }
    if let place = figures.lastIndex(of: last), last == "." || last == ",", marks.count(where: { $0 == last }) == 1 {
      let head = String(figures[..<place])
      let fraction = String(figures[figures.index(after: place)...])
      let grouping = Set(marks.dropLast())
      if grouping.isEmpty { readings.append((head, fraction)) }
      if grouping.count == 1, let mark = grouping.first, let whole = ungrouped(head, by: mark) {
        readings.append((whole, fraction))
      }
    }
    return readings
  }

  /// Groups of three, or of two as in India, with three at the end.
  private static func ungrouped(_ text: String, by mark: Character) -> String? {
    let groups = text.split(separator: mark, omittingEmptySubsequences: false)
    guard let first = groups.first, let last = groups.last, groups.count > 1, (1...3).contains(first.count),
      last.count == 3, groups.dropFirst().dropLast().allSatisfy({ (2...3).contains($0.count) })
    else { return nil }
    return groups.joined()
  }

  private static let separators: Set<Character> = [".", ",", "'", "\u{2019}"]
  private static let minuses: Set<Character> = ["-", "\u{2212}", "\u{2013}"]
  private static let symbols = ["$", "€", "£", "¥"]
}

extension Character {
  var isASCIIDigit: Bool { isASCII && isNumber }
}
