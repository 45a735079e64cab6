/// Finds which payouts the lines of bank statements are: by name, else by amount and date, else as a sum.
///
/// Pure and deterministic: the same lines and payouts give the same findings, in whatever order they come. Nothing is
/// guessed: where two answers are possible, it is a person's.
package struct BankMatcher: Sendable {
  /// How many days after its arrival, and after the days on which it was awaited, a payout may still be booked for its
  /// amount to be evidence.
  package var daysAfter: Int
  /// For how many days of the calendar it is awaited.
  package var waiting: Int
  package var calendar: BankingCalendar

  /// How many members a sum may be chosen from, and how many it may have: with more, sums come about by chance.
  static let sumCandidates = 12
  static let sumMembers = 4

  package init(daysAfter: Int, waiting: Int = 0, calendar: BankingCalendar = BankingCalendar(.none)) {
    self.daysAfter = daysAfter
    self.waiting = waiting
    self.calendar = calendar
  }

  package func match(_ lines: [OpenBankLine], with payouts: [AwaitedPayout]) -> BankFindings {
    var search = search(lines, payouts)
    search.matchByName()
    search.matchByShortName()
    search.matchByAmount()
    search.matchBySum()
    return search.findings
  }

  /// The payouts that some line names, in order.
  package func named(by lines: [OpenBankLine], among payouts: [AwaitedPayout]) -> [PayoutID] {
    let search = search(lines, payouts)
    return Set(search.namings().map { search.payouts[$0.payout].id }).sorted()
  }

  /// The lines that name some payout, in order.
  package func lines(_ lines: [OpenBankLine], naming payouts: [AwaitedPayout]) -> [BankLineID] {
    let search = search(lines, payouts)
    return Set(search.namings().map { search.lines[$0.line].id }).sorted()
  }

  private func search(_ lines: [OpenBankLine], _ payouts: [AwaitedPayout]) -> BankSearch {
    let payouts = payouts.sorted { ($0.sentOn, $0.id) < ($1.sentOn, $1.id) }
    return BankSearch(
      lines: lines.sorted { ($0.bookedOn, $0.id) < ($1.bookedOn, $1.id) }, payouts: payouts,
      bookedBy: payouts.map { calendar.date(waiting, after: $0.arrivesOn).adding(days: daysAfter) })
  }
}

/// One search, step by step: what a step has used is gone for the next.
struct BankSearch {
  let lines: [OpenBankLine]
  let payouts: [AwaitedPayout]
  /// The last day on which each payout's amount is evidence.
  let bookedBy: [BusinessDate]
  let names: PayoutNames
  private(set) var freeLines: Set<Int>
  private(set) var freePayouts: Set<Int>
  private var matches: [BankMatch] = []
  private var ambiguousLines: [BankLineID] = []
  private var ambiguousPayouts: [PayoutID] = []

  init(lines: [OpenBankLine], payouts: [AwaitedPayout], bookedBy: [BusinessDate]) {
    self.lines = lines
    self.payouts = payouts
    self.bookedBy = bookedBy
    names = PayoutNames(payouts)
    freeLines = Set(lines.indices)
    freePayouts = Set(payouts.indices)
  }

  var findings: BankFindings {
    var findings = BankFindings()
    findings.matches = matches.sorted { $0.id < $1.id }
    findings.ambiguousLines = ambiguousLines.sorted()
    findings.ambiguousPayouts = ambiguousPayouts.sorted()
    return findings
  }

  mutating func accept(_ rule: BankMatch.Rule, lines found: [Int], payouts paid: [Int]) {
    matches.append(BankMatch(rule, lines: found.map { lines[$0].id }, payouts: paid.map { payouts[$0].id }))
    use(found, paid)
  }

  mutating func leaveToPerson(lines found: [Int], payouts paid: [Int]) {
    ambiguousLines += found.map { lines[$0].id }
    ambiguousPayouts += paid.map { payouts[$0].id }
    use(found, paid)
  }

  private mutating func use(_ found: [Int], _ paid: [Int]) {
    freeLines.subtract(found)
    freePayouts.subtract(paid)
  }

  /// The day before counts too: a processor's day may begin elsewhere.
  func isInWindow(line: Int, payout: Int) -> Bool {
    let (line, lastDay, payout) = (lines[line], bookedBy[payout], payouts[payout])
    return line.amount.currency == payout.amount.currency && line.bookedOn >= payout.sentOn.adding(days: -1)
      && line.bookedOn <= lastDay
  }

  /// Lines and payouts that hang together, each group in order, groups in the order of their first line.
  static func groups(_ edges: [(line: Int, payout: Int)]) -> [(lines: [Int], payouts: [Int])] {
    let byLine = Dictionary(grouping: edges, by: \.line)
    let byPayout = Dictionary(grouping: edges, by: \.payout)
    var seen: Set<Int> = []
    return byLine.keys.sorted().compactMap { first in
      guard seen.insert(first).inserted else { return nil }
      var (lines, payouts): (Set<Int>, Set<Int>) = ([first], [])
      var next = [first]
      while let line = next.popLast() {
        for payout in byLine[line, default: []].map(\.payout) where payouts.insert(payout).inserted {
          for other in byPayout[payout, default: []].map(\.line) where lines.insert(other).inserted {
            next.append(other)
          }
        }
      }
      seen.formUnion(lines)
      return (lines.sorted(), payouts.sorted())
    }
  }

  /// Nil where they are in several currencies, or too much to count.
  static func sum(_ amounts: [Money]) -> Money? {
    guard let first = amounts.first else { return nil }
    return try? amounts.dropFirst().reduce(first) { try $0.adding($1) }
  }
}
