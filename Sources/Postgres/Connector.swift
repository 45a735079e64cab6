import Synchronization

/// Opens connections, patiently where the server is likely to be back in a moment.
final class Connector: Sendable {
  private let settings: ConnectionSettings
  private let prepare: (@Sendable (Session) throws -> Void)?
  /// A server that has answered before and now does not is probably being restarted.
  private let reachedBefore = Mutex(false)
  private let patience: Duration

  init(
    _ settings: ConnectionSettings, _ prepare: (@Sendable (Session) throws -> Void)?, patience: Duration = .seconds(5)
  ) {
    self.settings = settings
    self.prepare = prepare
    self.patience = patience
  }

  func connect() async throws -> Connection {
    let deadline = ContinuousClock.now + patience
    var pause = Duration.milliseconds(20)
    while true {
      do {
        let connection = try await Connection.open(settings, prepare: prepare)
        reachedBefore.withLock { $0 = true }
        return connection
      } catch let error as PostgresError where isPassing(error) && ContinuousClock.now + pause < deadline {
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(500))
      }
    }
  }

  private func isPassing(_ error: PostgresError) -> Bool {
    guard error.isUnreachable else { return false }
    return error.state == .cannotConnectNow || (error.state == nil && reachedBefore.withLock { $0 })
  }
}
