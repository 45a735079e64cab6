import Testing

@testable import SettleProcessors

struct RecentAnswersTests {
  private static let second: Nanoseconds = 1_000_000_000

  @Test func countsTheLastSecond() {
    var recent = RecentAnswers(rate: 100_000, now: 0)
    for index in 0..<300 as Range<Nanoseconds> {
      recent.add(limited: index >= 250, at: index * Self.second / 100)
    }
    let now = 3 * Self.second - 1
    #expect(recent.totals(at: now) == (50, 50))
    #expect((99_000...101_000).contains(recent.rate(100, at: now)))
    #expect(recent.totals(at: 10 * Self.second) == (0, 0))
  }

  @Test func looksFurtherBackAtSlowPaces() {
    for (rate, seconds) in [(4_000, 4), (1_000, 8), (1, 8)] as [(Int, Nanoseconds)] {
      var recent = RecentAnswers(rate: rate, now: 0)
      for index in 0..<20 as Range<Nanoseconds> { recent.add(limited: false, at: index * Self.second) }
      #expect(recent.totals(at: 20 * Self.second - 1).passed == Int(seconds))
    }
  }

  @Test func countsFromItsOwnBeginning() {
    let start = 7 * Self.second
    var recent = RecentAnswers(rate: nil, now: start)
    for index in 0..<50 as Range<Nanoseconds> { recent.add(limited: false, at: start + index * 1_000_000) }
    #expect(recent.rate(50, at: start + Self.second / 20) == 1_000_000)
    #expect(recent.rate(1, at: start) == 200_000, "a moment is taken for 5 ms")
  }
}
