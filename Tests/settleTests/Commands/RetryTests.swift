import Foundation
import SettleModel
import SettlePipeline
import Testing

@testable import SettleStore
@testable import settle

@Suite struct RetryTests {
  private static func run(
    exit status: Int32?, _ statuses: [(String, StageStatus)], asked: [String] = StageName.allCases.map(\.rawValue),
    arguments: [String] = ["run", "--date", "2026-11-20", "--inbox", "/in", "--out", "/out"]
  ) -> RunSummary {
    let at = Timestamp(seconds: 0)
    return RunSummary(
      id: UUID(), pipeline: "nightly", date: BusinessDate(daysSinceEpoch: 20_777), arguments: arguments,
      stages: asked, version: "test", startedAt: at, finishedAt: status == nil ? nil : at, exitStatus: status,
      stageRuns: statuses.map {
        StageSummary(stage: $0.0, status: $0.1, startedAt: at, finishedAt: at, counts: [], message: nil)
      })
  }

  @Test func whatEndedWellIsNotRetried() {
    #expect(Retry.stages(of: Self.run(exit: 0, [("ingest", .done)])) == nil)
    #expect(Retry.stages(of: Self.run(exit: 1, [("ingest", .done)])) == nil)
  }

  @Test func itGoesOnFromTheFirstStageThatDidNotEndWell() {
    let failed = Self.run(
      exit: 69, [("ingest", .done), ("charge", .failed), ("import", .done), ("refund", .skipped)])
    #expect(Retry.stages(of: failed) == [.charge, .importing, .reconcile, .refund, .report])
    let killed = Self.run(exit: nil, [("ingest", .done), ("charge", .running)])
    #expect(Retry.stages(of: killed) == [.charge, .importing, .reconcile, .refund, .report])
    let killedAtOnce = Self.run(exit: nil, [])
    #expect(Retry.stages(of: killedAtOnce) == StageName.allCases)
    let onlyOne = Self.run(exit: 65, [("import", .failed)], asked: ["import"])
    #expect(Retry.stages(of: onlyOne) == [.importing])
  }

  @Test func aRunThatEndedBadlyWhileItsStagesEndedWellIsRetriedWhole() {
    let run = Self.run(exit: 75, [("charge", .done)], asked: ["charge"])
    #expect(Retry.stages(of: run) == [.charge])
  }

  @Test func itKeepsDateAndFoldersWhateverTheEnvironmentSays() throws {
    let settings = try Settings(
      Environment(["SETTLE_INBOX": "/other", "SETTLE_OUT": "/other", "SETTLE_PIPELINE": "/other.yaml"]))
    let request = try Retry.request(for: Self.run(exit: 69, []), stages: [.charge, .report], settings)
    #expect(request.date == BusinessDate("2026-11-20"))
    #expect(request.inbox == "/in")
    #expect(request.out == "/out")
    #expect(request.stages == [.charge, .report])
    #expect(request.pipeline.name == "nightly")
    #expect(
      request.arguments == [
        "run", "--stage", "charge", "--stage", "report", "--date", "2026-11-20", "--inbox", "/in", "--out", "/out",
      ])
  }

  @Test func wordsOfAnotherVersionAreSaidToBeSo() throws {
    let run = Self.run(exit: 69, [], arguments: ["run", "--no-such-flag"])
    #expect {
      _ = try Retry.request(for: run, stages: [.charge], try Settings(Environment([:])))
    } throws: { error in
      (error as? Failure)?.status == .configuration && "\(error)".hasSuffix("(run --no-such-flag): use settle run")
    }
  }
}
