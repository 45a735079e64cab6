/// Which days banks work: what `waiting_days` counts, and on which days a processor's file is expected.
package struct BankingCalendar: Hashable, Sendable {
  /// Stored spellings are those of a pipeline file.
  package enum Rule: String, Sendable, CaseIterable {
    /// Every day counts.
    case none
    /// All but Saturdays and Sundays.
    case weekends
    /// The Eurosystem's settlement days (TARGET2, now T2), as the ECB fixed them from 2002 on.
    case target2
    /// The Federal Reserve Banks' days.
    case us
    /// Bank holidays of England and Wales, which the United Kingdom's payment systems keep.
    case uk
  }

  package var rule: Rule
  /// Days closed beside those of the rule.
  package var closed: Set<BusinessDate>

  package init(_ rule: Rule, closed: Set<BusinessDate> = []) {
    self.rule = rule
    self.closed = closed
  }

  package func isOpen(_ date: BusinessDate) -> Bool {
    guard !closed.contains(date) else { return false }
    guard rule != .none else { return true }
    return date.weekday < 6 && !BankHolidays.isHoliday(date, of: rule)
  }

  /// The day that is so many open days after another; that day itself for none.
  package func date(_ days: Int, after start: BusinessDate) -> BusinessDate {
    var (date, left) = (start, days)
    while left > 0 {
      date = date.adding(days: 1)
      if isOpen(date) { left -= 1 }
    }
    return date
  }

  /// The latest day after which so many open days have passed by `date`.
  package func latestStart(waiting days: Int, by date: BusinessDate) -> BusinessDate {
    var (start, left) = (date, days)
    while left > 0 {
      if isOpen(start) { left -= 1 }
      start = start.adding(days: -1)
    }
    return start
  }

  /// The open days from one day to another, both counted.
  package func openDays(from first: BusinessDate, through last: BusinessDate) -> [BusinessDate] {
    guard first <= last else { return [] }
    return (0...last.days(since: first)).map { first.adding(days: $0) }.filter(isOpen)
  }

  /// How many days in a row may be closed: with more, hardly anything would ever be due.
  package static let mostClosedInARow = 31

  /// The first day of more closed days in a row than settle takes, or nil.
  package var endlessClosure: BusinessDate? {
    closed.sorted().first { first in
      (0...Self.mostClosedInARow).allSatisfy { !isOpen(first.adding(days: $0)) }
    }
  }
}
