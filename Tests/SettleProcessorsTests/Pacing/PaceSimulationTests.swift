import Testing

@testable import SettleProcessors

/// What becomes of the pace against simulated limiters, in thousands of calls on a virtual clock.
struct PaceSimulationTests {
  private static let second = PaceSimulation.second

  @Test(arguments: [25, 100, 250], [1, 3, 5])
  func random429sCostNoMoreThanThemselves(rate: Int, percent: Int) {
    for retryAfter in [nil, Self.second] as [Nanoseconds?] {
      var random = SplitMix64(state: 7)
      let outcome = PaceSimulation(rate: rate, workers: 64, retryAfter: retryAfter).run { _, _ in
        .random(in: 0..<100, using: &random) < percent ? .limitsPace : .passes
      }
      #expect(outcome.passed.count * 100 >= 90 * 30 * rate, "\(outcome.passed.count)")
      #expect(outcome.peak <= rate + 1)
      #expect(outcome.mostTries <= 6)
    }
  }

  @Test(arguments: SimulatedLimiter.Kind.allCases, [(25, 20), (100, 50), (100, 90), (250, 100), (250, 200)])
  func usesALimitBelowThePace(kind: SimulatedLimiter.Kind, _ pace: (rate: Int, limit: Int)) {
    // Nothing else, or each told to wait a second, or three in a hundred limited by chance as well.
    for (retryAfter, percent) in [(nil, 0), (Self.second, 0), (nil, 3)] as [(Nanoseconds?, Int)] {
      var limiter = SimulatedLimiter(kind)
      var random = SplitMix64(state: 3)
      let outcome = PaceSimulation(rate: pace.rate, workers: 64, retryAfter: retryAfter).run { now, _ in
        if .random(in: 0..<100, using: &random) < percent { return .limitsPace }
        return limiter.admits(at: now, limit: pace.limit) ? .passes : .limitsPace
      }
      #expect(outcome.passed.count * 100 >= 85 * 30 * pace.limit, "\(outcome.passed.count)")
      #expect(outcome.percentLimited <= 10 + percent, "\(outcome.limited) of \(outcome.sent.count)")
      #expect(outcome.peak <= pace.rate + 1)
      #expect(outcome.mostTries <= 8)
    }
  }

  @Test(arguments: [(25, 5, 12), (100, 25, 9), (250, 50, 8), (250, 20, 9)])
  func followsALimitThatComesAndGoes(rate: Int, limit: Int, secondsToRecover: Nanoseconds) {
    var limiter = SimulatedLimiter(.bucket)
    let outcome = PaceSimulation(rate: rate, seconds: 60).run { now, _ in
      guard (15 * Self.second..<35 * Self.second).contains(now) else { return .passes }
      return limiter.admits(at: now, limit: limit) ? .passes : .limitsPace
    }
    #expect(outcome.passed(from: 0, to: 15) * 100 >= 96 * 15 * rate)
    #expect(outcome.passed(from: 20, to: 35) * 100 >= 85 * 15 * limit)
    let back = 35 + secondsToRecover
    #expect(outcome.passed(from: back, to: 60) * 100 >= 95 * Int(60 - back) * rate)
    #expect(outcome.peak <= rate + 1)
  }

  @Test(arguments: SimulatedLimiter.Kind.allCases, [50, 100, 200])
  func livesBesideAnotherClient(kind: SimulatedLimiter.Kind, rate: Int) {
    let shares = [1, 80, 20, 50]
    var limiter = SimulatedLimiter(kind)
    var random = SplitMix64(state: 9)
    var next: Nanoseconds = 0
    let outcome = PaceSimulation(rate: rate, seconds: 60).run { now, _ in
      while next < now {
        let gap = Self.second / Nanoseconds(shares[Int(next / (5 * Self.second)) % 4])
        _ = limiter.admits(at: next, limit: 100)
        next += gap / 2 + .random(in: 0...gap, using: &random)
      }
      return limiter.admits(at: now, limit: 100) ? .passes : .limitsPace
    }
    let free = shares.reduce(0) { $0 + min(rate, 100 - $1) } * 15
    #expect(outcome.passed.count * 100 >= 80 * free, "\(outcome.passed.count) of \(free)")
    #expect(outcome.percentLimited <= 13, "\(outcome.limited) of \(outcome.sent.count)")
    #expect(outcome.mostTries < Patience().limitedTries / 2)
  }

  @Test(arguments: [20, 50, 500])
  func findsALimitWithoutAPace(limit: Int) {
    var limiter = SimulatedLimiter(.sliding)
    let outcome = PaceSimulation(rate: nil, seconds: 20, latency: 1_000_000...3_000_000).run { now, _ in
      limiter.admits(at: now, limit: limit) ? .passes : .limitsPace
    }
    #expect(outcome.passed.count * 100 >= 85 * 20 * limit)
    #expect(outcome.limited <= 200 + outcome.sent.count / 20, "\(outcome.limited) of \(outcome.sent.count)")
  }

  @Test(arguments: [2, 4, 8, 12])
  func findsHowManyMayBeUnderWay(limit: Int) {
    let outcome = PaceSimulation(rate: nil, seconds: 30, latency: 50_000_000...150_000_000).run { _, underWay in
      underWay > limit ? .limitsConcurrency : .passes
    }
    #expect(outcome.passed.count * 100 >= 65 * 30 * 10 * limit, "\(outcome.passed.count)")
    #expect(outcome.percentLimited <= 15, "\(outcome.limited) of \(outcome.sent.count)")
    #expect(outcome.mostTries < Patience().limitedTries)
  }

  @Test func isTheSameEachTime() {
    func sent(seed: UInt64) -> [Nanoseconds] {
      var limiter = SimulatedLimiter(.bucket)
      return PaceSimulation(rate: 100, seconds: 5, seed: seed).run { now, _ in
        limiter.admits(at: now, limit: 50) ? .passes : .limitsPace
      }.sent
    }
    #expect(sent(seed: 1) == sent(seed: 1))
    #expect(sent(seed: 1) != sent(seed: 2))
  }
}
