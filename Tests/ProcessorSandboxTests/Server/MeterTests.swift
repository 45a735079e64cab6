import Testing

@testable import ProcessorSandbox

@Suite struct MeterTests {
  private let second: UInt64 = 1_000_000_000

  @Test func theBusiestSecondMayBeginAnywhere() {
    let meter = Meter()
    for tenth in [0, 9, 9, 10, 11, 18, 19, 30] as [UInt64] {
      meter.arrived(at: second + tenth * second / 10)
    }
    // 0.9, 0.9, 1.0, 1.1 and 1.8: that at 0.9 is not within a second of 1.9 any more.
    #expect(meter.counts.maxPerSecond == 5)
    #expect(meter.counts.requests == 8)
  }

  @Test func theLimiterLetsSoManyThroughInAnySecond() {
    let limiter = RateLimiter(limit: 3)
    #expect([1, 2, 3].allSatisfy { limiter.admits(at: $0) })
    #expect(!limiter.admits(at: 4))
    #expect(!limiter.admits(at: second))
    #expect(limiter.admits(at: second + 1))
    #expect(!limiter.admits(at: second + 1))
    #expect(limiter.admits(at: second + 2))
  }

  @Test func statsTellOfRequestsLimitsAndEveryKind() async throws {
    try await withSandbox {
      $0.rateLimit = 3
    } _: { client in
      var statuses: [Int] = []
      for _ in 0..<40 { statuses.append(try await client.get("/v1/account").status) }
      let refused = statuses.filter { $0 == 429 }.count
      #expect(refused > 0)
      let stats = try await client.stats()
      #expect(stats["requests"]?.integer == 40)
      #expect(stats["rate_limited"]?.integer == Int64(refused))
      #expect(stats["in_flight"]?.integer == 0)
      #expect(stats["max_in_flight"]?.integer == 1)
      #expect((1...40).contains(try #require(stats["max_per_second"]?.integer)))
      #expect(
        stats["faults"]
          == .object([
            "lost-response": .integer(0), "reset": .integer(0), "server-error": .integer(0),
            "rate-limited": .integer(0), "slow": .integer(0),
          ]))
      #expect(
        stats["anomalies"]
          == .object([
            "duplicate": .integer(0), "overcharge": .integer(0), "missing": .integer(0), "unexpected": .integer(0),
          ]))
    }
  }
}
