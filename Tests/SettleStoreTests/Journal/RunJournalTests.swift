import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct RunJournalTests {
  private func stage(
    _ stage: String, _ status: StageStatus?, _ message: String? = nil, in story: Story, token: Int64, date: BusinessDate
  ) async throws {
    let context = await story.context()
    try await story.write { db in
      let known = try db.first("SELECT run_id FROM runs WHERE token = \(token)")
      let run: UUID = try known?.get("run_id") ?? UUID()
      if known == nil {
        try db.begin(
          RunRecord(id: run, pipeline: "story", date: date, arguments: ["run"], stages: [], version: "test"),
          fence: Fence(token: token), at: context.now)
      }
      try db.beginStage(stage, of: run, at: context.now)
      if let status {
        try db.finishStage(
          stage, of: run, status: status, counts: #"{"charged": 3}"#, message: message, at: context.now)
      }
    }
  }

  /// The last run that did a stage counts. One that was killed in it left it running.
  @Test func tellsWhichStagesTheLastRunsOfADateLeftUndone() async throws {
    try await Story.tell { story in
      let date = await story.date
      try await stage("ingest", .failed, "refused", in: story, token: 1, date: date)
      try await stage("charge", .failed, "stopped early", in: story, token: 1, date: date)
      try await stage("import", nil, in: story, token: 1, date: date)
      try await stage("report", .failed, "no space", in: story, token: 1, date: date)
      try await stage("refund", .failed, "another night's", in: story, token: 2, date: date.adding(days: 1))
      try await stage("ingest", .done, in: story, token: 3, date: date)
      try await stage("charge", .skipped, "not now", in: story, token: 3, date: date)
      let undone = try await story.read { try $0.unfinishedStages(on: date) }
      #expect(undone.map { "\($0.stage): \($0.message)" } == ["charge: stopped early", "import: ended early"])
    }
  }

  @Test func aStoreBelongsToOneAccountForEver() async throws {
    try await Story.tell { story in
      let kept = ProcessorAccount(id: "acct_1", live: false)
      try await story.write { try $0.bind(to: kept, of: "stripe") }
      try await story.write { try $0.bind(to: kept, of: "stripe") }
      for (other, processor) in [
        (ProcessorAccount(id: "acct_2", live: false), "stripe"), (ProcessorAccount(id: "acct_1", live: true), "stripe"),
        (kept, "other"),
      ] {
        await #expect(
          throws: StoreError.foreignAccount(kept: kept, processor: "stripe", found: other, foundProcessor: processor)
        ) { try await story.write { try $0.bind(to: other, of: processor) } }
      }
    }
  }

  @Test func boundsCountOpenBreaksAndTheDatesRefusedRows() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("A", 2_000), .order("A", 3_000))
      try await story.report(.charge("X", 500), .charge("Y", 500))
      try await story.reconcile()
      let (today, tomorrow) = (await story.date, await story.date.adding(days: 1))
      #expect(try await story.read { try $0.exceptions(on: today) } == (2, 2))
      #expect(try await story.read { try $0.exceptions(on: tomorrow) } == (2, 0))
    }
  }

  @Test func aRunEndsOnceAndKeepsItsStages() async throws {
    try await Story.tell { story in
      let date = await story.date
      try await stage("charge", .done, in: story, token: 5, date: date)
      let (run, now) = (story.run.id, await story.instant)
      try await story.write { try $0.finish(run, exitStatus: 75, at: now) }
      let runs = try await story.read { try $0.recentRuns(limit: 2) }
      #expect(runs.map(\.exitStatus) == [nil, 75])
      #expect(runs.first?.stageRuns.map(\.stage) == ["charge"])
      #expect(runs.first?.stageRuns.first?.counts.first?.value == 3)
    }
  }
}
