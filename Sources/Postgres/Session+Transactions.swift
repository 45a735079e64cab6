import CPostgres

extension Session {
  enum Ending {
    case commit
    case rollback
  }

  /// The connection was found to be gone before anything was begun: on another one nothing is done twice.
  struct NotBegun: Error {
    let cause: any Error
  }

  /// The connection was lost before COMMIT was sent: the server has rolled back what the body did.
  struct Undone: Error {
    let cause: PostgresError
  }

  /// BEGIN, the body, and the ending; ROLLBACK where the body throws.
  ///
  /// - Throws: what the body throws; ``NotBegun`` where the connection turned out to be dead, ``Undone`` where it was lost
  ///   during the body.
  func transaction<T>(_ ending: Ending, _ body: (Session) throws -> T) throws -> Transacted<T> {
    try checkReady()
    do {
      try releaseDiscarded()
      try command("BEGIN")
    } catch {
      throw isLost ? NotBegun(cause: error) : error
    }
    let value: T
    do {
      value = try body(self)
      try checkReady()
      try checkTransaction()
    } catch {
      interruption.end()
      // The body's error says what happened. Where even this fails, the connection is given up and the server rolls back.
      if !isLost { try? command("ROLLBACK") }
      if isLost, let cause = error as? PostgresError { throw Undone(cause: cause) }
      throw error
    }
    interruption.end()
    switch ending {
    case .commit: return try commit().map { .inDoubt(value, $0) } ?? .ended(value)
    case .rollback:
      try command("ROLLBACK")
      return .ended(value)
    }
  }

  /// Runs the body inside the transaction so that what it did can be undone alone: where it throws, the work since then
  /// is rolled back, and the transaction goes on.
  @discardableResult
  package func savepoint<T>(_ body: () throws -> T) throws -> T {
    try checkReady()
    guard transactionStatus == PQTRANS_INTRANS else {
      throw PostgresError(.misuse, "a savepoint needs a transaction that has not failed")
    }
    savepoints += 1
    defer { savepoints -= 1 }
    let name = "savepoint_\(savepoints)"
    try command("SAVEPOINT \(name)")
    do {
      let value = try body()
      try checkTransaction()
      try command("RELEASE SAVEPOINT \(name)")
      return value
    } catch {
      if !isLost { try command("ROLLBACK TO SAVEPOINT \(name); RELEASE SAVEPOINT \(name)") }
      throw error
    }
  }

  /// Rolls back what a body left open.
  ///
  /// - Returns: whether there was anything.
  func endForgottenTransaction() throws -> Bool {
    switch transactionStatus {
    case PQTRANS_INTRANS, PQTRANS_INERROR:
      try command("ROLLBACK")
      return true
    default: return false
    }
  }

  private func checkTransaction() throws {
    switch transactionStatus {
    case PQTRANS_INTRANS: return
    case PQTRANS_INERROR:
      throw PostgresError(
        .misuse, "a statement of the transaction failed and its error was dropped: the transaction was rolled back")
    case PQTRANS_IDLE:
      throw PostgresError(.misuse, "the body of a transaction ended it by itself")
    default: throw lost()
    }
  }

  /// What is to be looked up, where the answer was lost.
  private func commit() throws -> LostCommit? {
    // Learned before COMMIT is sent, at the price of a round trip: whatever loses COMMIT's answer would lose the number,
    // too, if it came with it.
    let number = try transactionNumber()
    do {
      try command("COMMIT")
      return nil
    } catch {
      let state = (error as? PostgresError)?.state
      // The server may have committed before the connection ended, or before it could say so.
      guard isLost || state == .statementCompletionUnknown else { throw error }
      // A transaction without a number has written nothing, so there is nothing that could be lost.
      return number.map { LostCommit(number: $0, life: life, state: state) }
    }
  }

  /// The transaction's number; nil as long as it has written nothing.
  func transactionNumber() throws -> Int64? {
    let text = "SELECT pg_current_xact_id_if_assigned()"
    let result = try complete(PQsendQuery(connection, text), text)
    guard result.count == 1, PQgetisnull(result.handle, 0, 0) == 0, let value = PQgetvalue(result.handle, 0, 0) else {
      return nil
    }
    guard let number = Int64(String(cString: value)) else {
      throw PostgresError(.unexpectedResult, "the server gave a transaction no number")
    }
    return number
  }
}
