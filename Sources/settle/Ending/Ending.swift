import ArgumentParser
import Postgres
import ProcessorSandbox
import SettleFiles
import SettleModel
import SettlePipeline
import SettleProcessors
import SettleStore

/// How a command ends: its exit status, and the line on standard error that says why and what to do next.
struct Ending: Equatable {
  var status: ExitStatus
  /// Nil where everything has been said.
  var message: String?

  /// Reads any error. One that nobody foresaw is a defect of settle, and its own words are left out where they could
  /// be anything: they might hold what must not be shown.
  init(_ error: any Error) {
    switch error {
    case let ended as Ended: self.init(status: ended.status, message: nil)
    case is OutputClosed: self.init(status: .done, message: nil)
    case let error as OutputFailed: self.init(status: .unavailable, message: error.description)
    case let error as ValidationError: self.init(status: .usage, message: error.message)
    case let error as ProcessorSettingsError: self.init(status: .configuration, message: error.description)
    case let error as SandboxError: self.init(status: .configuration, message: error.description)
    case let error where Self.isForeseen(error):
      let failure = Failure(error)
      self.init(status: failure.status, message: failure.message)
    default: self.init(defect: Self.words(of: error))
    }
  }

  private init(status: ExitStatus, message: String?) {
    self.status = status
    self.message = message
  }

  private init(defect what: String) {
    let failure = Failure(defect: what)
    self.init(status: failure.status, message: failure.message)
  }

  /// Whether the pipeline knows the error, so that its text is meant for people.
  private static func isForeseen(_ error: any Error) -> Bool {
    switch error {
    case is PostgresError, is Failure, is StageStop, is StoreError, is ProcessorRefusal, is PipelineFileError,
      is CancellationError:
      true
    case is FileRefusal, is ConfigurationError: true
    default: false
    }
  }

  private static func words(of error: any Error) -> String {
    let type = Swift.type(of: error)
    return type is any CustomStringConvertible.Type ? "\(type): \(error)" : "\(type)"
  }
}

/// The command is over and has said why; only its status is left.
struct Ended: Error, Equatable {
  var status: ExitStatus
}
