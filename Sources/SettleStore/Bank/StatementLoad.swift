package import Postgres
package import SettleModel

/// One record of a bank's file.
package enum StatementRow: Sendable {
  case line(BankLine)
  case statement(BankStatement)
}

extension Session {
  /// Loads one file of bank statements: lines and statements that are new are kept, known ones are ignored. Statements
  /// that overlap so bring their new lines only.
  package func loadStatement(
    _ file: FileIdentity, context: LoadContext, rows: RowReader<StatementRow>
  ) throws -> FileCounts {
    try script(Self.statementStaging + StagedCounts.refusedTable)
    var staged = StagedCounts()
    var place: Int64 = 0
    let columns = Self.statementColumns
    _ = try copyIn("incoming", columns: columns + StagedCounts.refusalColumns) { copy in
      try rows { row in
        place += 1
        try staged.stage(row, width: columns.count, into: &copy) { row, copy in Self.write(row, place, into: &copy) }
      }
    }
    try setAsideRefused()
    try script("ANALYZE incoming")
    let fileID = try reserveFileID()
    let accepted =
      try keepLines(fileID: fileID, context: context) + keepStatements(fileID: fileID, context: context)
    try keepStatementLines(fileID: fileID)
    let counts = staged.counts(accepted: accepted, quarantined: try refusedRows())
    try publish(file, as: fileID, counts: counts, context: context)
    try script("DROP TABLE incoming, refused, named")
    return counts
  }

  private static func write(_ row: StatementRow, _ place: Int64, into copy: inout CopyWriter) {
    switch row {
    case .line(let line):
      copy.append(Int64(line.line))
      copy.append(place)
      copy.append(line.core)
      copy.append(nil as StatementID?)
      copy.append(line.account)
      copy.append(line.statement)
      copy.append(line.amount.currency)
      copy.append(line.reference)
      copy.append(line.endToEnd)
      copy.append(line.bookedOn)
      copy.append(line.valueOn)
      copy.append(line.amount.minor)
      copy.append(line.code)
      copy.append(line.text)
      for _ in 0..<7 { copy.appendNull() }
    case .statement(let statement):
      copy.append(Int64(statement.line))
      copy.append(place)
      copy.append(nil as BankLineID?)
      copy.append(statement.identity)
      copy.append(statement.account)
      copy.append(statement.id)
      copy.append(statement.currency)
      for _ in 0..<7 { copy.appendNull() }
      copy.append(statement.number.map { Int32(clamping: $0) })
      copy.append(statement.page.map { Int32(clamping: $0) })
      copy.append(statement.opening.minor)
      copy.append(statement.closing.minor)
      copy.append(statement.openedOn)
      copy.append(statement.closedOn)
      copy.append(Int32(clamping: statement.entries))
    }
  }

  private static let statementColumns = [
    "line", "place", "core", "statement_id", "account", "name", "currency", "reference", "end_to_end", "booked_on",
    "value_on", "amount", "code", "text", "number", "page", "opening", "closing", "opened_on", "closed_on", "entries",
  ]

  private static let statementStaging = """
    CREATE TEMPORARY TABLE incoming (
      line bigint NOT NULL, place bigint, core uuid, statement_id uuid, account text, name text, currency text,
      reference text, end_to_end text, booked_on date, value_on date, amount bigint, code text, text text, number int,
      page int, opening bigint, closing bigint, opened_on date, closed_on date, entries int,
      refusal int, refused_field text, refused_reason text, refused_detail text) ON COMMIT DROP;

    """

  private func keepLines(fileID: Int64, context: LoadContext) throws -> Int64 {
    try nameLines()
    return try digest(
      .bankLines, of: fileID,
      """
      INSERT INTO bank_lines AS l (line_id, account, statement, reference, end_to_end, booked_on, value_on, amount,
        currency, code, text, business_date, file_id, line)
      SELECT DISTINCT ON (n.line_id) n.line_id, account, name, reference, end_to_end, booked_on, value_on, amount,
        currency, code, text, \(context.date)::date, \(fileID)::bigint, line
      FROM incoming i JOIN named n ON n.place = i.place
      ORDER BY n.line_id, i.place
      ON CONFLICT (line_id) DO NOTHING
      RETURNING l.line_id AS id, 1 AS place, \(sql: AuditHash.bankLine) AS hash
      """)
  }

  private func keepStatements(fileID: Int64, context: LoadContext) throws -> Int64 {
    try digest(
      .bankStatements, of: fileID,
      """
      INSERT INTO bank_statements AS s (statement_id, account, name, number, page, currency, opening, closing, opened_on,
        closed_on, entries, business_date, file_id, line, lines_told)
      SELECT DISTINCT ON (statement_id) statement_id, account, name, number, page, currency, opening, closing, opened_on,
        closed_on, entries, \(context.date)::date, \(fileID)::bigint, line, true
      FROM incoming WHERE statement_id IS NOT NULL ORDER BY statement_id, place
      ON CONFLICT (statement_id) DO NOTHING
      RETURNING s.statement_id AS id, 1 AS place, \(sql: AuditHash.bankStatement) AS hash
      """)
  }

  /// Keeps which lines the file's own statements hold, known or new.
  private func keepStatementLines(fileID: Int64) throws {
    _ = try execute(
      """
      INSERT INTO bank_statement_lines (line_id, statement_id)
      SELECT DISTINCT n.line_id, n.statement_id
      FROM named n JOIN bank_statements s ON s.statement_id = n.statement_id AND s.file_id = \(fileID)
      ORDER BY 1, 2
      """)
  }
}
