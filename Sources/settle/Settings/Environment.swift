import Faults
import Foundation
import SettleModel
import SettlePipeline

/// Environment variables, the process's own or a test's. An empty one counts as not set.
struct Environment: Sendable {
  /// Every variable of settle's own. `DATABASE_URL` and `PG*` are not ours to know all of.
  enum Name: String, CaseIterable {
    case home = "SETTLE_HOME"
    case databaseWait = "SETTLE_DATABASE_WAIT"
    case pipeline = "SETTLE_PIPELINE"
    case inbox = "SETTLE_INBOX"
    case out = "SETTLE_OUT"
    case user = "SETTLE_USER"
    case apiKey = "STRIPE_API_KEY"
    case apiBase = "STRIPE_API_BASE"
    case webhookSecret = "STRIPE_WEBHOOK_SECRET"
  }

  /// Variables of `cron/settle-nightly`, which the commands that it calls inherit.
  static let ofWrapper = [
    "SETTLE_ALERT", "SETTLE_BINARY", "SETTLE_DIRECTORY", "SETTLE_ENVIRONMENT", "SETTLE_LOGS", "SETTLE_LOG_DAYS",
    "SETTLE_PAUSE", "SETTLE_TRIES",
  ]

  /// Known, and no setting: a misspelt variable is not meant to be one of these.
  private static let others = ofWrapper + FaultEnvironment.names

  private let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  static var ofProcess: Environment { Environment(ProcessInfo.processInfo.environment) }

  subscript(name: Name) -> String? { self[name.rawValue] }

  subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// Throws for a variable that can only be one of ours, misspelt: a run must not go on with a default instead.
  ///
  /// Everything that begins with `SETTLE_` is ours; of `STRIPE_…` only what nearly is, since other programs use it too.
  func check() throws {
    let known = Name.allCases.map(\.rawValue)
    for name in values.keys.sorted() where !known.contains(name) && !Self.others.contains(name) {
      let suggestion = NearestName.suggestion(for: name, among: known)
      guard name.hasPrefix("SETTLE_") || name.hasPrefix("STRIPE_") && suggestion != nil else { continue }
      let hint = suggestion.map { "did you mean \($0)?" } ?? "settle knows \(known.joined(separator: ", "))"
      throw Failure(status: .configuration, message: "the environment variable \(name) is not one of settle's; \(hint)")
    }
  }
}

extension Environment {
  func without(_ names: Name...) -> Environment {
    Environment(values.filter { entry in !names.contains { $0.rawValue == entry.key } })
  }
}
