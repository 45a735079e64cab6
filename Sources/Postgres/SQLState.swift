/// PostgreSQL's five-character error code.
///
/// It is also a pattern for any error:
/// ```swift
/// do { … } catch SQLState.uniqueViolation { … }
/// ```
package struct SQLState: RawRepresentable, Hashable, Sendable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  /// The first two characters: `23` is integrity constraints, `08` connections, …
  package var errorClass: Substring { rawValue.prefix(2) }

  package static func ~= (pattern: SQLState, error: any Error) -> Bool {
    (error as? PostgresError)?.state == pattern
  }
}

extension SQLState {
  package static let featureNotSupported = SQLState(rawValue: "0A000")
  package static let invalidParameterValue = SQLState(rawValue: "22023")
  package static let numericValueOutOfRange = SQLState(rawValue: "22003")
  package static let invalidTextRepresentation = SQLState(rawValue: "22P02")
  package static let integrityConstraintViolation = SQLState(rawValue: "23000")
  package static let restrictViolation = SQLState(rawValue: "23001")
  package static let notNullViolation = SQLState(rawValue: "23502")
  package static let foreignKeyViolation = SQLState(rawValue: "23503")
  package static let uniqueViolation = SQLState(rawValue: "23505")
  package static let checkViolation = SQLState(rawValue: "23514")
  package static let exclusionViolation = SQLState(rawValue: "23P01")
  package static let readOnlyTransaction = SQLState(rawValue: "25006")
  package static let inFailedTransaction = SQLState(rawValue: "25P02")
  package static let invalidPassword = SQLState(rawValue: "28P01")
  package static let invalidAuthorization = SQLState(rawValue: "28000")
  package static let unknownDatabase = SQLState(rawValue: "3D000")
  package static let serializationFailure = SQLState(rawValue: "40001")
  package static let statementCompletionUnknown = SQLState(rawValue: "40003")
  package static let deadlockDetected = SQLState(rawValue: "40P01")
  package static let syntaxError = SQLState(rawValue: "42601")
  package static let insufficientPrivilege = SQLState(rawValue: "42501")
  package static let undefinedColumn = SQLState(rawValue: "42703")
  package static let undefinedTable = SQLState(rawValue: "42P01")
  package static let duplicateTable = SQLState(rawValue: "42P07")
  package static let diskFull = SQLState(rawValue: "53100")
  package static let outOfMemory = SQLState(rawValue: "53200")
  package static let tooManyConnections = SQLState(rawValue: "53300")
  package static let lockNotAvailable = SQLState(rawValue: "55P03")
  package static let objectInUse = SQLState(rawValue: "55006")
  package static let queryCanceled = SQLState(rawValue: "57014")
  package static let adminShutdown = SQLState(rawValue: "57P01")
  package static let crashShutdown = SQLState(rawValue: "57P02")
  package static let cannotConnectNow = SQLState(rawValue: "57P03")
  package static let inputOutputError = SQLState(rawValue: "58030")
  package static let undefinedFile = SQLState(rawValue: "58P01")
  package static let raiseException = SQLState(rawValue: "P0001")
  package static let dataCorrupted = SQLState(rawValue: "XX001")
  package static let indexCorrupted = SQLState(rawValue: "XX002")
}
