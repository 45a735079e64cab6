import CPostgres
import Glibc

/// What a body does its work with; never leaves its connection's thread, so all of it is synchronous.
///
/// Every statement first asks whether the task was cancelled, and throws `CancellationError`.
package final class Session {
  let connection: OpaquePointer
  let interruption: Interruption
  private let notices: Notices
  var statements: StatementCache
  var parameters = Parameters()
  /// Rows are being streamed or a COPY is under way: libpq would throw them away at the next statement.
  var isBusy = false
  var savepoints = 0
  /// Which server this is, for the case that a COMMIT's answer is lost.
  var life: ServerLife?
  private var needsReset = false
  /// libpq has told of a failure of its own, and may not have noticed yet that the connection is gone.
  var isBroken = false

  /// Takes `connection` over, and finishes it in the end.
  init(_ connection: OpaquePointer, settings: ConnectionSettings, interruption: Interruption) {
    self.connection = connection
    self.interruption = interruption
    notices = Notices(settings.logger)
    statements = StatementCache(capacity: settings.preparedStatements)
    notices.attach(to: connection)
    interruption.attach(connection)
  }

  deinit { PQfinish(connection) }

  var isLost: Bool { isBroken || PQstatus(connection) == CONNECTION_BAD }

  /// Whether the server ended the connection while nobody used it. Costs no round trip: the end would be waiting to be
  /// read.
  func hasEnded() -> Bool {
    for _ in 0..<3 {
      var descriptor = pollfd(fd: PQsocket(connection), events: Int16(POLLIN), revents: 0)
      guard !isLost, poll(&descriptor, 1, 0) > 0 else { break }
      PQconsumeInput(connection)
      // Reads what came, of which the server's last words are a part.
      PQisBusy(connection)
    }
    return isLost || notices.isEndTold
  }

  var transactionStatus: PGTransactionStatusType { PQtransactionStatus(connection) }

  /// Fixes how values are written as text (by COPY and casts), so that output does not depend on the server's settings.
  func setUp(_ prepare: ((Session) throws -> Void)?) throws {
    try command("SET DateStyle = 'ISO, YMD'; SET TimeZone = 'UTC'; SET IntervalStyle = 'postgres'")
    try prepare?(self)
    needsReset = false
  }

  /// Whether the next body finds nothing of this one's under way.
  var isIdle: Bool { transactionStatus == PQTRANS_IDLE && !isBusy }

  /// Sets back what a body changed for the whole connection, if it changed anything.
  func clean(_ prepare: ((Session) throws -> Void)?) throws {
    guard needsReset else { return }
    try command("DISCARD ALL")
    statements.removeAll()
    try setUp(prepare)
  }

  /// Refuses to begin a statement that could not end well.
  func checkReady() throws {
    try Task.checkCancellation()
    guard !isBusy else {
      throw PostgresError(
        .misuse, "a statement was begun while rows are being streamed or copied over the same connection")
    }
  }

  /// A statement of our own, that runs whether or not the task was cancelled.
  func command(_ text: String) throws {
    try complete(PQsendQuery(connection, text), text)
  }

  /// Remembers statements that change the connection beyond the transaction.
  func note(_ result: ResultSet, text: String) {
    guard PQresultStatus(result.handle) == PGRES_COMMAND_OK else { return }
    switch result.tag {
    case "SET": if !Self.isLocal(text) { needsReset = true }
    // A SELECT without rows to give is CREATE TABLE … AS.
    case "RESET", "CREATE TABLE", "SELECT", "CREATE VIEW", "DECLARE CURSOR", "LISTEN", "PREPARE": needsReset = true
    default: break
    }
  }

  private static func isLocal(_ text: String) -> Bool {
    let words = text.split(maxSplits: 2, whereSeparator: \.isWhitespace).prefix(2).map { $0.uppercased() }
    return words == ["SET", "LOCAL"] || words == ["SET", "TRANSACTION"]
  }
}

@available(*, unavailable)
extension Session: Sendable {}
