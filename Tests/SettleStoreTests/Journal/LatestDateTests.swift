import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// A mistyped year says nothing of what is due, nor of what was reported.
@Suite struct LatestDateTests {
  @Test(arguments: ["reconcile", "report"])
  func aDateThatWasStillToComeIsNotTheLatest(stage: String) async throws {
    try await Story.tell { story in
      func latest() async throws -> String? { try await story.read { try $0.latestDate(of: stage) }?.description }
      #expect(try await latest() == nil)
      try await story.journal(.done, of: stage)
      #expect(try await latest() == "2026-11-20")
      await story.next(days: 3)
      try await story.journal(.failed, of: stage)
      #expect(try await latest() == nil)
      try await story.journal(.done, of: stage)
      #expect(try await latest() == "2026-11-23")
      // Done in the night of the 23rd, at half past one on the 24th: the 26th may be today nowhere.
      for (date, isLatest) in [("2026-11-26", true), ("2026-11-27", false), ("2062-11-23", false)] {
        try await story.write { db in
          _ = try db.execute("UPDATE runs SET business_date = \(date)::text::date")
        }
        #expect(try await latest() == (isLatest ? date : nil))
      }
    }
  }

  /// A date that was asked for in so many words, however far ahead; but what is decided does not wait for it.
  @Test func aDateToComeThatWasMeantIsTheLatest() async throws {
    try await Story.tell { story in
      for stage in ["reconcile", "report"] { try await story.journal(.done, of: stage) }
      try await story.write { db in
        _ = try db.execute(
          "UPDATE runs SET business_date = '2027-01-01', arguments = ARRAY['run', '--date', '2027-01-01', '--allow-future']"
        )
      }
      #expect(try await story.read { try $0.lastReconciledDate() }?.description == "2027-01-01")
      #expect(try await story.read { try $0.latestReported() } == nil)
    }
  }

  /// What a later date has found missing is not taken back when an earlier one is run after it, though both are to come.
  @Test func anEarlierDateToComeTakesNothingBack() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      let now = await story.instant
      await story.next(days: 9)
      try await story.reconcile(waiting: 8)
      #expect(try await story.breaks() == ["missing_at_processor A open 10.00 USD/-"])
      try await story.journal(.done, of: "reconcile")
      try await story.write { db in
        _ = try db.execute("UPDATE runs SET arguments = ARRAY['run', '--allow-future']")
        _ = try db.execute("UPDATE stage_runs SET finished_at = \(now)")
      }
      await story.next(days: -2)
      #expect(try await story.reconcile(waiting: 8) == ReconcileCounts())
      #expect(try await story.store.rows("SELECT reason || ' ' || status FROM breaks") == ["missing_at_processor open"])
    }
  }

  /// After a night in the far future, a charge of today is awaited as ever.
  @Test func whatIsAwaitedIsNotMissingAfterAMistypedYear() async throws {
    try await Story.tell { story in
      try await story.reconcile(waiting: 2)
      try await story.journal(.done, of: "reconcile")
      try await story.write { db in _ = try db.execute("UPDATE runs SET business_date = '2062-11-22'") }
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile(waiting: 2)
      #expect(try await story.breaks() == [])
    }
  }
}
