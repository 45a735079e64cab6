import Foundation
import Testing

@testable import settle_chaos

@Suite struct TestCardsTests {
  private static func passesLuhn(_ number: String) -> Bool {
    let sum = number.reversed().enumerated().reduce(0) { sum, figure in
      let digit = figure.element.wholeNumberValue ?? 0
      let value = figure.offset % 2 == 0 ? digit : digit * 2
      return sum + (value > 9 ? value - 9 : value)
    }
    return sum % 10 == 0
  }

  @Test func theyPassForRealOnes() {
    var random = SeededRandom(seed: 3)
    let cards = TestCards(10, &random)
    #expect(cards.numbers.allSatisfy(Self.passesLuhn))
    #expect(Set(cards.numbers).count == 10)
  }

  @Test func theyAreFoundHoweverTheyAreWritten() {
    var random = SeededRandom(seed: 3)
    let cards = TestCards(5, &random)
    for _ in 0..<40 { #expect(cards.found(in: Data("said \(cards.written(&random)), too".utf8)) >= 1) }
    #expect(cards.found(in: Data("said nothing of 4000 and 1234".utf8)) == 0)
  }

  /// Every kind of wrongness turns up, and a record is one record.
  @Test func hostileRowsAreOfManyKinds() {
    var random = SeededRandom(seed: 9)
    let cards = TestCards(5, &random)
    var rows = HostileRow(cards, named: "T", SeededRandom(seed: 9))
    let text = (0..<2_000).map { _ in rows.next(.authorizations) }.joined()
    #expect(cards.found(in: Data(text.utf8)) == 5)
    for sign in ["=1+1", "\u{202E}", "\u{1}", "two\nlines", "\"\"", "99999999999999999999999999", "🙂"] {
      #expect(text.contains(sign))
    }
    let table = OutTable(Data(text.utf8))
    #expect(table.rows.count == 2_000)
  }
}
