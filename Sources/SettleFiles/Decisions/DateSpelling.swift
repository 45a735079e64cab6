package import SettleModel

/// How spreadsheets rewrite dates: as their country writes them, or as a number of days.
package enum DateSpelling {
  /// Whether a text may spell the date: `2026-11-21`, `21.11.2026`, `11/21/26`, `21/11/2026 00:00`, `46347`.
  ///
  /// As with amounts, nothing is guessed: where the day or the month may come first, either may be meant.
  package static func mayBe(_ text: String, _ date: BusinessDate) -> Bool {
    let day = text.split { $0.isWhitespace || $0 == "T" }.first.map(String.init) ?? ""
    // Days since 1899-12-30, as Excel and LibreOffice count them.
    if day.count == 5, day.allSatisfy(\.isASCIIDigit) {
      return Int(day).map { $0 == date.daysSinceEpoch + 25_569 } ?? false
    }
    let parts = day.split(omittingEmptySubsequences: true) { "./-".contains($0) }
    guard parts.count == 3, parts.allSatisfy({ $0.allSatisfy(\.isASCIIDigit) }) else { return false }
    let wanted = date.description.split(separator: "-").map(String.init)
    let orders = parts[0].count == 4 ? [[0, 1, 2]] : [[2, 1, 0], [2, 0, 1], [0, 1, 2]]
    return orders.contains { order in
      let (year, month, dayOfMonth) = (parts[order[0]], parts[order[1]], parts[order[2]])
      return (year == wanted[0] || year.count == 2 && wanted[0].hasSuffix(year)) && Int(month) == Int(wanted[1])
        && Int(dayOfMonth) == Int(wanted[2])
    }
  }
}
