import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Where a file is expected each day, one break says that it did not come, whether or not a payment waits for it.
@Suite struct DaysWithoutFilesTests {
  private static let daily = [ExpectedFiles(processor: "stripe", calendar: BankingCalendar(.none))]

  /// `open 2026-11-21 no file …`
  private func missing(_ story: Story) async throws -> [String] {
    try await story.breakRows().filter { $0.reason == .fileMissing }.map {
      "\($0.open ? "open" : "resolved") \($0.businessDate) \($0.evidence.joined())"
    }
  }

  private static func says(_ day: Int, _ status: String = "open") -> String {
    "\(status) 2026-11-\(day) no file of stripe came on 2026-11-\(day) though one was expected"
  }

  @Test func aDayWithoutAFileIsOneBreakOnceItIsDue() async throws {
    try await Story.tell { story in
      // Before the first file nobody knows that any comes.
      try await story.reconcile(waiting: 1, files: Self.daily)
      await story.next()
      try await story.report(.charge("X", 100), file: "21.csv")
      for _ in 0..<2 {
        try await story.reconcile(waiting: 1, files: Self.daily)
        #expect(try await missing(story) == [])
        await story.next()
      }
      try await story.report(.charge("Y", 100), file: "23.csv")
      #expect(try await story.reconcile(waiting: 1, files: Self.daily).opened == 2)
      #expect(try await missing(story) == [Self.says(22)])
      let row = try #require(try await story.breakRows().first { $0.reason == .fileMissing })
      #expect((row.processor, row.payment, row.expected, row.reported) == ("stripe", nil, nil, nil))
      let told = try await story.breakRows().map(\.evidence)
      let before = try await story.fingerprint()
      #expect(try await story.reconcile(waiting: 1, files: Self.daily) == ReconcileCounts())
      #expect(try await story.fingerprint() == before)
      #expect(try await story.store.faults() == [])
      try await story.publish("report", as: "breaks.csv")

      // Two files of one day: one of them is late.
      await story.next()
      try await story.report(.charge("V", 100), file: "24.csv")
      try await story.report(.charge("W", 100), file: "late.csv")
      try await story.reconcile(waiting: 1, files: Self.daily)
      #expect(try await missing(story) == [Self.says(22, "resolved")])
      #expect(try await story.store.faults() == [])
      await story.next(days: -1)
      #expect(try await story.breakRows().map(\.evidence) == told)
      #expect(try await missing(story) == [Self.says(22)])
    }
  }

  /// A day that payments wait for is told once, with them; the file that tells of them makes up for it.
  @Test func aDayThatPaymentsWaitForHasOneBreak() async throws {
    try await Story.tell { story in
      try await story.report(.charge("X", 100), file: "20.csv")
      try await story.reconcile(files: Self.daily)
      await story.next()
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile(files: Self.daily)
      let says = "2026-11-21 no file of stripe came on 2026-11-21, so 1 payment of 2026-11-21 cannot be told: 10.00 USD"
      #expect(try await missing(story) == ["open " + says])
      await story.next()
      try await story.report(.charge("A", 1_000), file: "22.csv")
      try await story.reconcile(files: Self.daily)
      #expect(try await missing(story) == ["resolved " + says])
      await story.next()
      try await story.reconcile(files: Self.daily)
      #expect(try await missing(story) == [Self.says(23)])
      // A person may settle it; then it stays so.
      try await story.decide(.accept)
      await story.next()
      try await story.report(.charge("Z", 100), file: "24.csv")
      try await story.reconcile(files: Self.daily)
      #expect(try await missing(story) == [])
      #expect(try await story.store.faults() == [])
    }
  }

  /// The pipeline's processor sends its files; of another one nothing was said.
  @Test func onlyWhatIsExpectedIsMissed() async throws {
    try await Story.tell { story in
      try await story.report(.charge("X", 100), file: "20.csv", of: "adyen")
      await story.next()
      for files in [[], Self.daily, [ExpectedFiles(processor: "adyen", calendar: BankingCalendar(.weekends))]] {
        try await story.reconcile(files: files)
        #expect(try await missing(story) == [])
      }
    }
  }
}
