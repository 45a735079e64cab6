import Foundation
import Postgres
import SettleFiles
import SettleModel
import SettleStore
import SettleTesting

@testable import SettlePipeline

/// What finance does with a break: the decision and the note that it writes beside it.
struct Written: Sendable {
  var decision: String
  var note = ""

  static func says(_ decision: String, _ note: String = "") -> Written { Written(decision: decision, note: note) }
}

extension RefundPolicy {
  /// Limits that no test's money reaches.
  static let generous = RefundPolicy(perRun: [.named("USD"): 1_000_000], perDay: [.named("USD"): 1_000_000])
}

extension Story {
  /// `breaks.csv` of the date, as the report writes it, with what finance writes into it.
  func sheet(_ write: @Sendable (BreakRow) -> Written? = { _ in nil }) async throws -> String {
    let rows = try await breakRows()
    var bytes: [UInt8] = []
    var writer = try CSVWriter(header: BreaksFile.header) { bytes += $0 }
    for row in rows {
      var fields = BreaksFile.fields(of: row, on: date)
      if let written = write(row) {
        fields[16] = .text(written.decision)
        fields[17] = .text(written.note)
      }
      try writer.write(fields)
    }
    try writer.finish()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Gives a file back, inside a transaction of the story's run; what became of each row: `2 decided accept`,
  /// `3 refused stale`.
  @discardableResult
  func decide(
    _ text: String, by name: String = "alice", mode: DecideRequest.Mode = .decide,
    policy: RefundPolicy = .generous
  ) async throws -> [String] {
    try await result(of: text, by: name, mode: mode, policy: policy).rows.map(Self.words)
  }

  func result(
    of text: String, by name: String = "alice", mode: DecideRequest.Mode = .decide,
    policy: RefundPolicy = .generous
  ) async throws -> DecideResult {
    let path = NSTemporaryDirectory() + "settle-decisions-\(UUID().uuidString).csv"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    var pipeline = try PipelineDefinition.shipped()
    pipeline.refund = policy
    var sheet = try DecisionSheet(path: path)
    sheet.name = "breaks.csv"
    let request = DecideRequest(
      pipeline: pipeline, sheet: sheet, mode: mode, by: name, login: "finance", version: "test")
    let (context, run) = (context(), run.id)
    return try await write { db in
      var taker = DecisionTaker(db: db, request: request, context: context)
      try taker.take()
      return DecideResult(
        runID: run, request: request, date: context.date, rows: taker.rows, undecided: taker.undecided)
    }
  }

  /// The same decision for every break of the date.
  @discardableResult
  func decideAll(_ decision: String, _ note: String = "", by name: String = "alice") async throws -> [String] {
    try await decide(try await sheet { _ in .says(decision, note) }, by: name)
  }

  private static func words(_ row: DecidedRow) -> String {
    switch row.outcome {
    case .decided(let decision): "\(row.line) decided \(decision)"
    case .awaitsApproval(let amount): "\(row.line) awaits approval of \(amount)"
    case .approved(let amount, _): "\(row.line) approved \(amount)"
    case .needsNoApproval(let amount): "\(row.line) needs no approval of \(amount)"
    case .known: "\(row.line) known"
    case .refused(let refusal): "\(row.line) refused \(refusal.reason.rawValue)"
    }
  }

  /// The decision column of the date's report, with its note.
  func decisions() async throws -> [String] {
    try await breakRows().map { row in
      [row.decision?.decision.description, row.decision?.note].compactMap(\.self).joined(separator: " ")
    }
  }

  /// What a run does at its end, so that the store can be proved.
  func seal() async throws {
    let (run, at) = (run.id, context().now)
    try await write { db in try db.finish(run, exitStatus: 0, seal: try db.seal(run: run, at: at), at: at) }
  }

  /// An overcharge of 5.00.
  func overcharged(_ order: String = "A") async throws {
    try await authorize(.order(order, 1_000))
    try await charge(order)
    try await report(.charge(order, 1_500))
    try await reconcile()
  }
}

extension Story {
  /// Whether reconciling again finds everything as it is.
  func changesNothing() async throws -> Bool {
    let counts = try await reconcile()
    return [counts.relinked, counts.matched, counts.opened, counts.resolved] == [0, 0, 0, 0]
  }

  /// How many breaks a rule for overcharges would look at.
  func candidates() async throws -> Int {
    let context = context()
    return try await read { try $0.refundCandidates(for: [.amountMismatch], context: context).count }
  }
}
