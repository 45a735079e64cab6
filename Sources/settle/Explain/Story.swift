import SettleModel
import SettleStore

/// An explanation as a sequence of entries in time order.
struct Story {
  /// One thing that settle learned or did.
  struct Entry {
    /// When settle learned or did it. For what reconciling finds, which is kept by business date, about when.
    var at: Timestamp
    /// Which of several at the same instant comes first: causes before effects, an order before its money, the payout
    /// before the bank.
    var rank: Int
    var kind: String
    /// Shown instead of the instant where only the date is known.
    var date: BusinessDate?
    var text: String
    /// `file:line`, where a file told it.
    var source: String?
    var facts: [OrderedJSON.Member]
  }

  let explanation: Explanation
  let entries: [Entry]

  init(_ explanation: Explanation) {
    self.explanation = explanation
    self.entries = Self.chain(of: explanation).enumerated().sorted { left, right in
      (left.element.at, left.element.rank, left.offset) < (right.element.at, right.element.rank, right.offset)
    }.map(\.element)
  }

  private static func chain(of explanation: Explanation) -> [Entry] {
    var entries = explanation.payment.map { [authorized($0)] } ?? []
    entries += explanation.instruments.map(instructed)
    entries += explanation.attempts.flatMap(attempted) + explanation.cancellations.flatMap(cancelled)
    entries += explanation.outcomes.map(reported) + explanation.statements.map(stated)
    entries += explanation.matches.map(matched) + (explanation.breaks + explanation.furtherBreaks).flatMap(broken)
    entries += (explanation.decisions + explanation.furtherDecisions).map(decided)
    entries += explanation.refunds.flatMap(refunded) + explanation.events.map { told($0, in: explanation) }
    entries += explanation.payouts.flatMap(paidOut) + explanation.bankLines.map(booked)
    return entries + possible(explanation) + explanation.restatements.map(restated)
  }

  /// The stories of all that an id names: payments first, then along the money's way.
  static func all(_ explanations: [Explanation]) -> [Story] {
    let stories = explanations.map(Story.init)
    return Subject.allCases.flatMap { subject in stories.filter { $0.subject == subject } }
  }

  /// What several things that an id names are, before their chains.
  static func list(_ id: String, _ stories: [Story]) -> String {
    (["\"\(id.printable)\" names \(stories.count) things:"] + stories.map { "  \($0.summary)" })
      .joined(separator: "\n") + "\n"
  }

  func text(_ style: Style) -> String {
    var table = Table([.left(""), .left(""), .left("")])
    for entry in entries {
      table.add(
        .init(entry.date?.description ?? entry.at.toTheSecond, .dim), .init(entry.kind, Self.tint(of: entry.kind)),
        .init(entry.text + (entry.source.map { "  [\($0)]" } ?? "")))
    }
    return (heading(style) + [""] + table.lines(style, indentation: 2)).joined(separator: "\n") + "\n"
  }

  private static func tint(of kind: String) -> Style.Tint? {
    switch kind {
    case "break": .red
    case "matched", "in the bank", "resolved": .green
    default: nil
    }
  }
}
