/// A fixed number of connections, opened when they are needed and shared in the order of asking.
///
/// A connection that was lost, or that cannot be set back, is discarded, and the next use opens a new one.
/// Session-level advisory locks do not belong here (they would stay with a pooled connection): open a `Connection`.
package final class Pool: Sendable {
  private let connector: Connector
  private let queue: PoolQueue
  private let size: Int

  /// Opens nothing yet.
  ///
  /// - Parameters:
  ///   - patience: how long in all a server is waited for that is being restarted, and how long a lost COMMIT is looked
  ///     for. Only what has not begun waits.
  ///   - prepare: runs on each new connection, in autocommit (`SET ROLE …`).
  package init(
    _ settings: ConnectionSettings, size: Int, patience: Duration = .seconds(10),
    prepare: (@Sendable (Session) throws -> Void)? = nil
  ) {
    connector = Connector(settings, prepare, patience: patience)
    queue = PoolQueue(size: size)
    self.size = size
  }

  /// BEGIN, body, COMMIT; ROLLBACK where the body throws. The body is synchronous: nothing in it can await.
  ///
  /// Where the connection is lost during COMMIT, the server is asked over another one what became of the transaction;
  /// what was stored returns as if nothing had happened.
  ///
  /// - Parameter repeats: how often the body is run again where the server has certainly rolled it back: after a deadlock,
  ///   a serialization failure, or the loss of the connection before COMMIT was sent. More than 0 only for a body that
  ///   leaves nothing behind but its work in the database.
  /// - Throws: what the body throws; `CancellationError`; a `PostgresError`, of the kind `commitUnknown` where the
  ///   connection was lost during COMMIT and the server could not be asked.
  @discardableResult
  package func transaction<T: Sendable>(
    repeats: Int = 0, _ body: @Sendable (Session) throws -> T
  ) async throws -> T {
    var attempt = 0
    while true {
      do {
        switch try await begin(.commit, body) {
        case .ended(let value): return value
        case .inDoubt(let value, let lost):
          try await CommitLookUp(settings: connector.settings, patience: connector.patience).confirm(lost)
          return value
        }
      } catch let error as PostgresError where error.isRetryable && attempt < repeats {
      } catch let error as Session.Undone {
        guard attempt < repeats else { throw error.cause }
      }
      attempt += 1
      try await Task.sleep(for: .milliseconds(10 << min(attempt, 5)))
    }
  }

  /// Runs the body in autocommit: each statement is a transaction.
  @discardableResult
  package func session<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    try await lease(body)
  }

  /// Runs the body in a transaction and rolls back whatever it did: a dry run.
  @discardableResult
  package func rolledBack<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    do {
      switch try await begin(.rollback, body) {
      case .ended(let value), .inDoubt(let value, _): return value
      }
    } catch let error as Session.Undone {
      throw error.cause
    }
  }

  /// Refuses new work, and returns when the work under way has ended and all connections are closed.
  package func close() async {
    for connection in queue.close() { await connection.close() }
    await queue.drained()
  }

  /// Takes another connection as long as one turns out to be dead before anything was begun on it: each that lay idle
  /// may be.
  private func begin<T: Sendable>(
    _ ending: Session.Ending, _ body: @Sendable (Session) throws -> T
  ) async throws -> Transacted<T> {
    var dead = 0
    while true {
      do {
        return try await lease { session in try session.transaction(ending, body) }
      } catch let error as Session.NotBegun {
        guard dead < size else { throw error.cause }
        dead += 1
      }
    }
  }

  private func lease<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    let connection = try await connection()
    let lease: Connection.Lease<T>
    do {
      lease = try await connection.lease(body, cleaning: true)
    } catch {
      await discard(connection)
      throw error
    }
    if lease.isUsable, queue.giveBack(connection) { return try lease.value.get() }
    await discard(connection)
    return try lease.value.get()
  }

  private func connection() async throws -> Connection {
    let place = try await queue.take()
    if case .connection(let connection) = place {
      if await !connection.hasEnded() { return connection }
      // The server was restarted, or tired of waiting for us: nothing was begun yet, so a new one will do.
      await connection.close()
    }
    do {
      return try await connector.connect()
    } catch {
      queue.giveUpVacancy()
      throw error
    }
  }

  private func discard(_ connection: Connection) async {
    await connection.close()
    queue.giveUpVacancy()
  }
}
