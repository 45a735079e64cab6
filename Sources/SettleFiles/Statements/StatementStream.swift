import SettleModel

/// Reads a format that has a grammar of its own, chunk by chunk, in constant memory.
protocol StatementParser: AnyObject {
  /// Whether the file's last line has no end. XML shows its own end.
  var endedWithoutNewline: Bool { get }
  /// The totals that the file states about itself, as far as it was read.
  var check: ControlCheck { get }

  /// Reads on, and gives out the rows that end in the chunk. Throws ``FileDamage``, and what `body` throws.
  func feed(_ chunk: Bytes, body: (FileRow) throws -> Void) throws

  /// Ends the file. Throws ``FileDamage`` where it may not end here.
  func finish(body: (FileRow) throws -> Void) throws
}

/// The rows of a bank statement out of a file's chunks.
///
/// A statement is believed as a whole or not at all, so both readings of a file check everything: what the second
/// gives out is certain to add up.
struct StatementStream {
  private let parser: any StatementParser
  private var atStart = true

  /// Nil for layouts whose files are read record by record.
  init?(_ layout: Layout) throws {
    switch layout.format {
    case .camt053: parser = try CamtParser(layout)
    case .mt940: parser = MT940Parser(layout)
    case .bai2: parser = BAI2Parser(layout)
    case .csv, .jsonLines: return nil
    }
  }

  var endedWithoutNewline: Bool { parser.endedWithoutNewline }

  /// How many balances and control totals were compared.
  var controls: Int { parser.check.count }

  mutating func feed(_ chunk: Bytes, body: (FileRow) throws -> Void) throws {
    let text = atStart ? ByteOrderMark.skipped(chunk) : chunk
    atStart = false
    try parser.feed(text, body: body)
  }

  func finish(body: (FileRow) throws -> Void) throws {
    try parser.finish(body: body)
    try parser.check.finish(.controlTotal)
  }
}
