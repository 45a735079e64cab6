extension BankSearch {
  /// Lines that name payouts. A name proves whose money it is, so that the amounts may differ: that is then a break of
  /// the payout.
  mutating func matchByName() {
    var edges: [(line: Int, payout: Int)] = []
    for line in freeLines.sorted() {
      let named = names.named(in: lines[line].texts)
      // A payout id that has money in several currencies is several payouts.
      let alike = named.filter { payouts[$0].amount.currency == lines[line].amount.currency }
      edges += (alike.isEmpty ? named : alike).map { (line, $0) }
    }
    for group in Self.groups(edges) { settle(group.lines, group.payouts) }
  }

  private mutating func settle(_ found: [Int], _ paid: [Int]) {
    guard let booked = Self.sum(found.map { lines[$0].amount }), let sent = Self.sum(paid.map { payouts[$0].amount })
    else { return leaveToPerson(lines: found, payouts: paid) }
    if paid.count == 1 {
      let converted = booked.currency != sent.currency
      return accept(converted ? .referenceConverted : .reference, lines: found, payouts: paid)
    }
    if found.count == 1, booked == sent { return accept(.reference, lines: found, payouts: paid) }
    let exact = paid.filter { payouts[$0].amount == booked }
    if found.count == 1, exact.count == 1 { return accept(.reference, lines: found, payouts: exact) }
    leaveToPerson(lines: found, payouts: paid)
  }

  /// One line that gives a payout of its own amount and days a name which proves nothing by itself: the amount is the
  /// evidence, and the name says which of several it is.
  mutating func matchByShortName() {
    var edges: [(line: Int, payout: Int)] = []
    for line in freeLines.sorted() {
      edges += hinted(by: line).filter(freePayouts.contains).map { (line, $0) }
    }
    for group in Self.groups(edges) where group.lines.count == 1 && group.payouts.count == 1 {
      accept(.amountAndDate, lines: group.lines, payouts: group.payouts)
    }
  }

  /// Payouts that a line may name, and whose amount and days it has.
  private func hinted(by line: Int) -> [Int] {
    names.hinted(in: lines[line].texts).filter {
      payouts[$0].amount == lines[line].amount && payouts[$0].amount.minor != 0 && isInWindow(line: line, payout: $0)
    }
  }

  /// Which lines name which payouts. What only may be a name counts where the line names none for certain.
  func namings() -> [(line: Int, payout: Int)] {
    lines.indices.flatMap { line in
      let named = names.named(in: lines[line].texts)
      return (named.isEmpty ? hinted(by: line) : named).map { (line, $0) }
    }
  }

  /// One line and one payout of the same amount, where the window has no other of either.
  mutating func matchByAmount() {
    let byAmount = Dictionary(grouping: freePayouts.filter { payouts[$0].amount.minor != 0 }) { payouts[$0].amount }
    var edges: [(line: Int, payout: Int)] = []
    for line in freeLines.sorted() where lines[line].isOfProcessor {
      for payout in byAmount[lines[line].amount, default: []].sorted() where isInWindow(line: line, payout: payout) {
        edges.append((line, payout))
      }
    }
    for group in Self.groups(edges) {
      if group.lines.count == 1, group.payouts.count == 1 {
        accept(.amountAndDate, lines: group.lines, payouts: group.payouts)
      } else {
        leaveToPerson(lines: group.lines, payouts: group.payouts)
      }
    }
  }

  /// One line that is several payouts of a processor, or one payout that came as several lines. Of two sums that share a
  /// member neither is proven.
  ///
  /// What one sum has used leaves fewer to choose from, so that another may be found: each round looks anew, and what is
  /// a person's is said of the last one alone. So a search over what is then left finds nothing else.
  mutating func matchBySum() {
    while true {
      let sums = possibleSums()
      var uses: (lines: [Int: Int], payouts: [Int: Int]) = ([:], [:])
      for sum in sums {
        for line in sum.lines { uses.lines[line, default: 0] += 1 }
        for payout in sum.payouts { uses.payouts[payout, default: 0] += 1 }
      }
      let proven = sums.filter { sum in
        sum.lines.allSatisfy { uses.lines[$0] == 1 } && sum.payouts.allSatisfy { uses.payouts[$0] == 1 }
      }
      for sum in proven { accept(sum.rule, lines: sum.lines, payouts: sum.payouts) }
      guard proven.isEmpty else { continue }
      for sum in sums {
        leaveToPerson(
          lines: sum.lines.filter(freeLines.contains), payouts: sum.payouts.filter(freePayouts.contains))
      }
      return
    }
  }

  private typealias Sum = (rule: BankMatch.Rule, lines: [Int], payouts: [Int])

  private func possibleSums() -> [Sum] {
    var sums: [Sum] = []
    let openLines = freeLines.filter { lines[$0].isOfProcessor }.sorted()
    let openPayouts = freePayouts.filter { payouts[$0].amount.minor != 0 }.sorted()
    for line in openLines {
      let near = Dictionary(grouping: openPayouts.filter { isInWindow(line: line, payout: $0) }) {
        payouts[$0].processor
      }
      for (_, candidates) in near.sorted(by: { $0.key < $1.key }) {
        let members = candidates.map { (index: $0, minor: payouts[$0].amount.minor) }
        sums += Self.sums(of: lines[line].amount.minor, in: members).map { (.sumOfPayouts, [line], $0) }
      }
    }
    for payout in openPayouts {
      let members = openLines.filter { isInWindow(line: $0, payout: payout) }
        .map { (index: $0, minor: lines[$0].amount.minor) }
      sums += Self.sums(of: payouts[payout].amount.minor, in: members).map { (.sumOfLines, $0, [payout]) }
    }
    return sums
  }

  /// Every choice of two to ``BankMatcher/sumMembers`` members of the whole's sign that adds up to it. None where there
  /// are too many to choose from.
  private static func sums(of whole: Int64, in members: [(index: Int, minor: Int64)]) -> [[Int]] {
    let members = members.filter { ($0.minor > 0) == (whole > 0) && $0.minor.magnitude < whole.magnitude }
    guard (2...BankMatcher.sumCandidates).contains(members.count) else { return [] }
    var found: [[Int]] = []
    func choose(from start: Int, _ rest: Int64, _ chosen: [Int]) {
      if rest == 0 { return found.append(chosen) }
      guard chosen.count < BankMatcher.sumMembers else { return }
      for place in start..<members.count where members[place].minor.magnitude <= rest.magnitude {
        choose(from: place + 1, rest - members[place].minor, chosen + [members[place].index])
      }
    }
    choose(from: 0, whole, [])
    return found
  }
}
