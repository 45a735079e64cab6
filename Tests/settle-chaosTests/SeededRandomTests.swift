import Testing

@testable import settle_chaos

@Suite struct SeededRandomTests {
  private static func setting(seed: UInt64) -> Setting {
    Setting(effort: .quick, seed: seed, settle: "", folder: "", say: { _ in })
  }

  @Test func aWorldsNumbersFollowFromSeedFaultAndWorldAlone() {
    func first(_ seed: UInt64, _ fault: String, _ world: Int) -> UInt64 {
      var random = Self.setting(seed: seed).random(fault, world: world)
      return random.next()
    }
    let number = first(1, "a", 0)
    #expect(first(1, "a", 0) == number)
    #expect(first(2, "a", 0) != number)
    #expect(first(1, "b", 0) != number)
    #expect(first(1, "a", 1) != number)
  }
}
