import CPostgres

extension Session {
  /// Hands over rows one by one, in constant memory.
  ///
  /// Where the body throws, the server is told to stop and the rest is thrown away; inside a transaction (without a
  /// savepoint around the call) the transaction has then failed. The body cannot use the session.
  package func forEach(_ sql: SQL, _ body: (Row) throws -> Void) throws {
    try checkReady()
    let text = sql.text
    try refuseNUL(text)
    try parameters.encode(sql.values)
    let name = try preparedName(StatementCache.Key(text: text, types: parameters.types))
    let sent = parameters.withPointers { count, types, values, lengths, formats in
      if let name {
        PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
      } else {
        PQsendQueryParams(connection, text, count, types, values, lengths, formats, 1)
      }
    }
    guard sent == 1 else { throw notSent() }
    isBusy = true
    defer { isBusy = false }
    PQsetSingleRowMode(connection)
    try stream(text, body)
  }

  private func stream(_ text: String, _ body: (Row) throws -> Void) throws {
    var columns: Columns?
    while let raw = PQgetResult(connection) {
      let result: ResultSet
      do {
        result = try check(raw, columns: columns)
      } catch {
        drain()
        throw withLoss(error)
      }
      columns = result.columns
      guard PQresultStatus(raw) == PGRES_SINGLE_TUPLE else {
        note(result, text: text)
        continue
      }
      do {
        try body(Row(result: result, index: 0))
      } catch {
        abandon()
        drain()
        throw error
      }
    }
  }
}
