import Testing

@testable import settle_chaos

@Suite struct ScoreTableTests {
  private static func table(_ violations: [Violation], trials: Int = 1_000) -> ScoreTable {
    var score = Score(fault: KeyLife())
    score.add(Trial(count: trials, killsInFlight: 7, violations: violations), of: 12)
    return ScoreTable(effort: "full", seed: 42, scores: [score])
  }

  @Test func zeroInAThousandSaysWhatItProves() {
    let text = Self.table([]).text
    #expect(text.contains(": 0 in 1000: below 0.299% with 95% confidence\n"))
    #expect(text.contains("All holds"))
  }

  @Test(arguments: [(1, 95.0), (50, 5.82), (300, 0.99), (1_000, 0.30)])
  func theBoundFollowsFromTheTrials(_ trials: Int, _ percent: Double) throws {
    let bound = try #require(Score.bound(trials: trials))
    #expect(abs(bound - percent) < 0.01)
  }

  @Test func noTrialProvesNothing() {
    #expect(Score.bound(trials: 0) == nil)
    #expect(!Self.table([], trials: 0).isGood)
  }

  @Test func aViolationComesWithTheLineThatShowsItAgain() {
    let table = Self.table([Violation(.once, "order A was charged 2 times")])
    #expect(!table.isGood)
    #expect(table.text.contains("I1: order A was charged 2 times"))
    #expect(table.text.contains("scripts/chaos --full --fault key-life --seed 42 --trial 12"))
    #expect(table.text.contains("NOT ALL HOLDS"))
    #expect(!table.text.contains("95% confidence"))
  }

  @Test func aDefectThatIsNotCaughtFailsTheHarness() {
    var table = Self.table([])
    table.catches = [Catch(name: "x", defects: [], fault: "network", trials: 3, seen: "I1: twice", seconds: 1)]
    #expect(table.isGood)
    table.catches[0].seen = nil
    #expect(!table.isGood)
    #expect(table.text.contains("NOT CAUGHT"))
  }
}
