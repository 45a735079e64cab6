import CPostgres

extension Session {
  enum Ending {
    case commit
    case rollback
  }

  /// BEGIN, the body, and the ending; ROLLBACK where the body throws.
  func transaction<T>(_ ending: Ending, _ body: (Session) throws -> T) throws -> T {
    try checkReady()
    try command("BEGIN")
    let value: T
    do {
      value = try body(self)
      try checkReady()
      try checkTransaction()
    } catch {
      interruption.end()
      // The body's error says what happened. Where even this fails, the connection is given up and the server rolls back.
      if !isLost { try? command("ROLLBACK") }
      throw error
    }
    interruption.end()
    switch ending {
    case .commit: try commit()
    case .rollback: try command("ROLLBACK")
    }
    return value
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

  private func commit() throws {
    do {
      try command("COMMIT")
    } catch {
      let state = (error as? PostgresError)?.state
      // The server may have committed before the connection ended, or before it could say so.
      guard isLost || state == .statementCompletionUnknown else { throw error }
      let message = "the connection to the database was lost during COMMIT: the work may be stored or not"
      throw PostgresError(.commitUnknown, message, state: state)
    }
  }
}
