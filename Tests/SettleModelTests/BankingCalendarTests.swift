import SettleModel
import Testing

/// Against the days that the ECB, the Reserve Banks and gov.uk have published, weekends left out.
@Suite struct BankingCalendarTests {
  struct Year: Sendable, CustomTestStringConvertible {
    var rule: BankingCalendar.Rule
    var year: Int
    /// `01-01 04-18 …`
    var closed: String

    init(_ rule: BankingCalendar.Rule, _ year: Int, _ closed: String) {
      (self.rule, self.year, self.closed) = (rule, year, closed)
    }

    var testDescription: String { "\(rule.rawValue) \(year)" }
  }

  static let published = [
    Year(.target2, 2020, "01-01 04-10 04-13 05-01 12-25"), Year(.target2, 2021, "01-01 04-02 04-05"),
    Year(.target2, 2022, "04-15 04-18 12-26"), Year(.target2, 2023, "04-07 04-10 05-01 12-25 12-26"),
    Year(.target2, 2024, "01-01 03-29 04-01 05-01 12-25 12-26"),
    Year(.target2, 2025, "01-01 04-18 04-21 05-01 12-25 12-26"),
    Year(.target2, 2026, "01-01 04-03 04-06 05-01 12-25"), Year(.target2, 2027, "01-01 03-26 03-29"),
    Year(.us, 2020, "01-01 01-20 02-17 05-25 09-07 10-12 11-11 11-26 12-25"),
    Year(.us, 2021, "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25"),
    Year(.us, 2022, "01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26"),
    Year(.us, 2023, "01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-23 12-25"),
    Year(.us, 2024, "01-01 01-15 02-19 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25"),
    Year(.us, 2025, "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25"),
    Year(.us, 2026, "01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25"),
    Year(.us, 2027, "01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25"),
    Year(.uk, 2011, "01-03 04-22 04-25 04-29 05-02 05-30 08-29 12-26 12-27"),
    Year(.uk, 2012, "01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26"),
    Year(.uk, 2018, "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26"),
    Year(.uk, 2019, "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26"),
    Year(.uk, 2020, "01-01 04-10 04-13 05-08 05-25 08-31 12-25 12-28"),
    Year(.uk, 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28"),
    Year(.uk, 2022, "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27"),
    Year(.uk, 2023, "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"),
    Year(.uk, 2024, "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26"),
    Year(.uk, 2025, "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26"),
    Year(.uk, 2026, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
    Year(.uk, 2027, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
    Year(.weekends, 2026, ""),
  ]

  @Test(arguments: published)
  func aYearIsClosedOnTheDaysPublished(_ year: Year) throws {
    let calendar = BankingCalendar(year.rule)
    let first = try #require(BusinessDate("\(year.year)-01-01"))
    let days = (0..<366).map { first.adding(days: $0) }.filter { $0.description.hasPrefix("\(year.year)") }
    let closed = days.filter { $0.weekday < 6 && !calendar.isOpen($0) }.map { String($0.description.dropFirst(5)) }
    #expect(closed.joined(separator: " ") == year.closed)
    #expect(days.allSatisfy { $0.weekday < 6 || !calendar.isOpen($0) })
  }

  /// Easter Sundays, among them the earliest and latest of two centuries.
  @Test(arguments: [
    "2000-04-23", "2001-04-15", "2002-03-31", "2003-04-20", "2004-04-11", "2005-03-27", "2006-04-16", "2007-04-08",
    "2008-03-23", "2009-04-12", "2010-04-04", "2011-04-24", "2012-04-08", "2013-03-31", "2014-04-20", "2015-04-05",
    "2016-03-27", "2017-04-16", "2018-04-01", "2019-04-21", "2028-04-16", "2029-04-01", "2030-04-21", "2035-03-25",
    "2038-04-25", "2049-04-18",
  ])
  func easterIsKept(sunday: String) throws {
    let easter = try #require(BusinessDate(sunday))
    let calendar = BankingCalendar(.target2)
    #expect(easter.weekday == 7)
    #expect([-3, -2, 1, 2].map { calendar.isOpen(easter.adding(days: $0)) } == [true, false, false, true])
  }

  @Test(arguments: ["1970-01-01 4", "1969-12-28 7", "1900-01-01 1", "2026-11-20 5", "2000-02-29 2"])
  func theWeekdayIsKnown(_ text: String) throws {
    let parts = text.split(separator: " ")
    #expect(try #require(BusinessDate(parts[0])).weekday == Int(parts[1]))
  }

  @Test(arguments: BankingCalendar.Rule.allCases)
  func theLatestStartIsTheLastFromWhichSoManyDaysHavePassed(_ rule: BankingCalendar.Rule) throws {
    let first = try #require(BusinessDate("2026-12-14"))
    let calendar = BankingCalendar(rule, closed: [first.adding(days: 17)])
    for day in 0..<40 {
      let today = first.adding(days: day)
      for waiting in 0...6 {
        let start = calendar.latestStart(waiting: waiting, by: today)
        #expect(calendar.date(waiting, after: start) <= today)
        #expect(calendar.date(waiting, after: start.adding(days: 1)) > today)
      }
      let passed = calendar.openDays(from: first.adding(days: 1), through: today)
      #expect(passed.isEmpty || calendar.date(passed.count, after: first) == passed.last)
    }
  }

  @Test func ownDaysAreClosedToo() throws {
    let eve = try #require(BusinessDate("2026-12-24"))
    let calendar = BankingCalendar(.target2, closed: [eve])
    #expect(!calendar.isOpen(eve))
    #expect(calendar.date(1, after: eve.adding(days: -1)).description == "2026-12-28")
    #expect(calendar.endlessClosure == nil)
    let long = BankingCalendar(.weekends, closed: Set((0..<40).map { eve.adding(days: $0) }))
    #expect(long.endlessClosure == eve)
  }
}
