/// Holidays by rule. A day that falls on a weekend is closed anyway and is not told apart here.
enum BankHolidays {
  static func isHoliday(_ date: BusinessDate, of rule: BankingCalendar.Rule) -> Bool {
    switch rule {
    case .none, .weekends: false
    case .target2: isTarget2(date)
    case .us: isFederalReserve(date)
    case .uk: isEnglishAndWelsh(date)
    }
  }

  /// ECB, TARGET closing days from 2002: no day is moved to another where it falls on a weekend.
  private static func isTarget2(_ date: BusinessDate) -> Bool {
    let (year, month, day) = date.civil
    return [[1, 1], [5, 1], [12, 25], [12, 26]].contains([month, day]) || isEasterHoliday(date, year)
  }

  /// A holiday on a Sunday closes the Monday after it; one on a Saturday closes nothing, as the Reserve Banks announce
  /// it every year (other federal offices keep the Friday).
  private static func isFederalReserve(_ date: BusinessDate) -> Bool {
    let (year, month, day) = date.civil
    let isMonday = date.weekday == 1
    // Which Monday (or Thursday) of its month it is.
    let place = (day + 6) / 7
    func falls(on wanted: (month: Int, day: Int)) -> Bool {
      (month, day) == wanted || isMonday && date.adding(days: -1).civil == (year, wanted.month, wanted.day)
    }
    return switch month {
    case 1: falls(on: (1, 1)) || isMonday && place == 3 && year >= 1986
    case 2: isMonday && place == 3
    case 5: isMonday && day > 24
    // A law of 17 June 2021; the Reserve Banks close for it since 2022.
    case 6: falls(on: (6, 19)) && year >= 2022
    case 7: falls(on: (7, 4))
    case 9: isMonday && place == 1
    case 10: isMonday && place == 2
    case 11: falls(on: (11, 11)) || date.weekday == 4 && place == 4
    case 12: falls(on: (12, 25))
    default: false
    }
  }

  /// Banking and Financial Dealings Act 1971, and what was proclaimed under it: New Year's Day, Good Friday, Easter
  /// Monday, the first and the last Monday of May, the last of August, Christmas and Boxing Day. What falls on a weekend
  /// is kept on the next weekday that is none yet.
  private static func isEnglishAndWelsh(_ date: BusinessDate) -> Bool {
    let (year, month, day) = date.civil
    if let known = proclaimed[year] {
      if known.added.contains([month, day]) { return true }
      if known.moved.contains([month, day]) { return false }
    }
    let isMonday = date.weekday == 1
    return switch month {
    case 1: day == 1 || isMonday && day <= 3
    case 5: isMonday && (day <= 7 || day > 24)
    case 8: isMonday && day > 24
    // 27 and 28 stand in where 25 or 26 falls on a weekend.
    case 12: [25, 26].contains(day) || day == 27 && date.weekday < 3 || day == 28 && date.weekday < 3
    default: isEasterHoliday(date, year)
    }
  }

  /// Days that were proclaimed for one year, and those that gave way to them. A coming one is a line of a calendar file.
  private static let proclaimed: [Int: (added: [[Int]], moved: [[Int]])] = [
    1995: ([[5, 8]], [[5, 1]]), 1999: ([[12, 31]], []),
    2002: ([[6, 3], [6, 4]], [[5, 27]]), 2011: ([[4, 29]], []), 2012: ([[6, 4], [6, 5]], [[5, 28]]),
    2020: ([[5, 8]], [[5, 4]]), 2022: ([[6, 2], [6, 3], [9, 19]], [[5, 30]]), 2023: ([[5, 8]], []),
  ]

  /// Good Friday or Easter Monday.
  private static func isEasterHoliday(_ date: BusinessDate, _ year: Int) -> Bool {
    [-2, 1].contains(date.days(since: easter(year)))
  }

  /// Easter Sunday of the Gregorian calendar, by the anonymous algorithm that Nature printed in 1876.
  static func easter(_ year: Int) -> BusinessDate {
    let golden = year % 19
    let (century, yearOfCentury) = (year / 100, year % 100)
    let moonCorrection = (century - (century + 8) / 25 + 1) / 3
    let epact = (19 * golden + century - century / 4 - moonCorrection + 15) % 30
    let toSunday = (32 + 2 * (century % 4) + 2 * (yearOfCentury / 4) - epact - yearOfCentury % 4) % 7
    let late = (golden + 11 * epact + 22 * toSunday) / 451
    let days = epact + toSunday - 7 * late + 114
    return BusinessDate(year: year, month: days / 31, day: days % 31 + 1)
  }
}
