import SettleModel

/// The balances beside the rows of a bank's CSV, each account's by itself, in constant memory.
///
/// Some banks write the oldest row first and some the newest, and some state a balance on some rows alone: both orders
/// are followed until one of them does not add up.
struct RunningBalances {
  private var runs: [Key: Run] = [:]

  private struct Key: Hashable {
    var account: String
    var statement: String
    var currency: Currency
  }

  private struct Run {
    var first: BankLine
    var last: BankLine
    var entries = 0
    var earliest: BusinessDate
    var latest: BusinessDate
    var oldestFirst: Order
    var newestFirst: Order
    /// Where the file stops adding up in either order.
    var wrong: (line: Int, stated: Int64, found: Int64)?
  }

  /// What one order of rows has come to.
  private struct Order {
    /// Before the first row and after the last one, as far as balances have told.
    var start: Int64?
    var end: Int64?
    /// Entries since the last balance that was stated.
    var pending: Int64 = 0
    var holds = true
  }

  /// Adds a row and the balance that stands on it. Throws ``MoneyError``.
  mutating func add(_ line: BankLine, balance: Int64?) throws {
    let key = Key(account: line.account, statement: line.statement, currency: line.amount.currency)
    var run =
      runs[key]
      ?? Run(
        first: line, last: line, earliest: line.bookedOn, latest: line.bookedOn, oldestFirst: Order(),
        newestFirst: Order())
    run.last = line
    run.entries += line.amount.minor == 0 ? 0 : 1
    run.earliest = min(run.earliest, line.bookedOn)
    run.latest = max(run.latest, line.bookedOn)
    let couldHold = run.oldestFirst.holds || run.newestFirst.holds
    let told = try Self.follow(&run, line, balance)
    if couldHold, !run.oldestFirst.holds, !run.newestFirst.holds, let balance {
      run.wrong = (line.line, balance, told)
    }
    runs[key] = run
  }

  /// Takes the row into both orders. Returns the balance that the order which held last wants here.
  private static func follow(_ run: inout Run, _ line: BankLine, _ balance: Int64?) throws -> Int64 {
    let amount = line.amount.minor
    let currency = line.amount.currency
    func sum(_ left: Int64, _ right: Int64) throws -> Int64 {
      try Money(minor: left, currency: currency).adding(Money(minor: right, currency: currency)).minor
    }
    func less(_ left: Int64, _ right: Int64) throws -> Int64 {
      try Money(minor: left, currency: currency).subtracting(Money(minor: right, currency: currency)).minor
    }
    // Oldest first: a balance is what the one before it and the entries up to this row make.
    let rising = try sum(run.oldestFirst.pending, amount)
    // Newest first: a balance is what the row above left, less the entries from there down to this row.
    let falling = run.newestFirst.pending
    run.oldestFirst.pending = rising
    run.newestFirst.pending = try sum(falling, amount)
    guard let balance else { return 0 }
    let upwards = try run.oldestFirst.end.map { try sum($0, rising) }
    let downwards = try run.newestFirst.start.map { try less($0, falling) }
    let wanted = run.oldestFirst.holds ? upwards : downwards
    if let upwards, upwards != balance { run.oldestFirst.holds = false }
    if let downwards, downwards != balance { run.newestFirst.holds = false }
    if run.oldestFirst.start == nil { run.oldestFirst.start = try less(balance, rising) }
    if run.newestFirst.end == nil { run.newestFirst.end = try sum(balance, falling) }
    (run.oldestFirst.end, run.oldestFirst.pending) = (balance, 0)
    (run.newestFirst.start, run.newestFirst.pending) = (balance, amount)
    return wanted ?? balance
  }

  /// A statement for each account whose rows state a balance, in the order of their first rows. Throws ``FileDamage``
  /// where a sum exceeds 64 bits.
  func statements(_ totals: inout StatementTotals) throws -> [BankStatement] {
    try runs.values.sorted { $0.first.line < $1.first.line }.compactMap { run in
      let statement = try Self.statement(run)
      if let wrong = run.wrong {
        totals.compare(
          "the balance before this row and the entries since", record: "row", line: wrong.line, stated: wrong.stated,
          found: wrong.found, currency: run.first.amount.currency)
      } else if let statement {
        totals.compare(
          "opening balance and entries", record: "row", line: statement.line, stated: statement.closing.minor,
          found: statement.closing.minor, currency: statement.currency)
      }
      return statement
    }
  }

  private static func statement(_ run: Run) throws -> BankStatement? {
    let currency = run.first.amount.currency
    func money(_ balance: Int64, after change: Int64 = 0, before: Int64 = 0) throws -> Money {
      do {
        return try Money(minor: balance, currency: currency).adding(Money(minor: change, currency: currency))
          .subtracting(Money(minor: before, currency: currency))
      } catch {
        throw FileDamage.entry(run.first.line, "begins a sum that exceeds what 64 bits of minor units hold")
      }
    }
    let isOldestFirst =
      run.oldestFirst.holds && (!run.newestFirst.holds || run.first.bookedOn <= run.last.bookedOn)
    guard let rose = run.oldestFirst.start, let risen = run.oldestFirst.end, let newest = run.newestFirst.end,
      let fallen = run.newestFirst.start
    else { return nil }
    let opening = isOldestFirst ? try money(rose) : try money(fallen, before: run.newestFirst.pending)
    let closing = isOldestFirst ? try money(risen, after: run.oldestFirst.pending) : try money(newest)
    return BankStatement(
      account: run.first.account, id: run.first.statement, currency: currency, opening: opening, closing: closing,
      openedOn: run.earliest, closedOn: run.latest, entries: run.entries, line: run.first.line)
  }
}
