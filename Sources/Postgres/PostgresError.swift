/// What went wrong between us and the database.
///
/// `description` never holds a password, a bound value or a row: DETAIL, which repeats row values, is only in `detail`.
package struct PostgresError: Error, Sendable {
  package enum Kind: Sendable, Equatable {
    /// The server refused a statement; the connection is still good.
    case server
    /// No connection could be made.
    case connectionFailed
    /// The connection ended while a statement ran. A transaction was rolled back by the server; whether a statement
    /// outside of one took effect is not known.
    case connectionLost
    /// The connection ended after COMMIT was sent, and the server could not be asked: the work may be stored or not.
    case commitUnknown
    /// A column does not hold what was asked for.
    case decoding
    /// A result has more rows than were asked for, or a statement does something else than the call it was given to.
    case unexpectedResult
    /// The client was used wrongly: a defect in the caller.
    case misuse
    /// The connection settings are not something libpq takes.
    case configuration
    /// The private cluster could not be made, started or stopped.
    case cluster
  }

  package var kind: Kind
  package var message: String
  package var state: SQLState?
  package var constraint: String?
  package var schema: String?
  package var table: String?
  package var column: String?
  /// The server's DETAIL: it repeats row values, so it is for code to read and never for output.
  package var detail: String?

  package init(_ kind: Kind, _ message: String, state: SQLState? = nil) {
    self.kind = kind
    self.message = message
    self.state = state
  }
}

extension PostgresError {
  /// The database cannot be reached now, through no fault of the request: down, starting, full of connections, gone.
  package var isUnreachable: Bool {
    switch kind {
    case .connectionLost, .commitUnknown, .cluster: true
    case .connectionFailed: !isPermissionDenied && state != .unknownDatabase
    case .server:
      state == .tooManyConnections || state?.errorClass == "08"
        || [.adminShutdown, .crashShutdown, .cannotConnectNow].contains(state)
    case .decoding, .unexpectedResult, .misuse, .configuration: false
    }
  }

  /// The server knows who asks and says no: a wrong password, a role that may not log in, a missing privilege.
  package var isPermissionDenied: Bool { state == .insufficientPrivilege || state?.errorClass == "28" }

  /// The server has run out of disk, memory or something else that it needs.
  package var isOutOfResources: Bool { state?.errorClass == "53" && !isUnreachable }

  /// The server cannot read or write its own files, or finds nonsense in them: an administrator must look at it, and
  /// asking again helps nobody.
  package var isServerDamaged: Bool {
    [.inputOutputError, .undefinedFile, .dataCorrupted, .indexCorrupted].contains(state)
  }

  /// A limit on a statement's or a lock's time was reached, or an administrator stopped the statement.
  package var isTimeLimit: Bool { state == .queryCanceled || state == .lockNotAvailable }

  /// The same transaction may succeed when it is run again from its start.
  package var isRetryable: Bool { state == .serializationFailure || state == .deadlockDetected }
}

extension PostgresError: CustomStringConvertible {
  package var description: String {
    guard let state else { return message }
    return "\(message) (SQLSTATE \(state.rawValue))"
  }
}
