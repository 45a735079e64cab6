import Testing

@testable import Postgres

@Suite struct PatienceTests {
  private let start = ContinuousClock.now

  private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  @Test func anOutageIsWaitedForOnceInAll() {
    let patience = Patience(.seconds(10))
    #expect(patience.allows(.seconds(1), now: at(0)))
    // Everybody waits together: two callers do not spend it twice.
    #expect(patience.allows(.seconds(1), now: at(0)))
    #expect(patience.allows(.seconds(1), now: at(8.9)))
    #expect(!patience.allows(.seconds(1), now: at(9)))
    #expect(!patience.isSpent(now: at(9)))
    #expect(patience.isSpent(now: at(10)))
    #expect(!patience.allows(.zero, now: at(100)))
    patience.serverAnswered(now: at(100))
    #expect(!patience.isSpent(now: at(101)))
  }

  @Test func aServerThatComesAndGoesIsNotWaitedForEachTime() {
    let patience = Patience(.seconds(10))
    #expect(patience.allows(.zero, now: at(0)))
    patience.serverAnswered(now: at(6))
    #expect(patience.allows(.seconds(3), now: at(20)))
    #expect(!patience.allows(.seconds(3), now: at(21)))
  }

  @Test func aMinuteInHealthRestoresIt() {
    let patience = Patience(.seconds(10))
    #expect(patience.allows(.zero, now: at(0)))
    patience.serverAnswered(now: at(9))
    #expect(patience.allows(.seconds(9), now: at(70)))
  }

  @Test func anAnswerWithoutAnOutageChangesNothing() {
    let patience = Patience(.seconds(10))
    patience.serverAnswered(now: at(0))
    #expect(patience.allows(.seconds(9), now: at(1)))
  }
}
