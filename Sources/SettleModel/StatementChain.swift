/// Statements of one account and one day that nothing but their balances puts in order: each begins with what the one
/// before it ended with.
package struct StatementChain: Sendable {
  package struct Link: Sendable, Equatable {
    package var id: StatementID
    /// Minor units, as the closing balance is.
    package var opening: Int64
    package var closing: Int64

    package init(id: StatementID, opening: Int64, closing: Int64) {
      self.id = id
      self.opening = opening
      self.closing = closing
    }
  }

  /// The statements that no walk has come by, by their opening balance; the smallest id last.
  private var left: [Int64: [Link]]

  /// The statements in the order in which as many as can be go on where the one before them ended.
  ///
  /// Balances are places and statements the ways between them: a walk that takes each way once is their order, also
  /// where a day comes back to a balance. Deterministic, whatever order they come in.
  ///
  /// - Parameter balance: what the statement before all of them ended with; nil where there is none.
  package static func ordered(_ statements: [Link], after balance: Int64?) -> [Link] {
    var chain = StatementChain(left: Dictionary(grouping: statements.sorted { $0.id > $1.id }, by: \.opening))
    var ordered: [Link] = []
    while let start = chain.start(after: ordered.isEmpty ? balance : nil) { ordered += chain.walk(from: start) }
    return ordered
  }

  /// Where to begin: with the balance before, else with one that more statements leave than reach, else with the first
  /// statement by its id. Nil where none is left.
  private func start(after balance: Int64?) -> Int64? {
    if let balance, left[balance] != nil { return balance }
    var surplus: [Int64: Int] = [:]
    for link in left.values.joined() {
      surplus[link.opening, default: 0] += 1
      surplus[link.closing, default: 0] -= 1
    }
    let links = left.values.joined().sorted { $0.id < $1.id }
    return (links.first { surplus[$0.opening, default: 0] > 0 } ?? links.first)?.opening
  }

  /// Goes on as long as there is a way; from a dead end back to where there was another, which is put in between.
  private mutating func walk(from start: Int64) -> [Link] {
    var path: [(balance: Int64, by: Link?)] = [(start, nil)]
    var walked: [Link] = []
    while let last = path.last {
      if let next = left[last.balance]?.popLast() {
        if left[last.balance]?.isEmpty == true { left[last.balance] = nil }
        path.append((next.closing, next))
      } else {
        path.removeLast()
        if let link = last.by { walked.append(link) }
      }
    }
    return walked.reversed()
  }
}
