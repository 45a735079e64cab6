import SettleModel
import SettleStore
import SettleTesting
import Testing

/// What earlier reports said of money that was reported late.
@Suite struct LateRestatementsTests {
  @Test func whatWasAwaitedIsMatched() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.close(waiting: 3)
      await story.next(days: 2)
      try await story.report(.charge("A", 1_000), file: "o.csv")
      try await story.close(waiting: 3)
      let lines = ["2026-11-20 totals.csv A bucket awaited>matched USD o.csv:2"]
      #expect(try await story.restated() == lines)
      let before = try await story.fingerprint()
      await story.next()
      #expect(try await story.restated() == [])
      await story.next(days: -1)
      #expect(try await story.restated() == lines)
      #expect(try await story.fingerprint() == before)
    }
  }

  /// The break has its own row, in the report that showed it first.
  @Test func whatWasMissingIsMatched() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      for _ in 0..<2 {
        try await story.close(waiting: 1)
        await story.next()
      }
      try await story.report(.charge("A", 1_000), file: "o.csv")
      try await story.close(waiting: 1)
      #expect(
        try await story.restated() == [
          "2026-11-20..21 totals.csv A bucket awaited>matched USD o.csv:2",
          "2026-11-21 breaks.csv A status open>resolved USD o.csv:2",
        ])
    }
  }

  /// What stood in the reports of several dates names the first and the last of them, whether or not each date between
  /// has one.
  @Test func everyReportThatHadItIsMeant() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      for days in [1, 2, 3] {
        try await story.close()
        await story.next(days: days)
      }
      try await story.report(.charge("A", 1_000), file: "o.csv")
      try await story.close()
      let lines = try await story.restated()
      #expect(
        lines == [
          "2026-11-20..23 breaks.csv A status open>resolved USD o.csv:2",
          "2026-11-20..23 totals.csv A bucket missing_at_processor>matched USD o.csv:2",
        ])
      // Written anew when later reports are there, it names the same.
      await story.next()
      try await story.close()
      await story.next(days: -1)
      #expect(try await story.restated() == lines)
    }
  }

  /// A person settled it on the second date, so that later reports have it no more.
  @Test func reportsAfterItWasSettledAreNotMeant() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.close()
      await story.next()
      try await story.decide(.writeOff)
      for _ in 0..<2 {
        try await story.close()
        await story.next()
      }
      try await story.report(.charge("A", 1_000), file: "o.csv")
      try await story.close()
      #expect(
        try await story.restated() == [
          "2026-11-20..21 totals.csv A bucket missing_at_processor>matched USD o.csv:2",
          "2026-11-21 breaks.csv A resolution written_off>matched USD o.csv:2",
        ])
    }
  }

  /// A missing file was accepted, and on the same date one more payment waits for it: when it comes, each payment is
  /// told once, under what its report said, and of the breaks the one that was still open.
  @Test func whatWaitedForAFileThatWasAcceptedIsToldOnce() async throws {
    try await Story.tell { (story) async throws in
      let files = [ExpectedFiles(processor: "stripe", calendar: BankingCalendar(.none))]
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile(files: files)
      try await story.decide(.accept)
      try await story.authorize(.order("B", 2_000))
      try await story.charge("B")
      try await story.reconcile(files: files)
      #expect(try await story.breaks() == ["file_missing - open 30.00 USD/-", "file_missing - resolved 10.00 USD/-"])
      #expect(try await story.totals().contains("expected file_missing 2 30.00 USD"))
      try await story.publish("report", as: "breaks.csv")
      await story.next()
      try await story.report(.charge("A", 1_000), .charge("B", 2_000), file: "o.csv")
      try await story.reconcile(files: files)
      let lines = try await story.restated()
      #expect(lines.filter { $0.contains("breaks.csv") }.count == 1, "\(lines)")
      #expect(
        lines.filter { $0.contains("totals.csv") }.map { $0.replacing(#/o.csv:\d/#, with: "") }.sorted() == [
          "2026-11-20 totals.csv A bucket file_missing>matched USD ",
          "2026-11-20 totals.csv B bucket file_missing>matched USD ",
        ], "\(lines)")
      #expect(lines.count == 3)
    }
  }

  @Test func aMissingFileThatCameIsNamedAsWhatWasSaid() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      let files = [ExpectedFiles(processor: "stripe", calendar: BankingCalendar(.none))]
      try await story.reconcile(files: files)
      try await story.publish("report", as: "breaks.csv")
      await story.next()
      try await story.report(.charge("A", 1_000), file: "o.csv")
      try await story.reconcile(files: files)
      let lines = try await story.restated()
      #expect(lines.count == 2)
      #expect(lines.last == "2026-11-20 totals.csv A bucket file_missing>matched USD o.csv:2")
      #expect(lines.first?.hasSuffix(" status open>resolved USD o.csv") == true)
    }
  }

  /// One in the morning of the second date in UTC is still the first date twelve hours farther west.
  @Test(arguments: [("UTC", 0), ("Etc/GMT-14", 0), ("Etc/GMT+12", 1)])
  func anOutcomeOfTheDateItselfIsNotLate(zone: String, rows: Int) async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.close(waiting: 3)
      await story.next()
      let morning = (await story.date).startInUTC.adding(.seconds(3_600))
      try await story.report(.charge("A", 1_000).at(morning), file: "o.csv")
      try await story.close(waiting: 3)
      #expect(try await story.restated(zone: zone).count == rows)
    }
  }

  @Test func withoutAnEarlierReportThereIsNothingToRestate() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile()
      await story.next()
      try await story.report(.charge("A", 1_000))
      try await story.close()
      #expect(try await story.restated() == [])
    }
  }
}
