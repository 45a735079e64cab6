import Foundation
import Logging
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// One date of `samples/night`: where its files lie, and when its run begins.
enum SampleDate: String, CaseIterable, CustomTestStringConvertible {
  case first = "2026-11-20"
  case second = "2026-11-21"

  var testDescription: String { rawValue }
  var inbox: String { self == .first ? "night/inbox" : "night/inbox-2" }
  var expected: String { self == .first ? "night/expected" : "night/expected-2" }
  var stripeReport: String { "\(inbox)/outcomes/\(rawValue).stripe.csv" }

  /// Two in the morning of the day after.
  var clock: Timestamp { Timestamp(seconds: self == .first ? 1_795_226_400 : 1_795_312_800) }
}

/// What the sample nights gave, run once for all tests.
struct SampleNight {
  struct Run {
    var result: RunResult
    /// Every file of the report by its name.
    var files: [String: String]

    func rows(_ file: String) -> [[String: String]] { CSVRows(files[file] ?? "").rows }
  }

  var runs: [SampleDate: Run] = [:]
  /// The first date's run, done a second time.
  var firstAgain: Run

  static let shared = Task { try await SampleNight() }

  static func run(on date: SampleDate) async throws -> Run {
    guard let run = try await shared.value.runs[date] else { throw CocoaError(.featureUnsupported) }
    return run
  }

  private init() async throws {
    let store = try await Store.test()
    let folder = NSTemporaryDirectory() + "settle-sample-night-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let processor = try SampleProcessor(report: CSVRows(SampleFolder.text(SampleDate.first.stripeReport)).rows)
    let first = try await Self.run(.first, store, processor, folder)
    firstAgain = try await Self.run(.first, store, processor, folder)
    runs = [.first: first, .second: try await Self.run(.second, store, processor, folder)]
    await store.close()
  }

  /// All stages but the charging: what became of the charges is in the files.
  private static func run(
    _ date: SampleDate, _ store: Store, _ processor: SampleProcessor, _ folder: String
  ) async throws -> Run {
    let runner = Runner(
      store: store, processor: { processor }, clock: { date.clock }, progress: NoProgress(),
      logger: Logger(label: "sample"))
    let out = "\(folder)/\(date)"
    let result = try await runner.run(
      RunRequest(
        pipeline: try PipelineDefinition(path: "\(SampleFolder.path)/night/pipeline.yaml"),
        stages: [.ingest, .importing, .reconcile, .refund, .report], date: BusinessDate(date.rawValue),
        inbox: "\(SampleFolder.path)/\(date.inbox)", out: out, version: "sample"))
    let names = try FileManager.default.contentsOfDirectory(atPath: out).filter { !$0.hasPrefix(".") }
    let files = try names.map { ($0, try String(contentsOfFile: "\(out)/\($0)", encoding: .utf8)) }
    return Run(result: result, files: Dictionary(uniqueKeysWithValues: files))
  }
}
