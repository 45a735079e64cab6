import CPostgres
import Glibc

/// Makes libpq connections: blocking, but bounded by a time limit and stopped by task cancellation.
struct Opening {
  let settings: ConnectionSettings
  private let conninfo: Conninfo

  init(_ settings: ConnectionSettings) throws {
    self.settings = settings
    conninfo = try Conninfo(settings.conninfo)
  }

  /// An open connection; the caller finishes it.
  func connect() throws -> OpaquePointer {
    guard let connection = start() else { throw PostgresError(.connectionFailed, "out of memory") }
    do {
      // A failed connection gives no result to take the SQLSTATE from; at this verbosity the message holds it.
      PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
      try complete(connection)
      PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
      return connection
    } catch {
      PQfinish(connection)
      throw error
    }
  }

  private func start() -> OpaquePointer? {
    // Words before dbname give way to what the connection string says, words after it do not.
    var words: [(String, String)] = [("fallback_application_name", settings.applicationName)]
    if getenv("PGCONNECT_TIMEOUT") == nil {
      words.append(("connect_timeout", "\(max(2, settings.connectTimeout.components.seconds))"))
    }
    // A peer that vanished without a word is noticed in a minute, not in two hours.
    words += [("keepalives_idle", "30"), ("keepalives_interval", "10"), ("keepalives_count", "3")]
    // The same for what was sent and is never acknowledged, of which keepalives know nothing.
    words += [("tcp_user_timeout", "60000")]
    words += [("dbname", settings.conninfo), ("client_encoding", "UTF8")]
    let keys = words.map { strdup($0.0) }
    let values = words.map { strdup($0.1) }
    defer { for word in keys + values { free(word) } }
    let keyArray = keys.map { UnsafePointer<CChar>($0) } + [nil]
    let valueArray = values.map { UnsafePointer<CChar>($0) } + [nil]
    return PQconnectStartParams(keyArray, valueArray, 1)
  }

  private func complete(_ connection: OpaquePointer) throws {
    let limit = timeLimit
    let deadline = ContinuousClock.now + limit
    var status = PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
    while status != PGRES_POLLING_OK {
      if status == PGRES_POLLING_FAILED { throw failure(PQerrorMessage(connection)) }
      try Task.checkCancellation()
      guard ContinuousClock.now < deadline else {
        throw PostgresError(.connectionFailed, "the database did not answer within \(limit.components.seconds) s")
      }
      let events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT
      var descriptor = pollfd(fd: PQsocket(connection), events: Int16(events), revents: 0)
      if poll(&descriptor, 1, 100) != 0 { status = PQconnectPoll(connection) }
    }
  }

  private var timeLimit: Duration {
    let given = conninfo.options["connect_timeout"] ?? getenv("PGCONNECT_TIMEOUT").map { String(cString: $0) }
    guard let seconds = given.flatMap({ Int($0) }) else { return settings.connectTimeout }
    // libpq's rule: zero or less waits for ever, and one second is too short to be meant.
    return seconds <= 0 ? .seconds(86_400) : .seconds(max(2, seconds))
  }

  private func failure(_ text: UnsafePointer<CChar>?) -> PostgresError {
    let verbose = VerboseMessage(text.map { String(cString: $0) } ?? "out of memory")
    return PostgresError(.connectionFailed, conninfo.redacting(verbose.message), state: verbose.state)
  }
}

/// A message at libpq's greatest verbosity, taken apart:
/// `connection to server … failed: FATAL:  28P01: password authentication …`, then DETAIL and LOCATION.
struct VerboseMessage {
  let message: String
  let state: SQLState?

  init(_ text: String) {
    var state: SQLState?
    var lines: [String] = []
    for line in text.split(whereSeparator: \.isNewline) {
      if ["LOCATION:", "DETAIL:", "HINT:"].contains(where: { line.hasPrefix($0) }) { continue }
      var line = String(line)
      if let separator = line.firstRange(of: ":  "), line[separator.upperBound...].dropFirst(5).hasPrefix(": ") {
        let code = line[separator.upperBound...].prefix(5)
        if code.allSatisfy({ $0.isASCII && ($0.isUppercase || $0.isNumber) }) {
          state = SQLState(rawValue: String(code))
          line.removeSubrange(separator.lowerBound..<code.endIndex)
        }
      }
      lines.append(line.trimmingSpaces)
    }
    message = lines.joined(separator: "; ")
    self.state = state
  }
}
