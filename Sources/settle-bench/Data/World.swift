import Foundation

/// A night's files: `settle-authorizations` and the Stripe report that answers them, row by row and in constant memory.
struct World {
  let seed: UInt64
  let rows: Int
  /// The inbox; its folders are made.
  let inbox: String

  /// The day that everything happens on, `YYYY-MM-DD`.
  var date = firstDate

  static let firstDate = "2026-11-20"
  static let secondDate = "2026-11-21"
  /// So many orders are paid out together, in each currency by itself.
  static let ordersPerPayout = 50_000

  /// What `make` makes: the authorizations, and the report that answers them.
  static func files(inbox: String, date: String = firstDate) -> [String] {
    ["authorizations", "outcomes"].map { "\(inbox)/\($0)/\(date).csv" }
  }

  struct Summary: Codable, Equatable {
    var authorizations = 0
    var outcomes = 0
    var authorizationBytes: Int64 = 0
    var outcomeBytes: Int64 = 0
    var missing = 0
    var otherAmount = 0
    var duplicates = 0
    var refunds = 0
    var payouts = 0
  }

  func make() throws -> Summary {
    for folder in ["authorizations", "outcomes"] {
      try FileManager.default.createDirectory(atPath: "\(inbox)/\(folder)", withIntermediateDirectories: true)
    }
    let files = Self.files(inbox: inbox, date: date)
    var summary = Summary()
    var agreed = try AuthorizationsFile(files[0], date: date)
    var reported = try StripeReportFile(files[1], seed: seed, date: date)
    for row in 0..<rows {
      if row % 100_000 == 0 { try Task.checkCancellation() }
      let order = WorldOrder(seed: seed, row: row)
      let second = row * 86_400 / rows
      try agreed.write(order, second: second)
      try report(order, second: second, to: &reported, &summary)
      if (row + 1) % Self.ordersPerPayout == 0 || row == rows - 1 { summary.payouts += try reported.payOut() }
    }
    (summary.authorizations, summary.outcomes) = (rows, reported.lines)
    (summary.authorizationBytes, summary.outcomeBytes) = (try agreed.close(), try reported.close())
    return summary
  }

  private func report(
    _ order: WorldOrder, second: Int, to file: inout StripeReportFile, _ summary: inout Summary
  ) throws {
    switch order.difference {
    case .none: break
    case .missing:
      summary.missing += 1
      return
    case .otherAmount: summary.otherAmount += 1
    case .duplicate:
      summary.duplicates += 1
      try file.write(.charge, of: order, gross: order.taken, second: second, purpose: 20)
    case .refunded:
      summary.refunds += 1
      try file.write(.refund, of: order, gross: -order.givenBack, second: second, purpose: 30)
    }
    try file.write(.charge, of: order, gross: order.taken, second: second, purpose: 10)
  }
}
