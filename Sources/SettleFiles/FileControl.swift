package import SettleModel

/// A total that a file states about itself, beside what its own rows come to: a closing balance, a control total, a
/// count of records.
package struct FileControl: Sendable, Equatable {
  /// What the file states, as the subject of a sentence: `the closing balance of statement 5`.
  package var name: String
  /// What it is compared with, as the subject of a clause: `the opening balance and the entries`.
  package var basis: String
  /// The physical line where the file states it.
  package var line: Int
  /// What the file states: minor units of the currency, or without one a plain number.
  package var expected: Int64
  /// What its own rows come to.
  package var found: Int64
  package var currency: Currency?

  package init(
    _ name: String, of basis: String, line: Int, expected: Int64, found: Int64, currency: Currency? = nil
  ) {
    self.name = name
    self.basis = basis
    self.line = line
    self.expected = expected
    self.found = found
    self.currency = currency
  }

  package var holds: Bool { expected == found }

  /// The whole comparison in a clause, for people.
  package var description: String {
    let (difference, overflow) = expected.subtractingReportingOverflow(found)
    let apart = overflow ? "" : " (a difference of \(text(difference)))"
    return "\(name) is \(text(expected)) where \(basis) make \(text(found))\(apart)"
  }

  private func text(_ value: Int64) -> String {
    currency.map { Money(minor: value, currency: $0).description } ?? String(value)
  }
}

/// The totals that a file states about itself, compared one by one while it is read.
struct ControlCheck {
  /// How many totals were compared.
  private(set) var count = 0
  private var wrong: [FileControl] = []
  private var wrongCount = 0
  /// Wrong totals that are kept to be told.
  static let kept = 20

  mutating func compare(_ control: FileControl) {
    count += 1
    guard !control.holds else { return }
    wrongCount += 1
    if wrong.count < Self.kept { wrong.append(control) }
  }

  /// Refuses the file with all its wrong totals, so that none has to be found by mending another.
  func finish(_ reason: FileRefusal.Reason) throws(FileDamage) {
    guard let first = wrong.first else { return }
    let others =
      wrongCount == 1 ? "" : ", and \(wrongCount - 1) more of its totals \(wrongCount == 2 ? "is" : "are") wrong"
    var damage = FileDamage(
      reason, line: first.line,
      "\(first.description)\(others); a row may be missing or changed, so nothing of the file is taken: fetch it again,"
        + " or ask whoever made it")
    damage.controls = wrong
    throw damage
  }
}
