import Mustache
import SettleModel

/// Escapes text for HTML and SVG, in elements and in quoted attributes.
///
/// It goes by Unicode scalars: to Swift a `<` and a combining accent after it are one character, and an escape that
/// goes by characters lets that one through.
struct PageEscaping: MustacheContentType {
  func escapeText(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n": escaped.unicodeScalars.append(scalar)
      // Control characters are not allowed in HTML, and those that turn text around could disguise an amount.
      case _ where scalar.properties.generalCategory == .control: escaped += "\u{FFFD}"
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

/// How figures and days read on the page.
enum PageText {
  /// `1234567` as `1,234,567`, with a true minus sign.
  static func grouped(_ number: some BinaryInteger) -> String { grouped(major: String(number)) }

  static func grouped(_ money: Money) -> String { grouped(major: money.major) }

  private static func grouped(major: String) -> String {
    let parts = major.split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts[0].drop { $0 == "-" }
    var whole = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { whole += "," }
      whole.append(digit)
    }
    let fraction = parts.count > 1 ? "." + parts[1] : ""
    return (major.hasPrefix("-") ? "\u{2212}" : "") + whole + fraction
  }

  /// What fills an amount up to the widest fraction of its column, so that decimal points stand in one line: blanks
  /// as wide as figures and as the point.
  static func padding(from digits: Int, to widest: Int) -> String {
    guard widest > digits else { return "" }
    return (digits == 0 ? "\u{2008}" : "") + String(repeating: "\u{2007}", count: widest - digits)
  }

  /// `Friday, 20 November 2026`
  static func long(_ date: BusinessDate) -> String {
    let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    guard let (day, month) = dayAndMonth(date) else { return date.description }
    return "\(weekdays[date.weekday - 1]), \(day) \(month) \(date.description.prefix(4))"
  }

  /// `20 Nov`
  static func short(_ date: BusinessDate) -> String {
    dayAndMonth(date).map { "\($0.day) \($0.month.prefix(3))" } ?? date.description
  }

  private static func dayAndMonth(_ date: BusinessDate) -> (day: Int, month: String)? {
    let months = [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
      "December",
    ]
    let parts = date.description.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return nil }
    return (parts[2], months[parts[1] - 1])
  }

  /// Thousandths as `99.4 %`.
  static func percent(perMille: Int64) -> String { "\(perMille / 10).\(perMille % 10)\u{00A0}%" }

  /// `1 break`, `12 breaks`
  static func count(_ number: Int, _ one: String, _ many: String) -> String { number.of(one, many) }

  /// What a person reads for a bucket of the totals.
  static func title(bucket: String) -> String {
    if let reason = BreakReason(rawValue: bucket) { return reason.title }
    switch bucket {
    case "unsent": return "Not yet sent"
    case "unknown": return "Outcome not known"
    case "retrying": return "Declined, to be tried again"
    case "fee": return "Fees"
    case "payout": return "Payouts"
    case "other": return "Booked for something else"
    case "tolerated": return "Within tolerance"
    default: return sentence(bucket)
    }
  }

  /// `not_proven` as `Not proven`
  static func sentence(_ name: String) -> String {
    capitalized(name.replacing("_", with: " ").replacing("-", with: " "))
  }

  static func capitalized(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() }
}
