import Foundation
import SettleFiles
import SettleModel
import SettlePipeline
import SettleStore

/// What became of a file of decisions, for people and for programs.
struct DecideSummary {
  let result: DecideResult

  func text(_ style: Style) -> String {
    var table = Table([.right("line"), .left("break"), .left("what"), .left("why")])
    for row in result.rows {
      let (what, why, tint) = Self.words(of: row.outcome)
      table.add("\(row.line)", .init(row.breakID?.description ?? ""), .init(what, tint), .init(why))
    }
    let counts = result.counts.filter { $0.value != 0 }
      .map { "\($0.value.grouped) \($0.name.replacing("_", with: " "))" }
    let what = counts.isEmpty ? "no rows" : counts.joined(separator: ", ")
    var lines = result.rows.isEmpty ? [] : table.lines(style) + [""]
    lines.append("\(result.request.sheet.name), by \(result.request.by), for \(result.date): \(what)".printable)
    if result.request.dryRun { lines.append("dry run: nothing was changed") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func words(of outcome: DecidedRow.Outcome) -> (what: String, why: String, tint: Style.Tint?) {
    switch outcome {
    case .decided(let decision): (decision.description, "", .green)
    case .awaitsApproval(let amount):
      ("refund", "\(amount) need a second person: settle decide FILE --approve-as NAME", .yellow)
    case .approved(let amount, sameLogin: false): ("approved", "\(amount) go back at the next run", .green)
    case .approved(let amount, sameLogin: true):
      (
        "approved",
        "\(amount) go back at the next run, though it was decided under this very login: are these two people?", .yellow
      )
    case .known: ("already decided", "", nil)
    case .refused(let refusal): ("refused", "\(refusal.reason.rawValue): \(refusal.detail)", .red)
    }
  }

  var json: OrderedJSON {
    .object([
      .init("business_date", .text(result.date)),
      .init("by", .string(result.request.by)),
      .init("counts", .object(result.counts.map { .init($0.name, .integer($0.value)) })),
      .init("dry_run", .bool(result.request.dryRun)), .init("exit_status", .number(result.exitStatus.rawValue)),
      .init(
        "file",
        .object([
          .init("name", .string(result.request.sheet.name)), .init("sha256", .string(result.request.sheet.sha256)),
        ])),
      .init("rows", .array(result.rows.map(Self.json))),
      .init("run_id", result.request.dryRun ? .null : .string(result.runID.uuidString.lowercased())),
      .init(
        "seal",
        result.seal.map { .object([.init("number", .integer($0.number)), .init("sha256", .string($0.hash))]) } ?? .null),
    ])
  }

  private static func json(_ row: DecidedRow) -> OrderedJSON {
    let (result, decision, refusal): (String, BreakDecision?, DecisionRefusal?) =
      switch row.outcome {
      case .decided(let taken): ("decided", taken, nil)
      case .awaitsApproval: ("awaiting_approval", .refund, nil)
      case .approved: ("approved", .refund, nil)
      case .known: ("already_decided", nil, nil)
      case .refused(let why): ("refused", nil, why)
      }
    return .object([
      .init("break_id", .text(row.breakID)), .init("decision", .text(decision)),
      .init("detail", .text(refusal?.detail)),
      .init("line", .number(row.line)), .init("reason", .text(refusal?.reason.rawValue)),
      .init("result", .string(result)), .init("same_login", row.outcome.sameLogin.map { .bool($0) } ?? .null),
    ])
  }
}

extension DecidedRow.Outcome {
  /// Of an approval, whether the refund was decided under the same login.
  fileprivate var sameLogin: Bool? {
    guard case .approved(_, let sameLogin) = self else { return nil }
    return sameLogin
  }
}
