import Testing

@testable import SettleSimulation

@Suite struct AgendaTests {
  @Test func timeComesFirstAndThenTheOrderOfPlanning() {
    var agenda = Agenda()
    var dice = Dice(seed: 7)
    var expected: [(Int64, Int)] = []
    var happened: [Int] = []
    for number in 0..<500 {
      let at = Int64(dice.below(40))
      expected.append((at, number))
      agenda.add(at: at, run: nil) { happened.append(number) }
    }
    var last: Int64 = 0
    while let entry = agenda.take() {
      #expect(entry.at >= last)
      last = entry.at
      entry.action()
    }
    #expect(happened == expected.sorted { $0 < $1 }.map(\.1))
    #expect(agenda.isEmpty)
  }
}

@Suite struct DiceTests {
  @Test func theSameSeedThrowsTheSame() {
    var first = Dice(seed: 5)
    var second = Dice(seed: 5)
    var other = Dice(seed: 6)
    let thrown = (0..<20).map { _ in first.below(1_000) }
    let again = (0..<20).map { _ in second.below(1_000) }
    let others = (0..<20).map { _ in other.below(1_000) }
    #expect(thrown == again)
    #expect(thrown != others)
  }

  @Test func rangesAndOddsHold() {
    var dice = Dice(seed: 1)
    var seen: Set<Int> = []
    for _ in 0..<1_000 { seen.insert(dice.within(3...6)) }
    #expect(seen == [3, 4, 5, 6])
    let happened = (0..<10_000).count { _ in dice.happens(2_500) }
    #expect((2_200...2_800).contains(happened))
    let never = dice.happens(0)
    #expect(!never)
  }
}
