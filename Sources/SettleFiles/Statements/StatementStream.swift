import SettleModel

/// Reads a format that has a grammar of its own, chunk by chunk, in constant memory.
protocol StatementParser: AnyObject {
  /// Whether the file's last line has no end. XML shows its own end.
  var endedWithoutNewline: Bool { get }
  /// What the file states about itself, as far as it was read.
  var totals: StatementTotals { get }

  /// Reads on, and gives out the rows that end in the chunk. Throws ``FileDamage``, and what `body` throws.
  func feed(_ chunk: Bytes, body: (FileRow) throws -> Void) throws

  /// Ends the file. Throws ``FileDamage`` where it may not end here.
  func finish(body: (FileRow) throws -> Void) throws
}

/// The rows of a bank statement out of a file's chunks.
///
/// A statement is believed as a whole or not at all, so the first reading of a file checks everything that the second
/// gives out.
struct StatementStream {
  private let parser: any StatementParser
  private var atStart = true

  /// Nil for files of anything else than statements.
  init?(_ plan: ColumnPlan) throws {
    guard plan.layout.kind == .statement else { return nil }
    switch plan.layout.format {
    case .camt053: parser = try CamtParser(plan.layout)
    case .mt940: parser = MT940Parser(plan.layout)
    case .bai2: parser = BAI2Parser(plan.layout)
    case .csv: parser = CSVStatementParser(plan)
    case .jsonLines: return nil
    }
  }

  var endedWithoutNewline: Bool { parser.endedWithoutNewline }

  /// The balances and control totals that were compared.
  var controlTotals: [ControlTotal] { parser.totals.results }

  mutating func feed(_ chunk: Bytes, body: (FileRow) throws -> Void) throws {
    let text = atStart ? ByteOrderMark.skipped(chunk) : chunk
    atStart = false
    try parser.feed(text, body: body)
  }

  func finish(body: (FileRow) throws -> Void) throws { try parser.finish(body: body) }
}
