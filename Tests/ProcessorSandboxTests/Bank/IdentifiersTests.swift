import Testing

@testable import ProcessorSandbox

@Suite struct IdentifiersTests {
  @Test func idsFollowFromTheSeedAndNeverMeet() {
    let ids = (0..<20_000).map { Identifiers(seed: 1).id("pi", serial: $0) }
    #expect(Set(ids).count == ids.count)
    #expect(ids[7] == Identifiers(seed: 1).id("pi", serial: 7))
    #expect(ids[7] != Identifiers(seed: 2).id("pi", serial: 7))
    #expect(ids.allSatisfy { $0.count == 26 && $0.hasPrefix("pi_3") })
  }

  /// The choice of an anomaly must not depend on the process, so its numbers are pinned.
  @Test func aTextAlwaysGivesTheSameNumber() {
    #expect(mixed(1, "key-1") == 12_187_651_264_204_005_218)
    #expect(mixed(1, "key-1") != mixed(2, "key-1"))
    let share = Double((0..<20_000).filter { point(mixed(9, "key-\($0)")) < 0.1 }.count) / 20_000
    #expect(abs(share - 0.1) < 0.01)
  }
}
