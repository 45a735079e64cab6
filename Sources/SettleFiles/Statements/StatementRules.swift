import SettleModel

/// What a layout of statements says beside its columns. Spellings are the layout's keys.
struct StatementRules: Sendable {
  /// `recognise: root`: the elements that XML begins with, between slashes.
  var root: String?
  /// `recognise: begins`: how the first line begins that is not blank.
  var begins: String?
  /// `recognise: line`: how one of the first ten lines begins. Some banks put lines of their own before a message.
  var line: String?

  /// `credit_codes`, `debit_codes`, `ignored_codes`: which way money goes by the type of a BAI2 transaction.
  var creditCodes: [ClosedRange<Int>] = []
  var debitCodes: [ClosedRange<Int>] = []
  var ignoredCodes: [ClosedRange<Int>] = []
  /// `default_currency`: of BAI2 groups that name none.
  var defaultCurrency = "USD"

  /// `dates`: how CSV writes them.
  var dates = DateForm.yearMonthDay
  /// `account` and `currency`: of CSV that has no such column.
  var account: String?
  var currency: Currency?
  /// `directions`: words of a column that say which way an unsigned amount goes.
  var directions: Directions?

  struct Directions: Sendable {
    var column: String
    var credit: [String]
    var debit: [String]
  }

  /// 1 for credits, -1 for debits, 0 for what is passed over, nil for a type that the layout does not list.
  func direction(of code: String) -> Int64? {
    guard code.utf8.count == 3, let number = Int(code) else { return nil }
    if ignoredCodes.contains(where: { $0.contains(number) }) { return 0 }
    if creditCodes.contains(where: { $0.contains(number) }) { return 1 }
    return debitCodes.contains { $0.contains(number) } ? -1 : nil
  }
}

/// How a date is written.
enum DateForm: String, Sendable, CaseIterable {
  case yearMonthDay = "YYYY-MM-DD"
  case compact = "YYYYMMDD"
  case slashed = "YYYY/MM/DD"
  case german = "DD.MM.YYYY"
  case british = "DD/MM/YYYY"
  case dutch = "DD-MM-YYYY"
  case american = "MM/DD/YYYY"

  /// The day of a text written so; a month or a day may lack its leading zero where separators show it.
  func day(_ text: String) -> BusinessDate? {
    if self == .compact {
      guard text.utf8.count == 8 else { return nil }
      return BusinessDate("\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.suffix(2))")
    }
    let mark = Character(rawValue.contains("/") ? "/" : rawValue.contains(".") ? "." : "-")
    let names = rawValue.split(separator: mark)
    let parts = text.split(separator: mark, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    var day = ""
    for name in ["YYYY", "MM", "DD"] {
      guard let place = names.firstIndex(where: { $0 == name }) else { return nil }
      let part = parts[place]
      guard (1...name.count).contains(part.utf8.count), name != "YYYY" || part.utf8.count == 4 else { return nil }
      day += (day.isEmpty ? "" : "-") + String(repeating: "0", count: name.count - part.utf8.count) + part
    }
    return BusinessDate(day)
  }
}
