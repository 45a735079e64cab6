import SettleModel
import Testing

@Suite struct StatementChainTests {
  /// `0>5` is a statement from 0 to 5; those after the bar are the order.
  @Test(
    arguments: [
      ("5>7 0>5", nil, "0>5 5>7"), ("0>5 5>7 7>9", 0, "0>5 5>7 7>9"), ("7>9 5>7 0>5", 0, "0>5 5>7 7>9"),
      // A day that comes back to a balance, and one on which nothing was left over.
      ("5>0 0>5 0>7", 0, "0>5 5>0 0>7"), ("0>7 0>5 5>0", nil, "0>5 5>0 0>7"), ("5>5 0>5 5>6", 0, "0>5 5>5 5>6"),
      ("5>0 0>5", 5, "5>0 0>5"), ("5>0 0>5", 0, "0>5 5>0"), ("3>3 3>3", 3, "3>3 3>3"),
      // One is missing in between.
      ("7>9 0>5", 0, "0>5 7>9"),
    ] as [(String, Int64?, String)])
  func eachGoesOnWhereTheLastEnded(_ statements: String, _ before: Int64?, _ expected: String) {
    let links = statements.split(separator: " ").enumerated().map { index, text in
      let balances = text.split(separator: ">").compactMap { Int64($0) }
      return StatementChain.Link(id: StatementID(naming: "S\(index)"), opening: balances[0], closing: balances[1])
    }
    for order in [links, links.reversed()] {
      let found = StatementChain.ordered(order, after: before).map { "\($0.opening)>\($0.closing)" }
      #expect(found.joined(separator: " ") == expected)
    }
  }
}
