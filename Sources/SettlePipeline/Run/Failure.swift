import Foundation
import Postgres
import SettleFiles
import SettleModel
import SettleStore

/// An error as a run ends with it: its exit status and one sentence for the operator.
package struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
  package var status: ExitStatus
  package var message: String

  package init(status: ExitStatus, message: String) {
    self.status = status
    self.message = message
  }

  package var description: String { message }

  /// Reads any error that a stage can throw. One that nobody foresaw is a defect, and said to be one.
  package init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let stop as StageStop: self.init(status: Self.status(of: stop), message: stop.description)
    case let error as StoreError: self.init(status: Self.status(of: error), message: error.description)
    case let refusal as ProcessorRefusal: self.init(status: Self.status(of: refusal), message: refusal.description)
    case let error as PostgresError: self.init(error)
    case let refusal as FileRefusal: self.init(status: .inputRefused, message: refusal.description)
    case let error as PipelineFileError: self.init(status: .configuration, message: "\(error)")
    case let error as ConfigurationError: self.init(status: .configuration, message: error.description)
    case is CancellationError:
      self.init(status: .tryLater, message: "stopped on request; run it again, it goes on where this ended")
    default: self.init(defect: "an unforeseen \(type(of: error))")
    }
  }

  private static func status(of stop: StageStop) -> ExitStatus {
    switch stop {
    case .unreachable: .unavailable
    case .later: .tryLater
    case .notPermitted: .notPermitted
    case .defect: .defect
    case .refusedInARow: .configuration
    }
  }

  private static func status(of refusal: ProcessorRefusal) -> ExitStatus {
    switch refusal {
    case .unreachable: .unavailable
    case .notPermitted: .notPermitted
    case .later: .tryLater
    case .unsupported: .configuration
    case .unexpected: .unavailable
    }
  }

  private static func status(of error: StoreError) -> ExitStatus {
    switch error {
    case .leaseHeld, .leaseLost: .tryLater
    case .notMigrated, .migratedByANewerVersion, .changedMigration, .foreignAccount, .unknownCurrency: .configuration
    case .unbalanced, .noAnswer: .defect
    }
  }

  private init(_ error: PostgresError) {
    switch error.kind {
    case .configuration: self.init(status: .configuration, message: "\(error); check DATABASE_URL")
    case .cluster: self.init(status: .configuration, message: "\(error)")
    case _ where error.isPermissionDenied:
      self.init(
        status: .notPermitted,
        message: "the database refuses: \(error); check the user and its rights (settle doctor lists them)")
    case _ where error.state == .unknownDatabase:
      self.init(status: .configuration, message: "\(error); create the database, or name another in DATABASE_URL")
    case _ where error.state == .readOnlyTransaction:
      self.init(status: .configuration, message: "\(error): this is a standby; name the primary in DATABASE_URL")
    case _ where error.isUnreachable:
      self.init(
        status: .unavailable,
        message: "the database cannot be reached: \(error); start it, or check DATABASE_URL, and run this again")
    case _ where error.state?.errorClass == "53":
      self.init(status: .unavailable, message: "the database has run out of something: \(error); make room")
    case _ where error.isRetryable || error.state == .lockNotAvailable:
      self.init(status: .tryLater, message: "the database was too busy: \(error); run this again")
    default: self.init(defect: "\(error)")
    }
  }

  /// What nobody foresaw.
  package init(defect what: String) {
    self.init(
      status: .defect,
      message: "this is a defect of settle: \(what); please report it with what you did. Nothing is lost:"
        + " running it again goes on where this ended")
  }
}
