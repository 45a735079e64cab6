import Foundation
import Logging
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// `samples/run_results.schema.json` against the files that runs really write.
@Suite struct RunResultsSamplesTests {
  private static func schema() throws -> JSONSchema {
    try JSONSchema(SampleFolder.text("run_results.schema.json"))
  }

  @Test(arguments: SampleDate.allCases)
  func aNightsResultsFollowTheSchema(_ date: SampleDate) async throws {
    let results = try #require(try await SampleNight.run(on: date).files["run_results.json"])
    #expect(try Self.schema().findings(in: results) == [])
  }

  @Test func aFailedRunsResultsFollowItToo() async throws {
    let folder = NSTemporaryDirectory() + "settle-sample-results-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder + "/inbox/outcomes", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try "no,layout\n1,2\n".write(toFile: folder + "/inbox/outcomes/a.csv", atomically: true, encoding: .utf8)
    let store = try await Store.test()
    let runner = Runner(
      store: store, processor: { throw CocoaError(.featureUnsupported) },
      clock: { Timestamp(microseconds: 1_795_226_400_000_250) }, progress: NoProgress(), logger: Logger(label: "sample")
    )
    let result = try await runner.run(
      RunRequest(
        pipeline: try PipelineDefinition(path: "\(SampleFolder.path)/night/pipeline.yaml"),
        stages: [.importing, .refund, .report], inbox: folder + "/inbox", out: folder + "/out",
        arguments: ["run", "--stage", "import"], version: "sample"))
    await store.close()
    #expect(result.exitStatus == .inputRefused)
    #expect(result.stages.map(\.status) == [.failed, .skipped, .done])
    let written = try String(contentsOfFile: folder + "/out/run_results.json", encoding: .utf8)
    #expect(try Self.schema().findings(in: written) == [])
    #expect(try Self.schema().findings(in: result.json()) == [])
  }

  /// The schema would notice: each of these is a real file with one thing changed.
  @Test(arguments: [
    ("\"dry_run\" : false", "\"dry_run\" : 0", "/dry_run: is no boolean"),
    ("\"exit_status\" : 0", "\"exit_status\" : 2", "/exit_status: not listed"),
    ("\"exit_status\" : 0", "\"exit_status\" : \"0\"", "/exit_status: is no integer"),
    ("\"date\" : \"2026-11-20\"", "\"date\" : \"20.11.2026\"", "/date: is not ^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    ("\"merchant\" : \"default\"", "\"tenant\" : \"default\"", "/tenant: is not known"),
    ("\"merchant\" : \"default\"", "\"tenant\" : \"default\"", ": lacks merchant"),
    ("\"merchant\" : \"default\"", "\"merchant\" : \"\"", "/merchant: is too short"),
    ("\"rows_read\" : ", "\"rows_read\" : -", "/stages/0/counts/rows_read: is below 0"),
    ("\"status\" : \"loaded\"", "\"status\" : \"lost\"", "/files/0/status: not listed"),
    ("\"currency\" : \"EUR\"", "\"currency\" : \"eur\"", "/totals/0/currency: is not ^[A-Z]{3}$"),
  ])
  func theSchemaRefusesWhatNoRunWrites(_ change: (from: String, to: String, finding: String)) async throws {
    var results = try #require(try await SampleNight.run(on: .first).files["run_results.json"])
    let place = try #require(results.range(of: change.from))
    results.replaceSubrange(place, with: change.to)
    #expect(try Self.schema().findings(in: results).contains(change.finding))
  }

  @Test func aKeywordThatTheValidatorDoesNotKnowIsAFinding() throws {
    let schema = try JSONSchema(#"{ "properties": { "a": { "format": "uri" } }, "additionalProperties": false }"#)
    #expect(try schema.findings(in: #"{ "a": 1 }"#) == ["/a: the schema's format is not known here"])
  }
}
