import Foundation
import SettleModel
import Testing

@Suite struct BusinessDateTests {
  @Test(arguments: [
    ("1970-01-01", 0), ("1970-01-02", 1), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2000-03-01", 11_017),
    ("2024-02-29", 19_782), ("2026-11-20", 20_777), ("1900-03-01", -25_508), ("9999-12-31", 2_932_896),
  ])
  func countsDaysSince1970(text: String, days: Int) {
    #expect(BusinessDate(text)?.daysSinceEpoch == days)
    #expect(BusinessDate(daysSinceEpoch: days).description == text)
  }

  @Test(arguments: [
    "", "2026", "2026-11", "2026-11-2", "2026-1-20", "20261120", "2026/11/20", "2026-11-20 ", " 2026-11-20",
    "2026-00-20", "2026-13-20", "2026-11-00", "2026-11-31", "2026-02-29", "1900-02-29", "2100-02-29", "-026-11-20",
    "+026-11-20", "2026-1a-20", "２０２６-11-20", "2026-11-20T",
  ])
  func refusesWhatTheCalendarDoesNotHave(text: String) {
    #expect(BusinessDate(text) == nil)
  }

  /// Foundation's Gregorian calendar is the witness, over the years that files can name.
  @Test func agreesWithFoundation() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    for days in stride(from: -25_567, through: 84_000, by: 7) {
      let parts = calendar.dateComponents(
        [.year, .month, .day], from: Date(timeIntervalSince1970: Double(days) * 86_400))
      let text = BusinessDate(daysSinceEpoch: days).description
      #expect(text == String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0))
      #expect(BusinessDate(text)?.daysSinceEpoch == days)
    }
  }

  @Test func movesAndCompares() {
    let start = date("2026-02-27")
    #expect(start.adding(days: 2) == date("2026-03-01"))
    #expect(start.adding(days: -58) == date("2025-12-31"))
    #expect(date("2026-03-01").days(since: start) == 2)
    #expect(start < date("2026-03-01"))
    #expect(start.startInUTC == instant("2026-02-27T00:00:00Z"))
  }
}
