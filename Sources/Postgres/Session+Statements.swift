import CPostgres

extension Session {
  /// Runs a statement and says how many rows it inserted, changed, deleted or returned.
  @discardableResult
  package func execute(_ sql: SQL) throws -> Int { try run(sql).affected }

  /// All rows, in memory; see `forEach` for what may be large.
  package func query(_ sql: SQL) throws -> [Row] {
    let result = try run(sql)
    return (0..<result.count).map { Row(result: result, index: Int32($0)) }
  }

  package func query<T>(_ sql: SQL, _ map: (Row) throws -> T) throws -> [T] {
    let result = try run(sql)
    return try (0..<result.count).map { try map(Row(result: result, index: Int32($0))) }
  }

  /// The only row, or `nil` where there is none; more than one is an `unexpectedResult`.
  package func first(_ sql: SQL) throws -> Row? {
    let result = try run(sql)
    guard result.count <= 1 else {
      throw PostgresError(.unexpectedResult, "a statement that gives at most one row gave \(result.count)")
    }
    return result.count == 1 ? Row(result: result, index: 0) : nil
  }

  /// Runs several statements from plain text, as in a migration. Outside of a transaction they form one of their own,
  /// unless the text itself begins and commits.
  ///
  /// - Throws: the first failure, with the line of the text where the server saw it.
  package func script(_ text: String) throws {
    try checkReady()
    try refuseNUL(text)
    try complete(PQsendQuery(connection, text), text, isScript: true)
  }

  /// Runs a statement to its end, prepared where it has come before.
  func run(_ sql: SQL) throws -> ResultSet {
    try checkReady()
    let text = sql.text
    try refuseNUL(text)
    try parameters.encode(sql.values)
    let key = StatementCache.Key(text: text, types: parameters.types)
    guard let name = try preparedName(key) else { return try runDirectly(text) }
    do {
      let sent = parameters.withPointers { count, _, values, lengths, formats in
        PQsendQueryPrepared(connection, name, count, values, lengths, formats, 1)
      }
      return try complete(sent, text)
    } catch let error as PostgresError where error.state == .featureNotSupported {
      // "cached plan must not change result type": a table was altered since. Outside of a transaction nothing is lost.
      statements.forget(key)
      guard transactionStatus == PQTRANS_IDLE else { throw error }
      return try runDirectly(text)
    }
  }

  private func runDirectly(_ text: String) throws -> ResultSet {
    let sent = parameters.withPointers { count, types, values, lengths, formats in
      PQsendQueryParams(connection, text, count, types, values, lengths, formats, 1)
    }
    return try complete(sent, text)
  }

  /// The name under which the server knows the statement, if it is worth one.
  func preparedName(_ key: StatementCache.Key) throws -> String? {
    // In a failed transaction the server refuses all of this.
    guard transactionStatus != PQTRANS_INERROR else { return nil }
    switch statements.use(key) {
    case .direct: return nil
    case .prepared(let name): return name
    case .prepare(let name):
      if transactionStatus == PQTRANS_IDLE { try releaseDiscarded() }
      do {
        try complete(PQsendPrepare(connection, name, key.text, Int32(key.types.count), key.types), key.text)
      } catch {
        statements.forget(key)
        throw error
      }
      return name
    }
  }

  /// Frees what the server holds of discarded statements, outside transactions only: in one, a DEALLOCATE is its first
  /// query, and SET TRANSACTION would come too late.
  func releaseDiscarded() throws {
    for old in statements.takeDiscarded() { try command("DEALLOCATE \(old)") }
  }

  func refuseNUL(_ text: String) throws {
    guard !text.utf8.contains(0) else { throw PostgresError(.misuse, "the text of a statement holds a NUL character") }
  }
}
