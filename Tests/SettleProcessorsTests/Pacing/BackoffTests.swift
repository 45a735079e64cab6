import Testing

@testable import SettleProcessors

struct BackoffTests {
  private let patience = Patience(first: .milliseconds(100), longest: .seconds(8))

  @Test(arguments: [(1, 100), (2, 200), (3, 400), (7, 6_400), (8, 8_000), (21, 8_000), (1_000, 8_000)])
  func doublesUpToTheLongest(tries: Int, milliseconds: Int64) {
    var backoff = Backoff(patience, seed: 1)
    let waits = (0..<2_000).map { _ in backoff.wait(afterTries: tries) }
    let longest = milliseconds * 1_000_000
    #expect(waits.allSatisfy { (0...longest).contains($0) })
    // Full jitter: all of the range is used.
    #expect(waits.contains { $0 < longest / 20 } && waits.contains { $0 > longest * 19 / 20 })
  }

  @Test func repeatsItselfFromASeed() {
    var left = Backoff(patience, seed: 7)
    var right = Backoff(patience, seed: 7)
    var other = Backoff(patience, seed: 8)
    let waits = (1...10).map { left.wait(afterTries: $0) }
    #expect(waits == (1...10).map { right.wait(afterTries: $0) })
    #expect(waits != (1...10).map { other.wait(afterTries: $0) })
  }

  @Test(arguments: [
    (Duration.milliseconds(1), 1_000_000 as Nanoseconds), (.seconds(80), 80_000_000_000), (.nanoseconds(7), 7),
  ])
  func countsNanoseconds(duration: Duration, nanoseconds: Nanoseconds) {
    #expect(duration.nanoseconds == nanoseconds)
  }
}
