import Testing

@testable import SettleProcessors

struct LimitDetectorTests {
  /// How many calls it takes until it rings where a share in hundred is limited, and none where it never does.
  private func rings(percent: Int, calls: Int, seed: UInt64 = 1, isSlow: Bool = false) -> [Int] {
    var random = SplitMix64(state: seed)
    var detector = LimitDetector()
    var rung: [Int] = []
    for call in 1...calls {
      if .random(in: 0..<100, using: &random) >= percent {
        detector.passed()
      } else if detector.limited(isSlow: isSlow) != nil {
        rung.append(call)
      }
    }
    return rung
  }

  @Test func ringsAtTheEighthWhereNonePasses() {
    #expect(rings(percent: 100, calls: 24) == [8, 16, 24])
    #expect(rings(percent: 100, calls: 12, isSlow: true) == [4, 8, 12])
  }

  @Test(arguments: [1, 2, 3, 5])
  func takesFewForChance(percent: Int) {
    #expect(rings(percent: percent, calls: 20_000).count <= 1)
    #expect(rings(percent: percent, calls: 20_000, isSlow: true).count <= 20)
  }

  @Test(arguments: [(20, 300), (30, 100), (50, 50), (80, 20)])
  func ringsSoonAtARealLimit(percent: Int, calls: Int) throws {
    for seed in 0..<20 as Range<UInt64> {
      let first = try #require(rings(percent: percent, calls: 1_000, seed: seed).first)
      #expect(first <= calls)
    }
  }

  @Test func tellsWhatItRangFor() {
    var detector = LimitDetector()
    for _ in 0..<100 { detector.passed() }
    for _ in 0..<7 { #expect(detector.limited(isSlow: false) == nil) }
    detector.passed()
    #expect(detector.limited(isSlow: false) == nil)
    #expect(detector.limited(isSlow: false) == LimitDetector.Evidence(passed: 1, limited: 9))
    #expect(detector.limited(isSlow: false) == nil, "it starts afresh")
  }
}
