/// One connection, with a thread of its own that libpq's handle never leaves.
///
/// Work comes as a synchronous closure, so nothing can be awaited between BEGIN and COMMIT. Bodies run one after
/// another, whoever sends them.
///
/// Open one outside of a `Pool` where the connection itself matters, as for session-level advisory locks.
package actor Connection {
  private let executor = ConnectionExecutor()
  private let interruption = Interruption()
  private let settings: ConnectionSettings
  private let prepare: (@Sendable (Session) throws -> Void)?
  private var session: Session?

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private init(_ settings: ConnectionSettings, _ prepare: (@Sendable (Session) throws -> Void)?) {
    self.settings = settings
    self.prepare = prepare
  }

  /// - Parameter prepare: runs first on the new connection (`SET ROLE …`), in autocommit.
  package static func open(
    _ settings: ConnectionSettings, prepare: (@Sendable (Session) throws -> Void)? = nil
  ) async throws -> Connection {
    let connection = Connection(settings, prepare)
    try await connection.connect()
    return connection
  }

  /// Runs the body in autocommit: each statement is a transaction.
  @discardableResult
  package nonisolated func run<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    try await lease(body, cleaning: false).value.get()
  }

  /// BEGIN, body, COMMIT; ROLLBACK where the body throws. A COMMIT whose answer was lost is looked up over another
  /// connection: what was stored is returned, and this connection is lost all the same.
  @discardableResult
  package nonisolated func transaction<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    do {
      switch try await run({ session in try session.transaction(.commit, body) }) {
      case .ended(let value): return value
      case .inDoubt(let value, let lost):
        try await CommitLookUp(settings: settings).confirm(lost)
        return value
      }
    } catch let error as Session.NotBegun {
      throw error.cause
    } catch let error as Session.Undone {
      throw error.cause
    }
  }

  /// Waits for the work under way. A closed connection refuses more.
  package func close() { session = nil }

  /// Opens a connection for one piece of work, and closes it again.
  package static func once<T: Sendable>(
    _ settings: ConnectionSettings, _ body: @Sendable (Session) throws -> T
  ) async throws -> T {
    let connection = try await open(settings)
    let result: Result<T, any Error>
    do { result = .success(try await connection.run(body)) } catch { result = .failure(error) }
    await connection.close()
    return try result.get()
  }

  /// Whether the connection has not been closed or lost, as far as is known.
  package var isOpen: Bool { !hasEnded() }

  private func connect() throws {
    let session = Session(try Opening(settings).connect(), settings: settings, interruption: interruption)
    session.life = try session.askServerLife()
    try session.setUp(prepare)
    self.session = session
  }

  /// A body's result, and whether the connection is fit for the next one.
  struct Lease<T: Sendable>: Sendable {
    let value: Result<T, any Error>
    let isUsable: Bool
  }

  /// - Parameter cleaning: sets back what the body left behind (settings, temporary tables), as a pool must.
  nonisolated func lease<T: Sendable>(
    _ body: @Sendable (Session) throws -> T, cleaning: Bool
  ) async throws -> Lease<T> {
    let job = interruption.newJob()
    return await withTaskCancellationHandler {
      await perform(job, cleaning: cleaning, body)
    } onCancel: {
      interruption.cancel(job)
    }
  }

  /// Whether the server has ended the connection since it was last used.
  func hasEnded() -> Bool { session?.hasEnded() ?? true }

  private func perform<T: Sendable>(
    _ job: Int, cleaning: Bool, _ body: @Sendable (Session) throws -> T
  ) -> Lease<T> {
    guard let session else {
      return Lease(value: .failure(PostgresError(.misuse, "the database connection was closed")), isUsable: false)
    }
    interruption.begin(job)
    var value = Result {
      try Task.checkCancellation()
      return try body(session)
    }
    interruption.end()
    var isUsable = !session.isLost
    do {
      let wasOpen = try session.endForgottenTransaction()
      if wasOpen, case .success = value {
        value = .failure(PostgresError(.misuse, "a transaction was begun by hand and left open: it was rolled back"))
      }
      if cleaning, isUsable { try session.clean(prepare) }
    } catch {
      // The body's own result stands; the connection goes.
      isUsable = false
    }
    return Lease(value: value, isUsable: isUsable && !session.isLost && session.isIdle)
  }
}
