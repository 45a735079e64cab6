import SettleModel
import Testing

@testable import SettleFiles

@Suite struct ReportZoneTests {
  @Test(
    arguments: [
      ("UTC", "2026-07-01 12:00:00", "2026-07-01T12:00:00Z"),
      ("GMT", "2026-07-01 12:00:00", "2026-07-01T12:00:00Z"),
      ("Europe/Berlin", "2026-01-01 00:30:00", "2025-12-31T23:30:00Z"),
      ("Europe/Berlin", "2026-07-01 12:00:00", "2026-07-01T10:00:00Z"),
      ("Europe/Berlin", "2026-03-29 01:59:59", "2026-03-29T00:59:59Z"),
      ("Europe/Berlin", "2026-03-29 02:30:00", nil),
      ("Europe/Berlin", "2026-03-29 03:00:00", "2026-03-29T01:00:00Z"),
      ("Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),
      ("Europe/Berlin", "2026-10-25 03:00:00", "2026-10-25T02:00:00Z"),
      ("America/New_York", "2026-11-01 01:30:00.25", "2026-11-01T05:30:00.25Z"),
      ("Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-04T14:45:00Z"),
    ] as [(String, String, String?)])
  func localTimes(_ zone: String, _ local: String, _ instant: String?) throws {
    let known = try #require(ReportZone(zone))
    let written = try #require(Timestamp(utcWithoutOffset: local))
    #expect(known.instant(ofLocal: written)?.description == instant)
  }

  @Test(arguments: ["CET", "PST", "EST5EDT", "", "Europe", "Europe/Nowhere", "utc", "+02:00"])
  func whatIsNoZone(_ name: String) { #expect(ReportZone(name) == nil) }
}
