import Testing

@testable import SettleProcessors

struct PacerTests {
  private static let second: Nanoseconds = 1_000_000_000
  private static let rates = [1, 2, 5, 25, 100, 1_000, 5_000]

  /// Fast paces make many requests a trace, so that few traces do.
  private static func seeds(_ rate: Int) -> Range<UInt64> { 0..<(rate > 500 ? 1 : 8) }

  /// A worker that always has more to send, on a machine whose timers are late and which sometimes stands still.
  private func sent(
    rate: Int, seed: UInt64, seconds: Nanoseconds, lateness: Nanoseconds, stalls: Bool, pauses: Bool = false
  ) throws -> [Nanoseconds] {
    var random = SplitMix64(state: seed)
    var now: Nanoseconds = .random(in: 0...(1 << 40), using: &random)
    let end = now + seconds * Self.second
    var pacer = Pacer(rate: RatePerSecond(rate), now: now)
    var times: [Nanoseconds] = []
    while now < end {
      switch pacer.take(at: now) {
      case .now:
        times.append(now)
        now += .random(in: 0...20_000, using: &random)
      case .notBefore(let time), .closed(let time):
        now = time + .random(in: 0...lateness, using: &random)
      }
      if stalls, .random(in: 0..<200, using: &random) == 0 {
        now += .random(in: 0...(3 * Self.second), using: &random)
      }
      if pauses, .random(in: 0..<50, using: &random) == 0 { now += .random(in: 0...20_000_000, using: &random) }
    }
    return times
  }

  /// The most requests in any one second.
  private func peak(_ times: [Nanoseconds]) -> Int {
    var first = 0
    var most = 0
    for (index, time) in times.enumerated() {
      while time - times[first] >= Self.second { first += 1 }
      most = max(most, index - first + 1)
    }
    return most
  }

  @Test(arguments: rates)
  func keepsTheRateInAnySecondWhateverTheClockDoes(rate: Int) throws {
    for seed in Self.seeds(rate) {
      let stalled = try sent(rate: rate, seed: seed, seconds: 30, lateness: 30_000_000, stalls: true, pauses: true)
      #expect(peak(stalled) <= rate + 1)
    }
  }

  @Test(arguments: rates)
  func keepsTheRateThoughTheNetworkBunchesRequests(rate: Int) throws {
    for seed in Self.seeds(rate) {
      var random = SplitMix64(state: seed)
      let times = try sent(rate: rate, seed: seed, seconds: 15, lateness: 4_000_000, stalls: false)
      let arrivals = times.map { $0 + .random(in: 0...8_000_000, using: &random) }.sorted()
      #expect(peak(arrivals) <= rate + 1)
    }
  }

  @Test(arguments: rates)
  func usesTheRateWhileThereIsWork(rate: Int) throws {
    for seed in Self.seeds(rate) {
      let times = try sent(rate: rate, seed: seed, seconds: 30, lateness: 4_000_000, stalls: false)
      let start = try #require(times.first)
      let end = try #require(times.last) - 10 * Self.second
      for from in stride(from: start, to: end, by: Int(Self.second / 7)) {
        let count = times.count { $0 >= from && $0 < from + 10 * Self.second }
        #expect(count * 100 >= 970 * rate - 99)
      }
    }
  }

  @Test(arguments: rates)
  func startsWithoutABurst(rate: Int) throws {
    let interval = Self.second / Nanoseconds(rate)
    var pacer = Pacer(rate: RatePerSecond(rate), now: 0)
    guard case .notBefore(let first) = pacer.take(at: 0) else {
      Issue.record("a process that was killed and started again would send at once")
      return
    }
    #expect(first >= interval)
    #expect(pacer.take(at: first) == .now)
    guard case .notBefore(let second) = pacer.take(at: first) else {
      Issue.record("two requests left together")
      return
    }
    #expect(second - first >= interval)
  }

  @Test(arguments: rates)
  func makesUpForNoStall(rate: Int) throws {
    var pacer = Pacer(rate: RatePerSecond(rate), now: 0)
    let woken = 60 * Self.second
    var burst = 0
    while pacer.take(at: woken) == .now { burst += 1 }
    #expect(burst <= 1 + Int(Pacer.forgiven) * rate / Int(Self.second))
  }

  @Test func letsEverythingThroughWithoutARate() {
    var pacer = Pacer(rate: nil, now: 0)
    #expect(pacer.isUnlimited(at: 5))
    #expect((0..<10_000).allSatisfy { _ in pacer.take(at: 5) == .now })
  }

  @Test func waitsAsLongAsItIsToldOnceNothingPasses() throws {
    for rate in [nil, RatePerSecond(10)] {
      var pacer = Pacer(rate: rate, now: 0)
      pacer.limited(sent: Self.second, at: Self.second, retryAfter: 3 * Self.second)
      #expect(pacer.take(at: 2 * Self.second) == .now, "one limited call holds up no other")
      for _ in 0..<20 {
        pacer.limited(sent: 3 * Self.second, at: 3 * Self.second, retryAfter: 3 * Self.second)
        pacer.limited(sent: 3 * Self.second, at: 3 * Self.second, retryAfter: Self.second)
      }
      #expect(pacer.take(at: 4 * Self.second) == .closed(until: 6 * Self.second))
      #expect(pacer.take(at: 6 * Self.second) == .now)
    }
  }

  @Test func hasNoBurstWhereAPaceBegins() throws {
    var pacer = Pacer(rate: nil, now: 0)
    for index in 0..<100 as Range<Nanoseconds> { pacer.passed(sent: index * 1_000_000, at: index * 1_000_000) }
    let now = Self.second / 10
    for _ in 0..<8 { pacer.limited(sent: now, at: now, retryAfter: nil) }
    let interval = try #require(pacer.interval(at: now))
    #expect(pacer.take(at: now) == .notBefore(now + interval))
  }
}
