import Testing

@testable import SettleProcessors

struct ThrottleTests {
  private static let second: Nanoseconds = 1_000_000_000
  private static let atHundred = interval(100)

  /// The time between requests at 98% of a rate.
  private static func interval(_ rate: Nanoseconds) -> Nanoseconds { second * 100 / (98 * rate) }

  @Test func halvesOnceForManyAnswersOfOneMoment() throws {
    var throttle = Throttle(rate: RatePerSecond(100), now: 0)
    #expect(throttle.interval == Self.atHundred)
    throttle.halve(at: 10 * Self.second)
    #expect(throttle.interval == Self.interval(50))
    throttle.halve(at: 10 * Self.second + 1)
    #expect(throttle.interval == Self.interval(50))
  }

  @Test func climbsBackToTheRateAndNoFurther() throws {
    var throttle = Throttle(rate: RatePerSecond(100), now: 0)
    throttle.halve(at: 0)
    throttle.climb(to: Self.second / 2)
    #expect(throttle.interval == Self.interval(75))
    throttle.climb(to: Self.second)
    #expect(throttle.interval == Self.atHundred)
    throttle.climb(to: 100 * Self.second)
    #expect(throttle.interval == Self.atHundred)
  }

  @Test func neverStops() throws {
    var throttle = Throttle(rate: RatePerSecond(4), now: 0)
    for moment in 1...100 as ClosedRange<Nanoseconds> { throttle.halve(at: moment * Self.second) }
    let interval = try #require(throttle.interval)
    #expect(interval <= Self.interval(1))
    var slow = Throttle(rate: RatePerSecond(thousandths: 100), now: 0)
    slow.halve(at: 0)
    #expect(slow.interval == Self.second * 100 * 10 / 98)
  }

  @Test func findsAPaceWhereNoneWasGiven() {
    var throttle = Throttle(rate: nil, now: 0)
    for index in 0..<400 as Range<Nanoseconds> { throttle.left(at: index * 1_000_000) }
    #expect(throttle.interval == nil)
    throttle.halve(at: 400_000_000)
    #expect(throttle.interval == Self.interval(200))
    throttle.climb(to: 2_400_000_000)
    #expect(throttle.interval == Self.interval(600))
    throttle.climb(to: 60 * Self.second)
    #expect(throttle.interval == nil)
  }

  @Test func slowsUntilALimitHolds() {
    // A processor that lets 30 through in each second, asked by a worker that believes in 100.
    var pacer = Pacer(rate: RatePerSecond(100), now: 0)
    var now: Nanoseconds = 0
    var second: (start: Nanoseconds, count: Int) = (0, 0)
    var passed = 0
    var limited = 0
    while now < 60 * Self.second {
      switch pacer.take(at: now) {
      case .notBefore(let time): now = time
      case .now:
        if now - second.start >= Self.second { second = (now, 0) }
        second.count += 1
        if second.count <= 30 {
          passed += 1
        } else {
          limited += 1
          pacer.slowDown(at: now, retryAfter: nil)
        }
      }
    }
    #expect(passed >= 60 * 30 * 8 / 10)
    #expect(limited < 2 * passed)
  }
}
