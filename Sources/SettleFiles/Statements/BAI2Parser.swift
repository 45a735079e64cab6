import SettleModel

/// Cash management balance reporting, version 2 (BAI2): a file (01 … 99) of groups (02 … 98) of accounts (03 … 49),
/// each closed by totals, all of which are checked.
final class BAI2Parser: StatementParser {
  private(set) var totals = StatementTotals()
  var endedWithoutNewline: Bool { lines.endedWithoutNewline }
  private var lines = LineSplitter()
  private let rules: StatementRules
  private let unguarded: Set<String>
  /// The record whose continuations may still come.
  private var record: BAI2Record?
  private var file: BAI2Totals?
  private var group: (sums: BAI2Totals, header: BAI2Group)?
  private var account: (sums: BAI2Totals, statement: BAI2Account)?
  private var hasEnded = false

  init(_ layout: Layout) {
    rules = layout.statement
    unguarded = layout.processorIDs
  }

  func feed(_ chunk: Bytes, body: (FileRow) throws -> Void) throws {
    try lines.feed(chunk) { try read($0, $1, body) }
  }

  func finish(body: (FileRow) throws -> Void) throws {
    try lines.finish { try read($0, $1, body) }
    try endRecord(body)
    guard hasEnded else { throw FileDamage.cutOff(lines.line - 1, "before its trailer (99)") }
  }

  private func read(_ text: String, _ line: Int, _ body: (FileRow) throws -> Void) throws {
    guard !text.trimmed.isEmpty else { return }
    guard let (code, content) = BAI2Record.parts(text) else {
      throw FileDamage(
        .malformed, line: line,
        "this line begins with no record code (01, 02, 03, 16, 49, 88, 98, 99 and a comma); fetch the file again, or ask"
          + " the bank")
    }
    if code == "88", record != nil {
      try record?.add(content)
    } else {
      try endRecord(body)
      record = BAI2Record(text, line)
    }
  }

  private func endRecord(_ body: (FileRow) throws -> Void) throws {
    guard let record else { return }
    self.record = nil
    switch record.code {
    case "01" where file == nil && !hasEnded: try beginFile(record)
    case "02" where file != nil && group == nil:
      var sums = BAI2Totals(line: record.line)
      sums.count(record)
      group = (sums, try BAI2Group(record, rules))
    case "03" where account == nil:
      guard let header = group?.header else { throw misplaced(record) }
      var sums = BAI2Totals(line: record.line)
      sums.count(record)
      let statement = try BAI2Account(record, of: header) { try sums.add($0, record.line) }
      account = (sums, statement)
    case "16" where account != nil:
      account?.sums.count(record)
      let row = try account?.statement.row(record, rules, unguarded)
      try account?.sums.add(row?.amount ?? 0, record.line)
      if let row { try body(row.row) }
    case "49" where account != nil: try endAccount(record, body)
    case "98" where group != nil && account == nil:
      guard var sums = group?.sums else { return }
      group = nil
      sums.count(record)
      try sums.compare(record, .group, &totals)
      try file?.add(sums)
    case "99" where file != nil && group == nil:
      file?.count(record)
      try file?.compare(record, .file, &totals)
      (file, hasEnded) = (nil, true)
    default: throw misplaced(record)
    }
  }

  private func beginFile(_ record: BAI2Record) throws {
    var fields = record.fields
    for _ in 0..<7 { _ = fields.next() }
    let version = fields.next()
    guard version == "2" else {
      throw FileDamage(
        .malformed, line: record.line, "the header (01) does not say that this is version 2; ask the bank for BAI2")
    }
    file = BAI2Totals(line: record.line)
    file?.count(record)
  }

  private func endAccount(_ record: BAI2Record, _ body: (FileRow) throws -> Void) throws {
    guard let (opened, statement) = account else { return }
    account = nil
    var sums = opened
    sums.count(record)
    try sums.compare(record, .account, &totals)
    try group?.sums.add(sums)
    try body(statement.closed(&totals))
  }

  private func misplaced(_ record: BAI2Record) -> FileDamage {
    FileDamage(
      .malformed, line: record.line,
      "a record \(record.code) may not stand here (the order is 01, 02, 03, 16, 49, 98, 99); fetch the file again, or"
        + " ask the bank")
  }
}
