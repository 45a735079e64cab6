import Testing

@testable import SettleSimulation

/// Simulated nights: nothing breaks in them, and what is broken on purpose is seen.
@Suite struct SimulatedTrialTests {
  @Test func nothingBreaks() {
    let failure = SimulatedTrial.firstFailure(of: 2_000)
    #expect(failure == nil, "seed \(failure?.seed ?? 0): \(failure?.violations.description ?? "")")
  }

  /// So many seeds are enough for each defect, by a wide margin.
  @Test(arguments: SeededDefect.allCases)
  func everyDefectIsSeen(_ defect: SeededDefect) throws {
    let failure = try #require(SimulatedTrial.firstFailure(of: 2_500, defect: defect))
    // Money that moved wrongly, not only work that was left undone, except where nobody is charged twice by it.
    let seen = failure.violations.map(\.promise)
    let isAboutMoney = seen.contains(.once) || seen.contains(.refunds)
    #expect(isAboutMoney || defect == .notFoundIsFailed && seen.contains(.complete))
  }

  @Test(arguments: [3, 11, 42, 1_210] as [UInt64])
  func aSeedTellsTheSameStoryAgain(_ seed: UInt64) {
    let first = SimulatedTrial(seed: seed, defect: .newKeyOnUnknown).run(telling: true)
    let second = SimulatedTrial(seed: seed, defect: .newKeyOnUnknown).run(telling: true)
    #expect(first == second)
    #expect(!first.transcript.isEmpty)
    let silent = SimulatedTrial(seed: seed, defect: .newKeyOnUnknown).run()
    #expect(silent.violations == first.violations)
    #expect(silent.statistics == first.statistics)
    #expect(silent.transcript.isEmpty)
  }

  /// What never happens cannot be survived: each misfortune must really occur.
  @Test func everyMisfortuneHappens() {
    var total = SimulationStatistics()
    for seed in 1...300 as ClosedRange<UInt64> { total += SimulatedTrial(seed: seed).run().statistics }
    #expect(total.kills > 100)
    #expect(total.killsInFlight > 20)
    #expect(total.pauses > 100)
    #expect(total.takeovers > 50)
    #expect(total.restores > 50)
    #expect(total.unknown > 100)
    #expect(total.replays > 50)
    #expect(total.lookUps > 300)
    #expect(total.charges > 500)
    #expect(total.refunds > 50)
  }
}
