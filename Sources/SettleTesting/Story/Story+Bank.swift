package import SettleModel
package import SettleStore

/// A line of a bank statement as a test names it.
package struct Booked: Sendable {
  package var line: BankLine

  /// A line on the story's day unless it says another, with what the bank says beside it.
  package static func line(
    _ amount: Int64, _ currency: String = "USD", on date: String = "2026-11-20", text: String? = nil,
    reference: String? = nil, endToEnd: String? = nil
  ) -> Booked {
    Booked(
      line: BankLine(
        account: "ACCOUNT", statement: "1", reference: reference, endToEnd: endToEnd,
        bookedOn: BusinessDate(date) ?? BusinessDate(daysSinceEpoch: 0), amount: Money(amount, currency), text: text))
  }

  package func at(_ account: String) -> Booked {
    var copy = self
    copy.line.account = account
    return copy
  }
}

extension Story {
  /// Loads a bank's file; its first row stands in line 2. The lines belong to the statement, or to no known one.
  @discardableResult
  package func book(
    _ lines: Booked..., statement: BankStatement? = nil, file name: String? = nil
  ) async throws -> FileCounts {
    try await book([(lines, statement)], file: name)
  }

  /// Loads a bank's file of several statements, each after its lines.
  @discardableResult
  package func book(
    _ parts: [(lines: [Booked], statement: BankStatement?)], file name: String? = nil
  ) async throws -> FileCounts {
    let context = context()
    var rows: [StatementRow] = []
    for part in parts {
      for booked in part.lines {
        var line = booked.line
        line.line = rows.count + 2
        if let statement = part.statement { line.statement = statement.id }
        rows.append(.line(line))
      }
      guard var statement = part.statement else { continue }
      statement.entries = part.lines.count
      rows.append(.statement(statement))
    }
    let file = file(name, layout: "bank-csv")
    return try await write { [rows] db in
      try db.loadStatement(file, context: context) { take in for row in rows { try take(.accepted(row)) } }
    }
  }

  @discardableResult
  package func reconcile(
    bank terms: BankTerms, waiting days: Int = 0, zone: String = "UTC"
  ) async throws -> ReconcileCounts {
    let context = context()
    var whole = ReconcileTerms(waitingDays: days, bank: terms)
    whole.zone = zone
    return try await write { [whole] db in try db.reconcile(whole, context: context) }
  }

  /// What `payouts.csv` says of the date: `po_1 USD 1 lines net 950 paid 950 bank 9.50 USD rest 0`, where a dash is nothing.
  package func payouts() async throws -> [String] {
    let date = date
    return try await read { db in
      try db.payouts(on: date).map { row in
        let (paid, rest) = (row.paid.map(String.init) ?? "-", row.remainder.map(String.init) ?? "-")
        return "\(row.payout) \(row.currency) \(row.lines) lines net \(row.net) paid \(paid)"
          + " bank \(row.bank?.description ?? "-") rest \(rest)\(row.isMissingInBank ? " missing" : "")"
      }
    }
  }
}

extension BankStatement {
  /// Statement `number` of ACCOUNT in USD, of one day.
  package static func of(
    _ date: String, number: Int? = nil, id: String? = nil, opening: Int64, closing: Int64, from: String? = nil,
    page: Int? = nil
  ) -> BankStatement {
    BankStatement(
      account: "ACCOUNT", id: id ?? number.map(String.init) ?? date, number: number, page: page,
      currency: .named("USD"), opening: Money(opening, "USD"), closing: Money(closing, "USD"),
      openedOn: BusinessDate(from ?? date), closedOn: BusinessDate(date) ?? BusinessDate(daysSinceEpoch: 0), entries: 0)
  }
}
