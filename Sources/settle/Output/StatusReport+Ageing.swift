import SettleModel
import SettleStore

// How long breaks have been open, and what is still to be reported when.

extension StatusReport {
  private typealias Member = OrderedJSON.Member

  func ageingLines(_ style: Style) -> [String] {
    guard let date = ageing.date, !ageing.groups.isEmpty else { return [] }
    var table = Table([.left("reason"), .right("days open"), .right("breaks"), .left("at stake")])
    for group in ageing.groups {
      table.add(
        "\(group.reason.rawValue)", "\(group.age)", "\(group.count.grouped)",
        .init(group.amounts.map(\.description).joined(separator: ", ")))
    }
    return ["", "open breaks by age on \(date)"] + table.lines(style, indentation: 2)
  }

  func awaitedLines(_ style: Style) -> [String] {
    guard let awaited, !awaited.isEmpty else { return [] }
    var table = Table([.right("outcomes"), .left(""), .right("amount"), .left(""), .left("due on"), .left("")])
    for outcomes in awaited {
      table.add(
        "\(outcomes.count.grouped)", .init(Self.words(for: outcomes)), "\(outcomes.amount.major)",
        "\(outcomes.amount.currency)", "\(outcomes.expectedOn)",
        .init(outcomes.isOverdue ? "overdue, the next reconciliation tells" : "", .red))
    }
    return ["", "awaited, and a break if no file has told of it by the day on which it is due"]
      + table.lines(style, indentation: 2)
  }

  private static func words(for outcomes: AwaitedOutcomes) -> String {
    let isOne = outcomes.count == 1
    return switch outcomes.kind {
    case .charge: isOne ? "charge" : "charges"
    case .refund: isOne ? "refund" : "refunds"
    case .payout where outcomes.amount.minor < 0:
      isOne ? "payout taken back from the bank" : "payouts taken back from the bank"
    case .payout: isOne ? "payout in the bank" : "payouts in the bank"
    }
  }

  var ageingJSON: OrderedJSON {
    .object([
      Member("date", .text(ageing.date)),
      Member(
        "groups",
        .array(
          ageing.groups.map { group in
            .object([
              Member(
                "at_stake",
                .array(
                  group.amounts.map {
                    .object([Member("amount", .string($0.major)), Member("currency", .text($0.currency))])
                  })),
              Member("breaks", .integer(group.count)), Member("days_open", .text(group.age)),
              Member("reason", .string(group.reason.rawValue)),
            ])
          })),
    ])
  }

  /// Null where no pipeline says how long anything is awaited.
  var awaitedJSON: OrderedJSON {
    guard let awaited else { return .null }
    return .array(
      awaited.map { outcomes in
        .object([
          Member("amount", .string(outcomes.amount.major)), Member("currency", .text(outcomes.amount.currency)),
          Member("due_on", .text(outcomes.expectedOn)), Member("kind", .string(outcomes.kind.rawValue)),
          Member("outcomes", .integer(outcomes.count)), Member("overdue", .bool(outcomes.isOverdue)),
        ])
      })
  }
}
