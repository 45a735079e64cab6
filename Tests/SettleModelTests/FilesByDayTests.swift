import SettleModel
import Testing

/// 2026-11-16 is a Monday; days of that month stand for themselves.
@Suite struct FilesByDayTests {
  private static func day(_ number: Int) -> BusinessDate {
    BusinessDate("2026-11-\(number)") ?? .init(daysSinceEpoch: 0)
  }

  @Test(
    arguments: [
      // Nothing has ever come.
      ([:], 20, []),
      // The first day begins the count, and the last one is judged.
      ([17: 1], 17, []), ([17: 1], 19, [18, 19]), ([17: 1, 18: 1, 19: 1], 19, []),
      ([17: 1, 19: 1], 19, [18]), ([17: 1, 19: 1], 18, [18]), ([17: 1, 20: 1], 18, [18]),
      // A second file of a later day takes the place of the one that failed to come first.
      ([17: 1, 19: 2], 19, []), ([17: 1, 21: 3], 21, [20]), ([17: 1, 19: 2], 18, []),
      // On its own day, or before, it takes nobody's.
      ([17: 3, 19: 1], 19, [18]), ([17: 1, 18: 5, 20: 1], 20, [19]),
      // Days that nobody judges yet.
      ([17: 1], 16, []), ([20: 1], 18, []),
    ] as [([Int: Int], Int, [Int])])
  func aFileADay(came: [Int: Int], through end: Int, without: [Int]) {
    #expect(Self.without(came, [BankingCalendar(.none)], end) == without.map(Self.day))
  }

  @Test(
    arguments: [
      // The 21st and 22nd are a weekend: none is expected, and one that comes then is another day's.
      ([19: 1, 23: 1], 23, [20]), ([20: 1, 23: 1], 23, []), ([19: 1, 21: 1, 23: 1], 23, []),
      ([19: 1, 22: 1], 23, [23]),
    ] as [([Int: Int], Int, [Int])])
  func onBankingDays(came: [Int: Int], through end: Int, without: [Int]) {
    #expect(Self.without(came, [BankingCalendar(.weekends)], end) == without.map(Self.day))
  }

  /// Two sources of one processor: each day has two files to itself, and one of them is enough to have told of the day.
  @Test(
    arguments: [([17: 2, 19: 2], [18]), ([17: 2, 19: 3], []), ([17: 2, 18: 1, 19: 2], [])] as [([Int: Int], [Int])])
  func twoSourcesHaveTwoFilesADay(came: [Int: Int], without: [Int]) {
    #expect(
      Self.without(came, [BankingCalendar(.none), BankingCalendar(.weekends)], 19) == without.map(Self.day))
  }

  private static func without(_ came: [Int: Int], _ calendars: [BankingCalendar], _ end: Int) -> [BusinessDate] {
    FilesByDay.daysWithout(
      came: Dictionary(uniqueKeysWithValues: came.map { (day($0.key), $0.value) }), calendars: calendars,
      through: day(end))
  }
}
