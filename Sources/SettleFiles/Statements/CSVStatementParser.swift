import SettleModel

/// A bank's own CSV, its rows typed in both readings of the file: balances beside them show only then whether the
/// file is whole.
final class CSVStatementParser: StatementParser {
  private(set) var totals = StatementTotals()
  var endedWithoutNewline: Bool { csv.endedWithoutNewline }
  private let csv: CSVParser
  private let rows: RowReader
  private let bank: BankRowReader
  private let columns: Int
  private var isHeader = true

  init(_ plan: ColumnPlan) {
    csv = CSVParser(separator: plan.layout.separator)
    bank = BankRowReader(plan)
    rows = RowReader(plan, bank: bank)
    columns = plan.columns.count
  }

  func feed(_ chunk: Bytes, body: (FileRow) throws -> Void) throws {
    try csv.feed(chunk) { record in
      if isHeader { isHeader = false } else { try body(dispensable(try rows.row(record))) }
    }
  }

  func finish(body: (FileRow) throws -> Void) throws {
    // What comes now has no line end of its own.
    try csv.finish { record in
      guard record.count >= columns else {
        throw FileDamage(
          .truncated, line: record.line, "the file ends in the middle of this record; it was cut off, so fetch it again"
        )
      }
      if !isHeader { try body(dispensable(try rows.rowAtEnd(record))) }
    }
    for statement in try bank.statements(&totals) { try body(.statement(statement)) }
  }

  /// The row, where the file can do without it. Throws ``FileDamage`` where it would leave a statement with a hole.
  private func dispensable(_ row: FileRow) throws -> FileRow {
    guard bank.hasBalances, case .quarantined(let refusal) = row else { return row }
    let place = refusal.field.map { "\"\($0)\": " } ?? ""
    throw FileDamage(
      .invalidEntry, line: refusal.line,
      "\(place)\(refusal.detail); a statement with a hole does not add up, so nothing of the file is taken")
  }
}
