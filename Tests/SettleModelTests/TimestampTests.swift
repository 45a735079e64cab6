import SettleModel
import Testing

@Suite struct TimestampTests {
  static let instants: [(String, Int64, String)] = [
    ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
    ("1970-01-01T00:00:00.000001Z", 1, "1970-01-01T00:00:00.000001Z"),
    ("1969-12-31T23:59:59.999999Z", -1, "1969-12-31T23:59:59.999999Z"),
    ("2026-11-20T08:05:00Z", 1_795_161_900_000_000, "2026-11-20T08:05:00Z"),
    ("2026-11-20t08:05:00z", 1_795_161_900_000_000, "2026-11-20T08:05:00Z"),
    ("2026-11-20 08:05:00Z", 1_795_161_900_000_000, "2026-11-20T08:05:00Z"),
    ("2026-11-20T08:05:00.5Z", 1_795_161_900_500_000, "2026-11-20T08:05:00.5Z"),
    ("2026-11-20T10:05:00+02:00", 1_795_161_900_000_000, "2026-11-20T08:05:00Z"),
    ("2026-11-20T10:05:00+0200", 1_795_161_900_000_000, "2026-11-20T08:05:00Z"),
    ("2026-11-19T22:35:00-09:30", 1_795_161_900_000_000, "2026-11-20T08:05:00Z"),
    // Digits that PostgreSQL does not keep are cut off, never rounded up into another second.
    ("2026-11-20T08:05:00.999999999Z", 1_795_161_900_999_999, "2026-11-20T08:05:00.999999Z"),
  ]

  @Test(arguments: instants)
  func readsAndWritesRFC3339(text: String, microseconds: Int64, written: String) {
    #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    #expect(Timestamp(microseconds: microseconds).description == written)
  }

  @Test(arguments: [
    "", "2026-11-20", "2026-11-20T08:05Z", "2026-11-20T08:05:00", "2026-11-20T24:00:00Z", "2026-11-20T08:60:00Z",
    "2026-11-20T08:05:60Z", "2026-11-31T08:05:00Z", "2026-11-20X08:05:00Z", "2026-11-20T8:05:00Z",
    "2026-11-20T08:05:00.Z", "2026-11-20T08:05:00.1234567890Z", "2026-11-20T08:05:00,5Z", "2026-11-20T08:05:00ZZ",
    "2026-11-20T08:05:00+24:00", "2026-11-20T08:05:00+02:60", "2026-11-20T08:05:00+2:00", "2026-11-20T08:05:00+02",
    "2026-11-20T08:05:00+0:200", "2026-11-20T08:05:00+020:0", "2026-11-20T08:05:00+:0200",
    "2026-11-20T08:05:00 Z", "2026-11-20T08:05:00UTC", " 2026-11-20T08:05:00Z", "2026-11-20T-8:05:00Z",
  ])
  func refusesWhatIsNoInstant(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  static let withoutOffset: [(String, Int64?)] = [
    ("2026-11-20 08:05:00", 1_795_161_900_000_000), ("2026-11-20T08:05:00.25", 1_795_161_900_250_000),
    ("2026-11-20 08:05:00Z", nil), ("2026-11-20 08:05:00+00:00", nil), ("2026-11-20", nil),
  ]

  @Test(arguments: withoutOffset)
  func readsTimesOfUTCColumnsWithoutAnOffset(text: String, microseconds: Int64?) {
    #expect(Timestamp(utcWithoutOffset: text)?.microseconds == microseconds)
  }

  @Test func secondsAreRoundedTowardsThePast() {
    #expect(Timestamp(microseconds: 1_999_999).seconds == 1)
    #expect(Timestamp(microseconds: -1).seconds == -1)
    #expect(Timestamp(seconds: 7).microseconds == 7_000_000)
  }

  @Test func addsDurations() {
    let start = instant("2026-11-20T08:05:00Z")
    #expect(start.adding(.milliseconds(1_500)) == instant("2026-11-20T08:05:01.5Z"))
    #expect(start.adding(.seconds(-86_400)) == instant("2026-11-19T08:05:00Z"))
    #expect(start.adding(.milliseconds(-1_500)) == instant("2026-11-20T08:04:58.5Z"))
    #expect(start.adding(.seconds(3)).since(start) == .seconds(3))
    #expect(start < start.adding(.microseconds(1)))
  }
}
