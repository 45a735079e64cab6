import Synchronization

/// Opens connections, patiently where the server is likely to be back in a moment.
final class Connector: Sendable {
  let settings: ConnectionSettings
  private let prepare: (@Sendable (Session) throws -> Void)?
  /// A server that has answered before and now does not is probably being restarted.
  private let reachedBefore = Mutex(false)
  let patience: Duration
  private let left: Patience

  init(
    _ settings: ConnectionSettings, _ prepare: (@Sendable (Session) throws -> Void)?, patience: Duration = .seconds(10)
  ) {
    self.settings = settings
    self.prepare = prepare
    self.patience = patience
    left = Patience(patience)
  }

  func connect() async throws -> Connection {
    var pause = Duration.milliseconds(20)
    while true {
      do {
        let connection = try await Connection.open(left.isSpent(now: .now) ? hasty : settings, prepare: prepare)
        reachedBefore.withLock { $0 = true }
        left.serverAnswered(now: .now)
        return connection
      } catch let error as PostgresError where isPassing(error) && left.allows(pause, now: .now) {
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(500))
      }
    }
  }

  /// A host that swallows every packet must not hold up each of those who finish their work after an outage.
  private var hasty: ConnectionSettings {
    var hasty = settings
    hasty.connectTimeout = min(settings.connectTimeout, .seconds(2))
    return hasty
  }

  private func isPassing(_ error: PostgresError) -> Bool {
    guard error.isUnreachable else { return false }
    if error.state == .cannotConnectNow || error.state == .tooManyConnections { return true }
    // Refused, reset, or ended while the connection was being set up.
    let isGone = error.state == nil || error.kind == .connectionLost
    return isGone && reachedBefore.withLock { $0 }
  }
}
