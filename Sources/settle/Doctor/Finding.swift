import SettlePipeline
import SettleStore

/// One thing that was looked at: whether it is well, and how to mend it.
struct Finding: Equatable, Sendable {
  enum Level: Equatable, Sendable {
    case ok
    /// A run would work, but not as it should.
    case warning
    /// A run would end with this status.
    case failure(ExitStatus)
  }

  var level: Level
  var subject: String
  var text: String
  var mend: String?

  static func ok(_ subject: String, _ text: String) -> Finding { Finding(level: .ok, subject: subject, text: text) }

  static func warning(_ subject: String, _ text: String, mend: String) -> Finding {
    Finding(level: .warning, subject: subject, text: text, mend: mend)
  }

  static func failure(_ status: ExitStatus, _ subject: String, _ text: String, mend: String? = nil) -> Finding {
    Finding(level: .failure(status), subject: subject, text: text, mend: mend)
  }

  /// What an error says of a subject; its message says how to mend it.
  static func failure(_ subject: String, _ error: any Error) -> Finding {
    let ending = Ending(error)
    return .failure(ending.status, subject, ending.message ?? "stopped")
  }

  func line(_ style: Style, width: Int) -> String {
    let (word, tint): (String, Style.Tint) =
      switch level {
      case .ok: ("ok  ", .green)
      case .warning: ("warn", .yellow)
      case .failure: ("FAIL", .red)
      }
    let name = subject + String(repeating: " ", count: max(0, width - subject.count))
    return "\(style(word, tint))  \(name)  \(text.printable)\(mend.map { ": \($0.printable)" } ?? "")"
  }

  fileprivate var json: OrderedJSON {
    let (word, status): (String, Int64?) =
      switch level {
      case .ok: ("ok", nil)
      case .warning: ("warning", nil)
      case .failure(let status): ("failure", Int64(status.rawValue))
      }
    return .object([
      .init("exit_status", .number(status)), .init("level", .string(word)), .init("name", .string(subject)),
      .init("remedy", .text(mend)), .init("says", .string(text)),
    ])
  }
}

extension Sequence<Finding> {
  /// Each check, and how the command ends.
  var json: OrderedJSON {
    .object([.init("checks", .array(map(\.json))), .init("exit_status", .integer(Int64(exitStatus.rawValue)))])
  }

  /// How `settle doctor` ends: with what a run would first end with.
  var exitStatus: ExitStatus {
    ExitStatus.first(
      of: compactMap { finding in
        if case .failure(let status) = finding.level { status } else { nil }
      })
  }
}
