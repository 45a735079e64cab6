import Foundation
import SettleModel
import Testing

@testable import SettlePipeline

struct BusinessCalendarTests {
  @Test(arguments: [
    ("UTC", "2026-11-20T23:59:59Z", "2026-11-20"),
    ("UTC", "2026-11-21T00:00:00Z", "2026-11-21"),
    ("Europe/Berlin", "2026-11-20T22:59:59Z", "2026-11-20"),
    ("Europe/Berlin", "2026-11-20T23:00:00Z", "2026-11-21"),
    ("Europe/Berlin", "2026-07-20T22:00:00Z", "2026-07-21"),
    ("America/New_York", "2026-11-21T04:59:59.999999Z", "2026-11-20"),
    ("America/New_York", "2026-11-21T05:00:00Z", "2026-11-21"),
    // The night when summer time ends has two hours between one and two.
    ("America/New_York", "2026-11-01T03:59:59Z", "2026-10-31"),
    ("America/New_York", "2026-11-02T04:59:59Z", "2026-11-01"),
    ("Pacific/Kiritimati", "2026-11-20T10:00:00Z", "2026-11-21"),
    ("Asia/Kathmandu", "2026-11-20T18:15:00Z", "2026-11-21"),
    ("UTC", "1969-12-31T23:59:59Z", "1969-12-31"),
    ("UTC", "1969-12-31T00:00:00Z", "1969-12-31"),
  ])
  func anInstantHasOneBusinessDate(_ zone: String, _ instant: String, _ date: String) throws {
    let calendar = BusinessCalendar(timeZone: try #require(TimeZone(identifier: zone)))
    let instant = try #require(Timestamp(rfc3339: instant))

    #expect(calendar.today(at: instant).description == date)
  }

  @Test(arguments: [
    ("UTC", "2026-11-21", true), ("UTC", "2026-11-22", false), ("UTC", "2062-11-20", false),
    ("UTC", "1999-01-01", true),
    ("Asia/Tokyo", "2026-11-22", true), ("Asia/Tokyo", "2026-11-23", false),
    ("America/New_York", "2026-11-21", true), ("America/New_York", "2026-11-22", false),
  ])
  func aDateAfterTomorrowIsRefused(_ zone: String, _ date: String, _ passes: Bool) throws {
    let calendar = BusinessCalendar(timeZone: try #require(TimeZone(identifier: zone)))
    let (date, now) = (try #require(BusinessDate(date)), try #require(Timestamp(rfc3339: "2026-11-20T20:00:00Z")))
    var refusal: Failure?
    do { try calendar.refuseFuture(date, at: now) } catch { refusal = Failure(error) }
    #expect((refusal == nil) == passes)
    #expect(refusal.map { $0.status == .usage && $0.message.contains("--allow-future") } != false)
  }
}
