/// Which of the days on which a file was to come went without one.
///
/// Files do not say which day they are of. So a day is counted out as soon as a later one brings more files than it has
/// to itself: those that came late, or all at once after days on which nobody looked.
package enum FilesByDay {
  /// - Parameters:
  ///   - came: how many files came on each day. The first of these days begins the count; the days before it had none.
  ///   - calendars: those of the sources that expect a file, one on each open day of each.
  ///   - end: the last day that may be judged yet. What came after it counts.
  package static func daysWithout(
    came: [BusinessDate: Int], calendars: [BankingCalendar], through end: BusinessDate
  ) -> [BusinessDate] {
    guard let first = came.keys.min(), let last = came.keys.max() else { return [] }
    var without: [BusinessDate] = []
    for offset in 1...max(1, max(last, end).days(since: first)) {
      let day = first.adding(days: offset)
      let expected = calendars.count { $0.isOpen(day) }
      guard let files = came[day], files > 0 else {
        if expected > 0 { without.append(day) }
        continue
      }
      without.removeFirst(min(without.count, max(0, files - expected)))
    }
    return without.filter { $0 <= end }
  }
}
