import SettleModel
import Testing

@testable import SettleFiles

@Suite struct RunningBalancesTests {
  /// Random statements, oldest or newest row first, balances on all rows or on some: all add up, and none does where
  /// one amount is changed.
  @Test(arguments: 0..<UInt64(200)) func bothOrdersAddUp(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let opening = Int64.random(in: -500...500, using: &random)
    let count = Int.random(in: 3...12, using: &random)
    let amounts = (0..<count).map { _ in Int64.random(in: -90...90, using: &random) }
    var balance = opening
    var rows: [(amount: Int64, balance: Int64?, day: Int)] = []
    for (index, amount) in amounts.enumerated() {
      balance += amount
      let isStated = index == 0 || index == count - 1 || Bool.random(using: &random)
      rows.append((amount, isStated ? balance : nil, index))
    }
    if seed.isMultiple(of: 2) { rows.reverse() }
    let (statements, totals) = try Self.read(rows)
    #expect(statements.map(\.opening.minor) == [opening])
    #expect(statements.map(\.closing.minor) == [balance])
    #expect(statements.first?.entries == amounts.filter { $0 != 0 }.count)
    #expect(!totals.results.contains { !$0.isRight })

    var changed = rows
    let place = Int.random(in: 1..<count - 1, using: &random)
    changed[place].amount += 1_000
    #expect(try Self.read(changed).totals.results.contains { !$0.isRight })
  }

  @Test func withoutAnyBalanceThereIsNoStatement() throws {
    #expect(try Self.read([(1, nil, 0), (2, nil, 1)]).statements.isEmpty)
  }

  @Test func sumsPast64BitsAreRefused() throws {
    #expect(throws: (any Error).self) {
      try Self.read([(.max, 0, 0), (.max, nil, 1)])
    }
  }

  static func read(
    _ rows: [(amount: Int64, balance: Int64?, day: Int)]
  ) throws -> (statements: [BankStatement], totals: StatementTotals) {
    var balances = RunningBalances()
    for (index, row) in rows.enumerated() {
      let line = BankLine(
        account: "A-1", statement: "", bookedOn: BusinessDate(daysSinceEpoch: row.day),
        amount: try money(row.amount, "EUR"), line: index + 2)
      try balances.add(line, balance: row.balance)
    }
    var totals = StatementTotals()
    return (try balances.statements(&totals), totals)
  }
}
