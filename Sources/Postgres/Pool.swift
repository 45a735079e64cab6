/// A fixed number of connections, opened when they are needed and shared in the order of asking.
///
/// A connection that was lost, or that cannot be set back, is discarded, and the next use opens a new one.
/// Session-level advisory locks do not belong here (they would stay with a pooled connection): open a `Connection`.
package final class Pool: Sendable {
  private let connector: Connector
  private let queue: PoolQueue

  /// Opens nothing yet.
  ///
  /// - Parameter prepare: runs on each new connection, in autocommit (`SET ROLE …`).
  package init(
    _ settings: ConnectionSettings, size: Int, prepare: (@Sendable (Session) throws -> Void)? = nil
  ) {
    connector = Connector(settings, prepare)
    queue = PoolQueue(size: size)
  }

  /// BEGIN, body, COMMIT; ROLLBACK where the body throws. The body is synchronous: nothing in it can await.
  ///
  /// - Throws: what the body throws; `CancellationError`; a `PostgresError`, of the kind `commitUnknown` where the
  ///   connection was lost during COMMIT.
  @discardableResult
  package func transaction<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    try await lease { session in try session.transaction(.commit, body) }
  }

  /// Runs the body in autocommit: each statement is a transaction.
  @discardableResult
  package func session<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    try await lease(body)
  }

  /// Runs the body in a transaction and rolls back whatever it did: a dry run.
  @discardableResult
  package func rolledBack<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    try await lease { session in try session.transaction(.rollback, body) }
  }

  /// Refuses new work, and returns when the work under way has ended and all connections are closed.
  package func close() async {
    for connection in queue.close() { await connection.close() }
    await queue.drained()
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
