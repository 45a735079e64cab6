import Testing

@testable import SettleProcessors

struct CircuitBreakerTests {
  private static let second: Nanoseconds = 1_000_000_000

  /// How many failures of a kind in a row open the circuit.
  @Test(arguments: [
    (CircuitBreaker.Failure.lost("reset"), 50), (.timedOut("slow"), 17), (.unreachable("refused"), 10),
    (.limited("429"), 1),
  ])
  func opensAfterFailuresInARow(failure: CircuitBreaker.Failure, count: Int) {
    var breaker = CircuitBreaker()
    for index in 1...count {
      #expect(breaker.refusal(at: 0) == nil)
      breaker.failed(failure, at: 0)
      #expect((breaker.refusal(at: 0) == failure) == (index == count))
    }
  }

  @Test func anAnswerStartsTheCountAgain() {
    var breaker = CircuitBreaker()
    for _ in 0..<49 { breaker.failed(.lost("reset"), at: 0) }
    breaker.answered()
    for _ in 0..<49 { breaker.failed(.lost("reset"), at: 0) }
    #expect(breaker.refusal(at: 0) == nil)
  }

  @Test func letsOneProbeThroughAfterARest() {
    var breaker = CircuitBreaker()
    for _ in 0..<10 { breaker.failed(.unreachable("refused"), at: 0) }
    #expect(breaker.refusal(at: CircuitBreaker.rest - 1) == .unreachable("refused"))
    #expect(breaker.refusal(at: CircuitBreaker.rest) == nil)
    #expect(breaker.refusal(at: CircuitBreaker.rest) == .unreachable("refused"))
    breaker.failed(.lost("reset"), at: CircuitBreaker.rest)
    #expect(breaker.refusal(at: 2 * CircuitBreaker.rest - 1) == .lost("reset"))
    #expect(breaker.refusal(at: 2 * CircuitBreaker.rest) == nil)
    breaker.answered()
    for _ in 0..<5 { #expect(breaker.refusal(at: 2 * CircuitBreaker.rest) == nil) }
  }

  @Test func showsThatItIsOpenWithoutTakingTheProbe() {
    var breaker = CircuitBreaker()
    #expect(breaker.isOpen(at: 0) == nil)
    breaker.failed(.limited("429"), at: 0)
    #expect(breaker.isOpen(at: CircuitBreaker.rest - 1) == .limited("429"))
    for _ in 0..<3 { #expect(breaker.isOpen(at: CircuitBreaker.rest) == nil) }
    #expect(breaker.refusal(at: CircuitBreaker.rest) == nil)
    #expect(breaker.isOpen(at: CircuitBreaker.rest) == .limited("429"))
  }

  @Test func neverOpensByChance() {
    // A fifth of a hundred thousand calls fails at random.
    for seed in 0..<3 as Range<UInt64> {
      var random = SplitMix64(state: seed)
      var breaker = CircuitBreaker()
      var refused = 0
      for call in 0..<100_000 as Range<Nanoseconds> {
        if breaker.refusal(at: call) != nil { refused += 1 }
        switch Int.random(in: 0..<20, using: &random) {
        case 0: breaker.failed(.timedOut("slow"), at: call)
        case 1...3: breaker.failed(.lost("reset"), at: call)
        default: breaker.answered()
        }
      }
      #expect(refused == 0)
    }
  }
}
