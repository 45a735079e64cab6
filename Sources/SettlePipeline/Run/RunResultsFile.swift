import Foundation
import Postgres
import SettleModel
import SettleStore

extension RunResult {
  /// The content of `run_results.json`: the one file of a report that tells run and clock. Keys are sorted.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(RunResultsFile(self)), as: UTF8.self) + "\n"
  }
}

/// The shape of `run_results.json`, by the names that it has there; its JSON Schema is
/// `samples/run_results.schema.json`.
// swift-format-ignore: AlwaysUseLowerCamelCase
private struct RunResultsFile: Encodable {
  struct Stage: Encodable {
    var name: String
    var status: String
    var started_at: String
    var finished_at: String
    var counts: [String: Int64]
    var message: String?
  }

  struct File: Encodable {
    var path: String
    var sha256: String?
    var layout: String?
    var read: Int64
    var accepted: Int64
    var quarantined: Int64
    var ignored: Int64
    var ignored_for: [String: Int64]?
    var status: String
    var message: String?
  }

  struct Total: Encodable {
    var side: String
    var bucket: String
    var currency: String
    var count: Int64
    var amount: String
  }

  struct Seal: Encodable {
    var number: Int64
    var sha256: String
  }

  struct Flip: Encodable {
    var subject: String
    var payment_id: String?
    var order_reference: String?
    var processor_reference: String?
    var amount: String
    var currency: String
    var date: String
    var from: String
    var to: String
  }

  struct Versions: Encodable {
    var settle: String
  }

  var run_id: String
  var pipeline: String
  var merchant: String
  var processor: String
  var date: String
  var arguments: [String]
  var dry_run: Bool
  var versions: Versions
  var started_at: String
  var finished_at: String
  var stages: [Stage]
  var files: [File]
  var totals: [Total]
  var messages: [String]
  var seal: Seal?
  var flips: [Flip]?
  var exit_status: Int32

  init(_ result: RunResult) {
    run_id = result.runID.uuidString.lowercased()
    pipeline = result.request.pipeline.name
    merchant = result.request.pipeline.merchant
    processor = result.request.pipeline.processor
    date = result.date.description
    arguments = result.request.arguments
    dry_run = result.request.dryRun
    versions = Versions(settle: result.request.version)
    started_at = result.startedAt.description
    finished_at = result.finishedAt.description
    stages = result.stages.map { stage in
      Stage(
        name: stage.stage.rawValue, status: stage.status.rawValue, started_at: stage.startedAt.description,
        finished_at: stage.finishedAt.description,
        counts: Dictionary(stage.counts.map { ($0.name, $0.value) }, uniquingKeysWith: { $0 + $1 }),
        message: stage.message)
    }
    files = result.files.map { file in
      File(
        path: file.path, sha256: file.sha256, layout: file.layout, read: file.counts.read,
        accepted: file.counts.accepted, quarantined: file.counts.quarantined, ignored: file.counts.ignored,
        ignored_for: Self.reasons(file), status: file.status.rawValue, message: file.message)
    }
    totals = result.totals.map { row in
      Total(
        side: row.side, bucket: row.bucket, currency: row.currency.code, count: row.count,
        amount: Money(minor: row.amount, currency: row.currency).major)
    }
    messages = result.messages
    seal = result.seal.map { Seal(number: $0.number, sha256: $0.hash) }
    flips = result.flips?.map { flip in
      Flip(
        subject: flip.subject.rawValue, payment_id: flip.payment?.description, order_reference: flip.orderReference,
        processor_reference: flip.item, amount: flip.amount.major, currency: flip.amount.currency.code,
        date: flip.date.description, from: flip.from, to: flip.to)
    }
    exit_status = result.exitStatus.rawValue
  }

  /// Why rows were ignored, as far as any were.
  private static func reasons(_ file: FileResult) -> [String: Int64]? {
    let counts = file.counts
    guard counts.ignored > 0 else { return nil }
    guard file.status == .loaded else { return ["known_file": counts.ignored] }
    return ["known_row": counts.ignored - counts.leftOut, "left_out": counts.leftOut].filter { $0.value > 0 }
  }
}

enum JSONText {
  /// A JSON object of numbers, in the order given. Names are identifiers of ours and need no escaping.
  static func object(_ counts: [(name: String, value: Int64)]) -> String {
    "{" + counts.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", ") + "}"
  }
}
