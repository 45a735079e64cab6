import Foundation
import Logging
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// One date of `samples/three-way`.
enum ThreeWayDate: Int, CaseIterable, CustomTestStringConvertible, CustomStringConvertible {
  case first, second, third

  var description: String { ["2026-11-23", "2026-11-24", "2026-11-25"][rawValue] }
  var testDescription: String { description }
  var inbox: String { "three-way/inbox\(suffix)" }
  var expected: String { "three-way/expected\(suffix)" }
  var businessDate: BusinessDate? { BusinessDate(description) }

  /// Two in the morning of the day after.
  var clock: Timestamp { Timestamp(seconds: 1_795_485_600 + 86_400 * Int64(rawValue)) }

  /// Its files, relative to the inbox.
  func files() throws -> [String] {
    try SampleFolder.entries(of: inbox).flatMap { folder in
      try SampleFolder.entries(of: "\(inbox)/\(folder)").map { "\(folder)/\($0)" }
    }
  }

  func text(of file: String) throws -> String { try SampleFolder.text("\(inbox)/\(file)") }

  private var suffix: String { self == .first ? "" : "-\(rawValue + 1)" }
}

/// The three dates of `samples/three-way`, run one after the other into one store, each twice.
struct ThreeWayNights {
  struct Night {
    var result: RunResult
    /// Every file of the report by its name, but for `run_results.json`, which tells of the run itself.
    var files: [String: String]
    /// The same of a second run, which had nothing new.
    var again: [String: String] = [:]
    /// Tables of which the second run changed a row, the journal aside.
    var changed: [String] = []
    /// The report as it was known at this date's end, told when all dates were over; and written anew then.
    var told: [String: String] = [:]
    var rewritten: [String: String] = [:]

    func rows(_ file: String) -> [[String: String]] { CSVRows(files[file] ?? "").rows }
  }

  private(set) var nights: [ThreeWayDate: Night] = [:]
  /// What `settle verify` finds wrong at the end.
  private(set) var faults: [String] = []

  static let shared = Task { try await ThreeWayNights() }

  static func night(of date: ThreeWayDate) async throws -> Night { try await shared.value.night(of: date) }

  func night(of date: ThreeWayDate) throws -> Night {
    guard let night = nights[date] else { throw CocoaError(.featureUnsupported) }
    return night
  }

  static let pipeline = "\(SampleFolder.path)/three-way/pipeline.yaml"

  /// - Parameter inbox: the folder of a date's files.
  init(
    again: Bool = true, pipeline: String = Self.pipeline,
    inbox: (ThreeWayDate) -> String = { "\(SampleFolder.path)/\($0.inbox)" }
  ) async throws {
    let pipeline = try PipelineDefinition(path: pipeline)
    let store = try await Store.test()
    let folder = NSTemporaryDirectory() + "settle-three-way-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func run(_ date: ThreeWayDate, _ stages: [StageName], asOf: Timestamp? = nil) async throws -> Night {
      try await Self.run(date, stages, asOf: asOf, pipeline, inbox: inbox(date), out: "\(folder)/\(date)", in: store)
    }
    for date in ThreeWayDate.allCases {
      var night = try await run(date, Self.stages)
      if again {
        let before = try await store.fingerprint()
        night.again = try await run(date, Self.stages).files
        let after = try await store.fingerprint()
        night.changed = after.keys.filter { after[$0] != before[$0] }.sorted()
      }
      nights[date] = night
    }
    for date in ThreeWayDate.allCases where again {
      nights[date]?.told = try await run(date, [.report], asOf: date.clock).files
      nights[date]?.rewritten = try await run(date, [.report]).files
    }
    faults = try await store.faults()
    await store.close()
  }

  /// All but charging and refunding: what became of the charges is in the files, and no rule refunds anything.
  private static let stages: [StageName] = [.ingest, .importing, .reconcile, .report]

  private static func run(
    _ date: ThreeWayDate, _ stages: [StageName], asOf: Timestamp?, _ pipeline: PipelineDefinition, inbox: String,
    out: String, in store: Store
  ) async throws -> Night {
    let processor = try SampleProcessor(report: [])
    let runner = Runner(
      store: store, processor: { processor }, clock: { date.clock }, progress: NoProgress(),
      logger: Logger(label: "sample"))
    let result = try await runner.run(
      RunRequest(
        pipeline: pipeline, stages: stages, date: date.businessDate, inbox: inbox, out: out, asOf: asOf,
        version: "sample"))
    let names = try FileManager.default.contentsOfDirectory(atPath: out).filter {
      !$0.hasPrefix(".") && $0 != "run_results.json"
    }
    let files = try names.map { ($0, try String(contentsOfFile: "\(out)/\($0)", encoding: .utf8)) }
    return Night(result: result, files: Dictionary(uniqueKeysWithValues: files))
  }
}
