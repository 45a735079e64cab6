import Foundation
import Logging
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// `samples/three-way`: orders, a processor's file and the bank's statements, with a difference of every kind between.
@Suite struct ThreeWaySamplesTests {
  /// What the night gave, run twice into one store.
  private struct Night {
    var result: RunResult
    var files: [String: String]
    var again: [String: String]
    var faults: [String]
    /// What the bank's lines sum up to, by currency: `EUR 2882`.
    var booked: [String]

    func rows(_ file: String) -> [[String: String]] { CSVRows(files[file] ?? "").rows }
  }

  private static let night = Task { try await live() }

  private static func live() async throws -> Night {
    let store = try await Store.test()
    let folder = NSTemporaryDirectory() + "settle-three-way-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let processor = try SampleProcessor(report: [])
    let runner = Runner(
      store: store, processor: { processor }, clock: { Timestamp(seconds: 1_795_485_600) }, progress: NoProgress(),
      logger: Logger(label: "sample"))
    let request = RunRequest(
      pipeline: try PipelineDefinition(path: "\(SampleFolder.path)/three-way/pipeline.yaml"),
      stages: [.ingest, .importing, .reconcile, .report], date: BusinessDate("2026-11-23"),
      inbox: "\(SampleFolder.path)/three-way/inbox", out: folder, version: "sample")
    func run() async throws -> (RunResult, [String: String]) {
      let result = try await runner.run(request)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
        !$0.hasPrefix(".") && $0 != "run_results.json"
      }
      let files = try names.map { ($0, try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)) }
      return (result, Dictionary(uniqueKeysWithValues: files))
    }
    let (result, files) = try await run()
    let (_, again) = try await run()
    let booked = try await store.rows(
      "SELECT currency, sum(amount)::text FROM bank_lines GROUP BY currency ORDER BY currency")
    let night = Night(
      result: result, files: files, again: again, faults: try await store.faults(), booked: booked)
    await store.close()
    return night
  }

  @Test func theReportsAreThoseExpected() async throws {
    let night = try await Self.night.value
    #expect(night.result.exitStatus == .done, "\(night.result.stages.compactMap(\.message)) \(night.result.messages)")
    for report in ["breaks.csv", "matched.csv", "payouts.csv", "quarantine.csv", "totals.csv"] {
      try SampleFolder.expect(night.files[report] ?? "", in: "three-way/expected/\(report)")
    }
  }

  @Test func theBreaksAreThosePlanted() async throws {
    let found = try await Self.night.value.rows("breaks.csv").map(PlantedBreak.init(row:))
    let planted = PlantedBreak.listed(in: try SampleFolder.text("three-way/README.md"), under: "2026-11-23")
    #expect(!planted.isEmpty)
    #expect(planted.map(\.description).sorted() == found.map(\.description).sorted())
  }

  @Test func eachBankLineIsInOneBucket() async throws {
    let night = try await Self.night.value
    let bank = night.rows("totals.csv").filter { $0["side"] == "bank" }
    let all = bank.filter { $0["bucket"] == "all" }
    #expect(
      all.map { "\($0["currency"] ?? "") \(($0["amount"] ?? "").filter { $0 != "." })" }.sorted() == night.booked)
    for column in ["count", "amount"] {
      func sums(_ rows: [[String: String]]) -> Sums { rows.sums(of: { $0[column] }, by: { $0["currency"] ?? "" }) }
      #expect(sums(all) == sums(bank.filter { $0["bucket"] != "all" }))
    }
  }

  @Test func everyRowOfTheFilesIsAccountedFor() async throws {
    let files = try await Self.night.value.result.files
    #expect(files.map(\.status) == [.loaded, .loaded, .loaded, .loaded])
    for file in files {
      #expect(file.counts.read > 0)
      #expect(file.counts.read == file.counts.accepted + file.counts.quarantined + file.counts.ignored)
    }
  }

  @Test func aSecondRunChangesNoByteAndTheStoreHolds() async throws {
    let night = try await Self.night.value
    #expect(night.again == night.files)
    #expect(night.faults == [])
  }
}
