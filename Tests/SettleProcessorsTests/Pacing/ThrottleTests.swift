import Testing

@testable import SettleProcessors

struct ThrottleTests {
  private static let second: Nanoseconds = 1_000_000_000

  /// A throttle at 100 a second whose last two seconds went well, at 2 s.
  private func throttle(_ measure: Throttle.Measure = .callsPerSecond, configured: Int? = 100_000) -> Throttle {
    var throttle = Throttle(measure, configured: configured, least: 1_000, now: 0)
    for index in 0..<200 as Range<Nanoseconds> {
      throttle.passed(sent: index * Self.second / 100, at: index * Self.second / 100)
    }
    return throttle
  }

  private func expect(
    _ throttle: Throttle, atMilliseconds now: Nanoseconds, in range: ClosedRange<Int>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let level = try #require(throttle.level(at: now * 1_000_000), sourceLocation: sourceLocation)
    #expect(range.contains(level), sourceLocation: sourceLocation)
  }

  @Test func oneLimitedCallChangesNothing() {
    var throttle = throttle()
    #expect(throttle.limited(sent: 2 * Self.second, at: 2 * Self.second) == false)
    #expect(throttle.level(at: 2 * Self.second) == 100_000)
  }

  @Test func halvesWhereNonePassesAndIsBackWithinASecond() throws {
    var throttle = throttle()
    for _ in 0..<8 { _ = throttle.limited(sent: 2 * Self.second, at: 2 * Self.second) }
    #expect(throttle.level(at: 2 * Self.second) == 50_000)
    try expect(throttle, atMilliseconds: 2_250, in: 65_000...85_000)
    try expect(throttle, atMilliseconds: 3_000, in: 80_000...100_000)
    for late in [8, 60, 1_000_000] as [Nanoseconds] { #expect(throttle.level(at: late * Self.second) == 100_000) }
  }

  @Test func cutsByTheShareThatWasLimited() throws {
    var throttle = throttle()
    // One in four.
    for call in 0..<200 {
      let isCut = throttle.level(at: 2 * Self.second) != 100_000
      if isCut { break }
      if call % 4 == 0 {
        _ = throttle.limited(sent: 2 * Self.second, at: 2 * Self.second)
      } else {
        throttle.passed(sent: 2 * Self.second, at: 2 * Self.second)
      }
    }
    try expect(throttle, atMilliseconds: 2_000, in: 65_000...78_000)
  }

  @Test func heedsNoCallThatLeftBeforeTheCut() {
    var throttle = throttle()
    for _ in 0..<8 { _ = throttle.limited(sent: 2 * Self.second, at: 2 * Self.second) }
    for _ in 0..<50 { _ = throttle.limited(sent: 2 * Self.second - 1, at: 2 * Self.second) }
    #expect(throttle.level(at: 2 * Self.second) == 50_000)
    // At fifty a second, half as much evidence does.
    for _ in 0..<4 { _ = throttle.limited(sent: 2 * Self.second, at: 2 * Self.second) }
    #expect(throttle.level(at: 2 * Self.second) == 25_000)
  }

  @Test func saysWhetherHardlyAnythingPasses() {
    var throttle = throttle()
    var standing = false
    for _ in 0..<8 where throttle.limited(sent: 2 * Self.second, at: 2 * Self.second) { standing = true }
    #expect(!standing, "a second's worth has passed just now")
    for _ in 0..<200 where throttle.limited(sent: 3 * Self.second, at: 3 * Self.second) { standing = true }
    #expect(standing)
  }

  @Test(arguments: [(4_000, 1_000), (100, 100), (1, 1)])
  func neverStopsAndAlwaysComesBack(configured: Int, slowest: Int) throws {
    var throttle = Throttle(.callsPerSecond, configured: configured, least: 1_000, now: 0)
    for moment in 1...100 as ClosedRange<Nanoseconds> {
      for _ in 0..<20 { _ = throttle.limited(sent: moment * Self.second, at: moment * Self.second) }
      let level = try #require(throttle.level(at: moment * Self.second))
      #expect(level >= slowest)
    }
    #expect(throttle.level(at: 130 * Self.second) == configured)
  }

  @Test func findsALevelWhereNoneWasGiven() throws {
    var throttle = throttle(configured: nil)
    #expect(throttle.level(at: 2 * Self.second) == nil)
    for _ in 0..<8 { _ = throttle.limited(sent: 2 * Self.second, at: 2 * Self.second) }
    try expect(throttle, atMilliseconds: 2_000, in: 40_000...60_000)
    #expect(throttle.level(at: 60 * Self.second) == nil)
  }

  @Test func hasFewerCallsAtOnce() {
    var throttle = throttle(.callsAtOnce, configured: 16_000)
    #expect(throttle.places(at: 2 * Self.second) == 16)
    for round in 0..<8 as Range<Nanoseconds> {
      for _ in 0..<8 {
        let now = 2 * Self.second + round * 1_000_000
        _ = throttle.limited(sent: now, at: now)
      }
    }
    #expect(throttle.places(at: 2 * Self.second + 8_000_000) == 1)
    #expect(throttle.places(at: 30 * Self.second) == 16)
  }
}
