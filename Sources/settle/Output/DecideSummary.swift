import Foundation
import SettleFiles
import SettleModel
import SettlePipeline
import SettleStore

/// What became of a file of decisions, for people and for programs.
struct DecideSummary {
  let result: DecideResult

  func text(_ style: Style) -> String {
    var table = Table([
      .right("line"), .left("break"), .left("reason"), .left("order"), .right("amount"), .left("decision"),
      .left("result"), .left("why"),
    ])
    for row in result.rows {
      let (what, why, tint) = words(of: row.outcome)
      table.add(
        "\(row.line)", .init(row.breakID.map { Self.short($0.description) } ?? ""),
        .init(row.matter?.reason.rawValue ?? ""), .init(row.matter?.orderReference ?? ""),
        .init(row.matter?.amount?.description ?? ""), .init(row.asked.map(Self.word) ?? ""), .init(what, tint),
        .init(why))
    }
    let counts = result.counts.filter { $0.value != 0 }
      .map { "\($0.value.grouped) \($0.name.replacing("_", with: " "))" }
    let what = counts.isEmpty ? "no rows" : counts.joined(separator: ", ")
    var lines = result.rows.isEmpty ? [] : table.lines(style) + [""]
    lines.append("\(result.request.sheet.name), by \(result.request.by), for \(result.date): \(what)".printable)
    if result.request.dryRun { lines.append("dry run: nothing was changed") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func words(of outcome: DecidedRow.Outcome) -> (what: String, why: String, tint: Style.Tint?) {
    let first = "the first run for \(result.date) or later"
    switch outcome {
    case .decided(.refund): return ("decided", "goes back in \(first)", .green)
    case .decided: return ("decided", "", .green)
    case .awaitsApproval:
      return ("awaits approval", "so much needs a second person: settle decide FILE --approve-as NAME", .yellow)
    case .approved(_, sameLogin: false): return ("approved", "goes back in \(first)", .green)
    case .approved(_, sameLogin: true):
      return (
        "approved",
        "goes back in \(first), though it was decided under this very login: are these two people?", .yellow
      )
    case .needsNoApproval: return ("needs no approval", "", nil)
    case .known: return ("already decided", "", nil)
    case .refused(let refusal): return ("refused", "\(refusal.reason.rawValue): \(refusal.detail)", .red)
    }
  }

  /// Enough of an id to tell rows apart; the file and `--json` have all of it.
  private static func short(_ id: String) -> String { String(id.prefix(8)) }

  private static func word(_ decision: BreakDecision) -> String {
    if case .duplicate(let id) = decision { return "duplicate_of:\(short(id.uuidString.lowercased()))" }
    return decision.description
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
      .init("pipeline", .string(result.request.pipeline.name)), .init("rows", .array(result.rows.map(Self.json))),
      .init("run_id", result.request.dryRun ? .null : .string(result.runID.uuidString.lowercased())),
      .init(
        "seal",
        result.seal.map { .object([.init("number", .integer($0.number)), .init("sha256", .string($0.hash))]) } ?? .null),
    ])
  }

  private static func json(_ row: DecidedRow) -> OrderedJSON {
    let (result, refusal): (String, DecisionRefusal?) =
      switch row.outcome {
      case .decided: ("decided", nil)
      case .awaitsApproval: ("awaiting_approval", nil)
      case .approved: ("approved", nil)
      case .needsNoApproval: ("needs_no_approval", nil)
      case .known: ("already_decided", nil)
      case .refused(let why): ("refused", why)
      }
    let amount = row.matter?.amount
    return .object([
      .init("amount", .text(amount?.major)), .init("break_id", .text(row.breakID)),
      .init("break_reason", .text(row.matter?.reason.rawValue)), .init("currency", .text(amount?.currency)),
      .init("decision", .text(row.asked)), .init("detail", .text(refusal?.detail)),
      .init("line", .number(row.line)), .init("order_reference", .text(row.matter?.orderReference)),
      .init("reason", .text(refusal?.reason.rawValue)),
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
