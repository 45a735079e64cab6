/// An accounting day. It stands beside an instant, never instead of one; which instant falls on which day is the
/// pipeline's time zone's to say.
package struct BusinessDate: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Days since 1970-01-01 in the proleptic Gregorian calendar.
  package let daysSinceEpoch: Int

  package init(daysSinceEpoch: Int) { self.daysSinceEpoch = daysSinceEpoch }

  /// Reads `YYYY-MM-DD`; a day that the calendar does not have is nil.
  package init?(_ text: some StringProtocol) {
    guard let date = Array(text.utf8).withUnsafeBufferPointer({ BusinessDate(utf8: $0) }) else { return nil }
    self = date
  }

  /// The same for a text's bytes.
  package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
      (1...12).contains(month), day >= 1
    else { return nil }
    let date = BusinessDate(year: year, month: month, day: day)
    guard date.civil == (year, month, day) else { return nil }
    self = date
  }

  /// Days from a civil date, by counting 400-year eras that begin on 1 March, so that the leap day comes last.
  init(year: Int, month: Int, day: Int) {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    daysSinceEpoch = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  var civil: (year: Int, month: Int, day: Int) {
    let days = daysSinceEpoch + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  package var description: String {
    let (year, month, day) = civil
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }

  /// 1 is Monday, 7 is Sunday. (1970-01-01 was a Thursday.)
  package var weekday: Int { ((daysSinceEpoch + 3) % 7 + 7) % 7 + 1 }

  package static func < (left: BusinessDate, right: BusinessDate) -> Bool {
    left.daysSinceEpoch < right.daysSinceEpoch
  }

  package func adding(days: Int) -> BusinessDate { BusinessDate(daysSinceEpoch: daysSinceEpoch + days) }

  /// Whole days from another date to this one.
  package func days(since earlier: BusinessDate) -> Int { daysSinceEpoch - earlier.daysSinceEpoch }

  /// The instant at which this day begins in UTC.
  package var startInUTC: Timestamp { Timestamp(seconds: Int64(daysSinceEpoch) * 86_400) }
}
