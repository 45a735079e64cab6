import Testing

@testable import SettleProcessors

struct ThrottleTests {
  private static let second: Nanoseconds = 1_000_000_000

  /// The time between requests at 98% of a rate.
  private static func interval(_ rate: Nanoseconds) -> Nanoseconds { second * 100 / (98 * rate) }

  /// A throttle at 100 a second whose last second went as told.
  private func throttle(passed: Int, limited: Int) -> Throttle {
    var throttle = Throttle(rate: RatePerSecond(100), now: 0)
    for _ in 0..<passed { throttle.passed(at: Self.second / 2) }
    for _ in 0..<limited { throttle.limited(at: Self.second / 2, tries: 1) }
    return throttle
  }

  @Test func halvesOnceForManyAnswersOfOneMoment() {
    var throttle = throttle(passed: 100, limited: 0)
    #expect(throttle.interval(at: 0) == Self.interval(100))
    throttle.limited(at: 900_000_000, tries: 1)
    #expect(throttle.interval(at: 900_000_000) == Self.interval(50))
    for _ in 0..<50 { throttle.limited(at: 900_000_000, tries: 1) }
    #expect(throttle.interval(at: 900_000_000) == Self.interval(50))
  }

  @Test func isBackWithinASecondAfterAPassingLimit() {
    var throttle = throttle(passed: 100, limited: 0)
    throttle.limited(at: 900_000_000, tries: 1)
    #expect(throttle.interval(at: 1_400_000_000) == Self.interval(75))
    for late in [1_900_000_000, 5_000_000_000, 900_000_000_000] as [Nanoseconds] {
      #expect(throttle.interval(at: late) == Self.interval(100))
    }
  }

  @Test func goesOnAtWhatWasLetThrough() throws {
    var throttle = throttle(passed: 100, limited: 0)
    throttle.limited(at: 900_000_000, tries: 1)
    for _ in 0..<20 { throttle.passed(at: 1_400_000_000) }
    for _ in 0..<80 { throttle.limited(at: 1_400_000_000, tries: 1) }
    throttle.limited(at: 1_900_000_000, tries: 1)
    #expect(throttle.interval(at: 1_900_000_000) == Self.interval(20))
    #expect(throttle.interval(at: 2_900_000_000) == Self.interval(30))
    // From there it feels its way up, slowly first.
    func rate(at time: Nanoseconds) throws -> Nanoseconds {
      100_000 * Self.second / (98 * (try #require(throttle.interval(at: time))))
    }
    #expect((30_000...32_000).contains(try rate(at: 3_900_000_000)))
    #expect((50_000...60_000).contains(try rate(at: 6_900_000_000)))
    #expect(throttle.interval(at: 60_000_000_000) == Self.interval(100))
  }

  @Test func waitsForOneThatIsLeftBehind() {
    // The others got 40 through in the last second, and this one has been turned away for the sixth time.
    for settling in [false, true] {
      var throttle = throttle(passed: 100, limited: 0)
      throttle.limited(at: 900_000_000, tries: 1)
      for _ in 0..<40 { throttle.passed(at: 1_500_000_000) }
      if settling { throttle.limited(at: 1_900_000_000, tries: 5) }
      throttle.limited(at: 1_900_000_000, tries: 6)
      #expect(throttle.interval(at: 2_900_000_000) == Self.interval(36))
      throttle.limited(at: 2_000_000_000, tries: 7)
      #expect(throttle.interval(at: 2_900_000_000) == Self.interval(36))
    }
  }

  @Test func takesAFewAnswersForChance() {
    var unlimited = Throttle(rate: nil, now: 0)
    for _ in 0..<5 { unlimited.limited(at: 1_000_000, tries: 1) }
    #expect(unlimited.interval(at: 1_000_000) == nil)
    var configured = Throttle(rate: RatePerSecond(100), now: 0)
    configured.limited(at: 1_000_000, tries: 1)
    #expect(configured.interval(at: 1_000_000) == Self.interval(50))
    #expect(configured.interval(at: 1_001_000_000) == Self.interval(100))
  }

  @Test(arguments: [(4_000, 1_000), (100, 100), (1, 1)])
  func neverStopsAndAlwaysComesBack(thousandths: Int, slowest: Nanoseconds) throws {
    var throttle = Throttle(rate: RatePerSecond(thousandths: thousandths), now: 0)
    let full = throttle.interval(at: 0)
    for moment in 1...100 as ClosedRange<Nanoseconds> {
      for _ in 0..<20 { throttle.limited(at: moment * Self.second, tries: 1) }
      let interval = try #require(throttle.interval(at: moment * Self.second))
      #expect(interval <= 100_000 * Self.second / (98 * slowest))
    }
    #expect(throttle.interval(at: 700 * Self.second) == full)
  }

  @Test func findsAPaceWhereNoneWasGiven() throws {
    var throttle = Throttle(rate: nil, now: 0)
    for index in 0..<400 as Range<Nanoseconds> { throttle.passed(at: index * 1_000_000) }
    #expect(throttle.interval(at: 400_000_000) == nil)
    throttle.limited(at: 400_000_000, tries: 1)
    #expect(throttle.interval(at: 400_000_000) == Self.interval(500))
    #expect(throttle.interval(at: 1_400_000_000) == Self.interval(1_500))
    #expect(throttle.interval(at: 60 * Self.second) == nil)
  }

  /// How sixteen workers fare that ask without end, each answer taking 2 ms.
  private func fares(
    rate: Int?, seconds: Nanoseconds, heeding: Bool = true, isLimited: (Nanoseconds) -> Bool
  ) -> (passed: Int, limited: Int, mostTries: Int) {
    var pacer = Pacer(rate: rate.flatMap { RatePerSecond($0) }, now: 0)
    var backoff = Backoff(Patience(), seed: 1)
    var workers = (0..<16).map { (time: Nanoseconds($0), tries: 0, answer: Bool?.none) }
    var fares = (passed: 0, limited: 0, mostTries: 0)
    while let next = workers.indices.min(by: { workers[$0].time < workers[$1].time }) {
      let now = workers[next].time
      if now > seconds * Self.second { break }
      switch workers[next].answer {
      case nil:
        switch pacer.take(at: now) {
        case .now: workers[next] = (now + 2_000_000, workers[next].tries + 1, isLimited(now))
        case .notBefore(let time), .closed(let time): workers[next].time = time
        }
      case true?:
        fares.limited += 1
        fares.mostTries = max(fares.mostTries, workers[next].tries)
        if heeding { pacer.slowDown(at: now, retryAfter: nil, tries: workers[next].tries) }
        workers[next].answer = nil
        workers[next].time = now + backoff.wait(afterTries: workers[next].tries)
      case false?:
        fares.passed += 1
        pacer.passed(at: now)
        workers[next] = (now, 0, nil)
      }
    }
    return fares
  }

  @Test(
    arguments: [
      (100, 10), (100, 30), (100, 50), (100, 90), (1_000, 20), (1_000, 400), (nil, 20), (nil, 50), (nil, 500),
    ] as [(Int?, Int)])
  func livesWithALimitBelowThePace(rate: Int?, limit: Int) {
    var passed: [Nanoseconds] = []
    let seconds = limit < 100 ? 60 : 15
    let fares = fares(rate: rate, seconds: Nanoseconds(seconds)) { now in
      let isLimited = passed.count >= limit && now - passed[passed.count - limit] < Self.second
      if !isLimited { passed.append(now) }
      return isLimited
    }
    #expect(fares.passed >= seconds * limit * 6 / 10, "\(fares)")
    #expect(fares.limited * 2 <= fares.passed, "\(fares)")
    #expect(fares.mostTries < Patience().limitedTries / 2, "\(fares)")
  }

  @Test(arguments: [(5, 5), (100, 5), (1_000, 5), (nil, 1), (nil, 5)] as [(Int?, Int)])
  func isNotStoppedByPassingLimits(rate: Int?, percent: Int) {
    func run(heeding: Bool) -> (passed: Int, limited: Int, mostTries: Int) {
      var random = SplitMix64(state: 1)
      return fares(rate: rate, seconds: rate == nil ? 6 : 20, heeding: heeding) { _ in
        Int.random(in: 0..<100, using: &random) < percent
      }
    }
    let (with, without) = (run(heeding: true), run(heeding: false))
    #expect(with.passed * 2 >= without.passed, "\(with) \(without)")
  }
}
