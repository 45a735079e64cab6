import CPostgres

extension Session {
  /// Loads rows by binary COPY.
  ///
  /// Where the body throws, the COPY is aborted: none of its rows stay, and a transaction around it has failed (put a
  /// savepoint around the call to go on). The body cannot use the session.
  ///
  /// - Parameter table: a name, or schema and name with a dot between.
  /// - Returns: rows stored.
  @discardableResult
  package func copyIn(
    _ table: String, columns: [String], _ body: (inout CopyWriter) throws -> Void
  ) throws -> Int {
    let name = table.split(separator: ".").map { SQL.quoted(identifier: String($0)) }.joined(separator: ".")
    let copyColumns = try describe(name, columns)
    let list = columns.map(SQL.quoted(identifier:)).joined(separator: ", ")
    try startCopy("COPY \(name) (\(list)) FROM STDIN WITH (FORMAT binary)", PGRES_COPY_IN)
    isBusy = true
    defer { isBusy = false }
    do {
      var writer = CopyWriter(self, columns: copyColumns)
      try body(&writer)
      try writer.finish()
    } catch {
      PQputCopyEnd(connection, "abandoned by the client")
      drain()
      throw error
    }
    guard PQputCopyEnd(connection, nil) == 1 else { throw copyError() }
    return try finishCopy()
  }

  /// Streams what a query gives as text, in pieces of about 64 KiB that may end anywhere.
  ///
  /// Where the body throws, the rest is cancelled and thrown away; a transaction around it has then failed.
  ///
  /// - Parameter options: those of COPY, as `FORMAT csv, HEADER`.
  /// - Returns: rows written.
  /// - Throws: `misuse` for SQL with bound values: COPY takes none.
  @discardableResult
  package func copyOut(
    _ sql: SQL, options: String = "FORMAT csv", _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws -> Int {
    guard !sql.hasValues else { throw PostgresError(.misuse, "COPY takes no bound values") }
    try startCopy("COPY (\(sql.text)) TO STDOUT WITH (\(options))", PGRES_COPY_OUT)
    isBusy = true
    defer { isBusy = false }
    do {
      try receive(body)
    } catch {
      abandon()
      drain()
      throw error
    }
    return try finishCopy()
  }

  /// Why data was refused in the middle of a COPY: what the server said, or that it is gone.
  func copyError() -> any Error {
    var error: (any Error)?
    PQputCopyEnd(connection, "abandoned by the client")
    while let raw = PQgetResult(connection) {
      do {
        _ = try check(raw)
      } catch let failure {
        error = error ?? failure
      }
    }
    return error.map(withLoss) ?? lost()
  }

  private func receive(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var buffer = SQLBuffer(capacity: 80_000)
    while true {
      var line: UnsafeMutablePointer<CChar>?
      let count = PQgetCopyData(connection, &line, 0)
      guard count > 0, let line else { break }
      buffer.write(bytes: UnsafeRawBufferPointer(start: line, count: Int(count)))
      PQfreemem(line)
      if buffer.count >= 65_536 {
        try body(buffer.bytes)
        buffer.removeAll()
      }
    }
    if buffer.count > 0 { try body(buffer.bytes) }
  }

  private func startCopy(_ text: String, _ expected: ExecStatusType) throws {
    try checkReady()
    try refuseNUL(text)
    guard let raw = PQexec(connection, text) else { throw lost() }
    if PQresultStatus(raw) == expected { return PQclear(raw) }
    _ = try check(raw)
    throw PostgresError(.misuse, "COPY did not start: more than one statement?")
  }

  /// The data went by other means than a statement's text; its result comes like any other.
  private func finishCopy() throws -> Int { try complete(1, "").affected }

  private func describe(_ table: String, _ columns: [String]) throws -> [CopyColumn] {
    let found = try query(
      """
      SELECT a.attname AS name, COALESCE(NULLIF(t.typbasetype, 0), t.oid) AS type
      FROM unnest(\(columns)) WITH ORDINALITY AS wanted (name, place)
      JOIN pg_catalog.pg_attribute a
        ON a.attrelid = \(table)::regclass AND a.attname = wanted.name AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
      ORDER BY wanted.place
      """
    ) { row in
      CopyColumn(name: try row.get("name"), type: SQLType(oid: UInt32(try row.get("type", as: Int64.self))))
    }
    guard found.count == columns.count, !found.isEmpty else {
      let known = Set(found.map(\.name))
      let missing = columns.filter { !known.contains($0) }.joined(separator: ", ")
      throw PostgresError(.misuse, "COPY into \(table): the table has no column \(missing)")
    }
    return found
  }
}
