import CPostgres

extension Session {
  /// Waits for all that a statement (or several) answers, and gives the last of it, or the first failure.
  ///
  /// - Parameter sent: what libpq said to sending it.
  @discardableResult
  func complete(_ sent: Int32, _ text: String, isScript: Bool = false) throws -> ResultSet {
    guard sent == 1 else { throw notSent() }
    var last: ResultSet?
    var failure: (any Error)?
    while let raw = PQgetResult(connection) {
      do {
        let result = try check(raw, script: isScript ? text : nil)
        note(result, text: text)
        last = result
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw withLoss(failure) }
    guard let last else { throw lost() }
    return last
  }

  /// Why libpq did not even send a statement: mostly that there is no connection, else too many bound values.
  func notSent() -> PostgresError {
    isLost ? lost() : PostgresError(.misuse, "a statement cannot be sent: \(PostgresError.lastMessage(of: connection))")
  }

  /// A server that ends a connection says why first, and only then is the connection seen to be gone.
  func withLoss(_ error: any Error) -> any Error {
    guard isLost, let last = error as? PostgresError, last.kind == .server else { return error }
    return lost(last)
  }

  /// A result that is good, or the error that it stands for. Takes `raw` over.
  ///
  /// - Parameter script: the text that was sent, where a failure should say in which line of it.
  func check(_ raw: OpaquePointer?, columns: Columns? = nil, script: String? = nil) throws -> ResultSet {
    guard let raw else { throw lost() }
    let result = ResultSet(raw, columns: columns)
    switch PQresultStatus(raw) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY: return result
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      if PQresultStatus(raw) == PGRES_COPY_IN { PQputCopyEnd(connection, "not expected") } else { abandon() }
      drain()
      throw PostgresError(.misuse, "COPY FROM STDIN or TO STDOUT was run as a plain statement: use copyIn or copyOut")
    default: throw failure(result, script: script)
    }
  }

  private func failure(_ result: ResultSet, script: String?) -> any Error {
    var error = PostgresError(.server, result: result.handle)
    // Whatever the server says has a code. A failed write, after which a server's last words are still to be read,
    // leaves libpq believing in the connection.
    if error.state == nil { isBroken = true }
    if isLost { return lost(error) }
    if error.state == .queryCanceled, Task.isCancelled { return CancellationError() }
    if let script, let field = PQresultErrorField(result.handle, Int32(UInt8(ascii: "P"))),
      let position = Int(String(cString: field))
    {
      let line = script.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" } + 1
      error.message += " (line \(line))"
    }
    return error
  }

  /// The connection is gone; `last` is what the server still said, as when it was told to shut down.
  func lost(_ last: PostgresError? = nil) -> PostgresError {
    let reason = last?.message ?? PostgresError.lastMessage(of: connection)
    return PostgresError(.connectionLost, "the connection to the database was lost: \(reason)", state: last?.state)
  }

  /// Tells the server to stop what is still running, of which nobody wants the rest.
  func abandon() { interruption.cancelCurrent() }

  /// Throws away whatever the running statement still gives, until the connection is ready for the next.
  func drain() {
    while let raw = PQgetResult(connection) {
      switch PQresultStatus(raw) {
      case PGRES_COPY_IN: PQputCopyEnd(connection, "abandoned")
      case PGRES_COPY_OUT:
        var bytes: UnsafeMutablePointer<CChar>?
        while PQgetCopyData(connection, &bytes, 0) > 0 { PQfreemem(bytes) }
      default: break
      }
      PQclear(raw)
    }
  }
}
