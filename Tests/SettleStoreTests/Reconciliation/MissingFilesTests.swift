import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Where a processor's file does not come, one break says so for all payments that wait for it.
@Suite struct MissingFilesTests {
  private static let daily = [ExpectedFiles(processor: "stripe", calendar: BankingCalendar(.none))]

  /// Three payments of a Friday, charged.
  private func charge(_ story: Story, currency: String = "USD") async throws {
    try await story.authorize(.order("A", 1_000), .order("B", 2_000), .order("C", 3_000, currency))
    try await story.charge("A", "B", "C")
  }

  @Test func oneBreakStandsForAllPaymentsThatWait() async throws {
    try await Story.tell { (story) async throws in
      try await charge(story)
      try await story.report(.charge("X", 100), file: "friday.csv")
      try await story.reconcile(waiting: 1, files: Self.daily)
      await story.next()
      #expect(try await story.reconcile(waiting: 1, files: Self.daily).opened == 1)
      let row = try #require(try await story.breakRows().first { $0.reason == .fileMissing })
      #expect((row.payment, row.processor, row.businessDate.description) == (nil, "stripe", "2026-11-20"))
      #expect((row.expected, row.reported) == (Money(6_000, "USD"), nil))
      #expect(
        row.evidence == ["no file of stripe came on 2026-11-21, so 3 payments of 2026-11-20 cannot be told: 60.00 USD"])
      #expect(
        try await story.totals().filter { $0.hasPrefix("expected") } == [
          "expected all 3 60.00 USD", "expected file_missing 3 60.00 USD",
        ])
      let before = try await story.fingerprint()
      #expect(try await story.reconcile(waiting: 1, files: Self.daily) == ReconcileCounts())
      #expect(try await story.fingerprint() == before)
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func theFileResolvesItAndWhatItLeavesOutIsMissingByItself() async throws {
    try await Story.tell { (story) async throws in
      try await charge(story, currency: "EUR")
      try await story.reconcile(waiting: 1, files: Self.daily)
      await story.next()
      try await story.reconcile(waiting: 1, files: Self.daily)
      #expect(try await story.breaks() == ["file_missing - open -/-"])
      let evidence = try await story.breakRows().flatMap(\.evidence)
      #expect(
        evidence == [
          "no file of stripe came on 2026-11-20, so 3 payments of 2026-11-20 cannot be told: 30.00 EUR, 30.00 USD"
        ])
      let missing = try await story.totals()
      #expect(
        missing == [
          "expected all 1 30.00 EUR", "expected file_missing 1 30.00 EUR", "expected all 2 30.00 USD",
          "expected file_missing 2 30.00 USD",
        ])
      await story.next()
      try await story.report(.charge("A", 1_000), .charge("B", 2_000), file: "late.csv")
      let counts = try await story.reconcile(waiting: 1, files: Self.daily)
      #expect((counts.matched, counts.opened, counts.resolved) == (2, 1, 1))
      #expect(
        try await story.breaks() == ["file_missing - resolved -/-", "missing_at_processor C open 30.00 EUR/-"])
      #expect(
        try await story.totals() == [
          "expected all 1 30.00 EUR", "expected missing_at_processor 1 30.00 EUR", "expected all 2 30.00 USD",
          "expected matched 2 30.00 USD", "reported all 2 30.00 USD", "reported matched 2 30.00 USD",
        ])
      await story.next(days: -1)
      #expect(try await story.totals() == missing)
      #expect(try await story.breaks() == ["file_missing - open -/-"])
      #expect(try await story.store.faults() == [])
    }
  }

  /// More payments wait than a person accepted: another break, with words of its own, beside which the first stays.
  @Test(arguments: ["USD", "EUR"])
  func whatWasAcceptedAndGrowsIsFollowed(_ currency: String) async throws {
    try await Story.tell { (story) async throws in
      try await charge(story, currency: currency)
      await story.next()
      try await story.reconcile(waiting: 1, files: Self.daily)
      try await story.decide(.accept)
      let accepted = try await story.breakRows()
      await story.next(days: -1)
      try await story.authorize(.order("D", 4_000))
      try await story.charge("D")
      await story.next(days: 2)
      #expect(try await story.reconcile(waiting: 1, files: Self.daily).opened == 1)
      #expect(try await story.reconcile(waiting: 1, files: Self.daily) == ReconcileCounts())
      let row = try #require(try await story.breakRows().first)
      #expect((row.reason, row.processor, row.open) == (.fileMissing, "stripe", true))
      #expect(row.evidence.first?.contains("so 4 payments of 2026-11-20 cannot be told: ") == true)
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.store.faults() == [])
      await story.next(days: -1)
      #expect(try await story.breakRows().map(\.evidence) == accepted.map(\.evidence))
      // When the file comes, both are behind us.
      await story.next(days: 2)
      try await story.report(
        .charge("A", 1_000), .charge("B", 2_000), .charge("C", 3_000, currency), .charge("D", 4_000))
      try await story.reconcile(waiting: 1, files: Self.daily)
      #expect(try await story.breaks().filter { $0.contains(" open ") } == [])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func whereFilesCameEachPaymentIsMissingByItself() async throws {
    try await Story.tell { (story) async throws in
      try await charge(story)
      for day in 0...1 {
        try await story.report(.charge("X\(day)", 100), file: "day-\(day).csv")
        try await story.reconcile(waiting: 1, files: Self.daily)
        if day == 0 { await story.next() }
      }
      let missing = try await story.breaks().filter { $0.hasPrefix("missing_at_processor") }
      #expect(missing.count == 3)
      // A file that fails to come only later is another date's matter.
      await story.next()
      #expect(try await story.reconcile(waiting: 1, files: Self.daily) == ReconcileCounts())
    }
  }

  /// 2026-11-20 is a Friday. Only days of the calendar want a file; only files of money count as one.
  @Test(arguments: [(BankingCalendar.Rule.weekends, false), (.none, true)])
  func onAClosedDayNoFileIsMissed(_ rule: BankingCalendar.Rule, isMissed: Bool) async throws {
    try await Story.tell(on: "2026-11-20") { (story) async throws in
      try await charge(story)
      try await story.report(.charge("X", 100), file: "friday.csv")
      await story.next()
      try await story.report(.charge("Y", 100), file: "states.csv", money: false)
      let files = [ExpectedFiles(processor: "stripe", calendar: BankingCalendar(rule))]
      try await story.reconcile(waiting: 1, files: files)
      #expect(try await story.breakRows().contains { $0.reason == .fileMissing } == isMissed)
    }
  }

  @Test func aProcessorOfWhichNothingIsExpectedHasNone() async throws {
    try await Story.tell { (story) async throws in
      try await charge(story)
      try await story.reconcile(files: [ExpectedFiles(processor: "adyen", calendar: BankingCalendar(.none))])
      #expect(try await story.breaks().count == 3)
      #expect(try await story.breaks().allSatisfy { $0.hasPrefix("missing_at_processor") })
    }
  }

  /// The pipeline learns only later when files are expected, or forgets it.
  @Test func thePipelineMayChangeItsMind() async throws {
    try await Story.tell { (story) async throws in
      try await charge(story)
      try await story.reconcile()
      await story.next()
      let counts = try await story.reconcile(files: Self.daily)
      #expect((counts.opened, counts.resolved) == (1, 3))
      #expect(try await story.totals().contains("expected all 3 60.00 USD"))
      await story.next()
      let back = try await story.reconcile()
      #expect((back.opened, back.resolved) == (3, 1))
      #expect(try await story.totals().contains("expected missing_at_processor 3 60.00 USD"))
    }
  }

  /// Adyen numbers its settlement batches: 12 and 13 were passed over. 400 belongs to another account.
  @Test func aBatchThatWasPassedOverIsMissing() async throws {
    func row(_ order: String, batch: String) -> Reported { .charge(order, 100).changed { $0.batch = batch } }
    try await Story.tell { (story) async throws in
      try await story.report(row("A", batch: "11"), file: "11.csv", of: "adyen")
      try await story.report(row("B", batch: "14"), row("C", batch: "none"), file: "14.csv", of: "adyen")
      try await story.report(row("D", batch: "400"), file: "400.csv", of: "adyen")
      try await story.report(row("E", batch: "13"), file: "states.csv", of: "adyen", money: false)
      try await story.reconcile()
      func missing() async throws -> [String] {
        try await story.breakRows().filter { $0.reason == .fileMissing }.map {
          "\($0.open ? "open" : "resolved") \($0.processor ?? "-") \($0.evidence.joined())"
        }.sorted()
      }
      let gaps = ["12", "13"].map { "open adyen batch \($0) of adyen did not come, though a later one did" }
      #expect(try await missing() == gaps)
      #expect(try await story.reconcile() == ReconcileCounts())
      await story.next()
      try await story.report(row("F", batch: "12"), file: "12.csv", of: "adyen")
      try await story.reconcile()
      #expect(try await missing() == [gaps[1], gaps[0].replacing("open", with: "resolved")])
      #expect(try await story.store.faults() == [])
    }
  }

  /// Each merchant account counts its own batches: one's 12 is not the other's, and numbers that lie between one
  /// account's are no gap of the other.
  @Test func eachAccountCountsItsOwnBatches() async throws {
    func row(_ order: String, _ account: String, _ batch: String) -> Reported {
      .charge(order, 100).changed { record in
        record.batch = batch
        record.references.payout = "\(account)/\(batch)"
      }
    }
    try await Story.tell { (story) async throws in
      let rows = [
        row("A", "ShopEU", "11"), row("B", "ShopEU", "13"), row("C", "ShopJP", "12"), row("D", "ShopJP", "15"),
      ]
      for (number, row) in rows.enumerated() { try await story.report(row, file: "\(number).csv", of: "adyen") }
      try await story.reconcile()
      let gaps = try await story.breakRows().filter { $0.reason == .fileMissing }.map { $0.evidence.joined() }.sorted()
      #expect(
        gaps
          == ["ShopEU 12", "ShopJP 13", "ShopJP 14"].map { gap in
            let parts = gap.split(separator: " ")
            return "batch \(parts[1]) of \(parts[0]) at adyen did not come, though a later one did"
          }.sorted())
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.store.faults() == [])
      try await isMigrated(story.store)
    }
  }

  /// A store that knew batches by their numbers alone knows their accounts once it is migrated.
  private func isMigrated(_ store: Store) async throws {
    let owner = Pool(store.settings, size: 1)
    let (known, migrated, applied) = try await owner.rolledBack { db in
      func batches() throws -> [String] {
        try db.query("SELECT series || '/' || number || ' ' || file_id AS batch FROM processor_batches ORDER BY 1") {
          try $0.get("batch")
        }
      }
      let known = try batches()
      try db.script(
        """
        ALTER TABLE processor_batches DROP CONSTRAINT processor_batches_pkey, DROP COLUMN series;
        ALTER TABLE processor_batches ADD PRIMARY KEY (processor, number);
        DELETE FROM migrations WHERE name = '0017_batch_series';
        """)
      let applied = try Migrator().migrate(db)
      return (known, try batches(), applied)
    }
    await owner.close()
    #expect(applied == ["0017_batch_series"])
    #expect(known.count == 4 && migrated == known)
  }
}
