import SettleModel
import SettleStore
import SettleTesting
import Testing

/// What facts of a date change in reports of earlier dates.
@Suite struct RestatementsTests {
  /// `2026-11-20 totals.csv A bucket awaited>matched USD o.csv:2`; `2026-11-20..21` where several reports are meant.
  private func restated(_ story: Story, zone: String = "UTC") async throws -> [String] {
    let date = await story.date
    return try await story.read { db in
      var lines: [String] = []
      try db.forEachRestatement(on: date, zone: zone) { row in
        let last = row.lastReportDate == row.reportDate ? "" : "..\(row.lastReportDate.description.suffix(2))"
        let words: [String?] = [
          row.reportDate.description + last, row.file, row.orderReference ?? row.key, row.column,
          "\(row.from ?? "")>\(row.to ?? "")", row.currency?.code, row.evidence,
        ]
        lines.append(words.compactMap(\.self).joined(separator: " "))
      }
      return lines
    }
  }

  /// Reconciles and publishes, as a night does at its end.
  private func close(_ story: Story, waiting: Int = 0) async throws {
    try await story.reconcile(waiting: waiting)
    try await story.publish("report of \(await story.date)", as: "breaks.csv")
  }

  @Test func whatWasAwaitedIsMatched() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await close(story, waiting: 3)
      await story.next(days: 2)
      try await story.report(.charge("A", 1_000), file: "o.csv")
      try await close(story, waiting: 3)
      let lines = ["2026-11-20 totals.csv A bucket awaited>matched USD o.csv:2"]
      #expect(try await restated(story) == lines)
      let before = try await story.fingerprint()
      await story.next()
      #expect(try await restated(story) == [])
      await story.next(days: -1)
      #expect(try await restated(story) == lines)
      #expect(try await story.fingerprint() == before)
    }
  }

  /// The break has its own row, in the report that showed it first.
  @Test func whatWasMissingIsMatched() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      for _ in 0..<2 {
        try await close(story, waiting: 1)
        await story.next()
      }
      try await story.report(.charge("A", 1_000), file: "o.csv")
      try await close(story, waiting: 1)
      #expect(
        try await restated(story) == [
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
        try await close(story)
        await story.next(days: days)
      }
      try await story.report(.charge("A", 1_000), file: "o.csv")
      try await close(story)
      let lines = try await restated(story)
      #expect(
        lines == [
          "2026-11-20..23 breaks.csv A status open>resolved USD o.csv:2",
          "2026-11-20..23 totals.csv A bucket missing_at_processor>matched USD o.csv:2",
        ])
      // Written anew when later reports are there, it names the same.
      await story.next()
      try await close(story)
      await story.next(days: -1)
      #expect(try await restated(story) == lines)
    }
  }

  /// A person settled it on the second date, so that later reports have it no more.
  @Test func reportsAfterItWasSettledAreNotMeant() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await close(story)
      await story.next()
      try await story.decide(.writeOff)
      for _ in 0..<2 {
        try await close(story)
        await story.next()
      }
      try await story.report(.charge("A", 1_000), file: "o.csv")
      try await close(story)
      #expect(
        try await restated(story) == [
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
      let lines = try await restated(story)
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
      let lines = try await restated(story)
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
      try await close(story, waiting: 3)
      await story.next()
      let morning = (await story.date).startInUTC.adding(.seconds(3_600))
      try await story.report(.charge("A", 1_000).at(morning), file: "o.csv")
      try await close(story, waiting: 3)
      #expect(try await restated(story, zone: zone).count == rows)
    }
  }

  @Test func withoutAnEarlierReportThereIsNothingToRestate() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile()
      await story.next()
      try await story.report(.charge("A", 1_000))
      try await close(story)
      #expect(try await restated(story) == [])
    }
  }

  @Test func aPayoutThatGotMoreLinesIsRestated() async throws {
    try await Story.tell { (story) async throws in
      try await story.report(
        .charge("A", 1_000).fee(50).payout("po_1"), Reported.other(.payout, -1_040, row: "po_1").payout("po_1"))
      try await close(story)
      await story.next(days: 2)
      try await story.report(.charge("C", 100).fee(10).payout("po_1"), file: "o.csv")
      try await close(story)
      let rows = try await restated(story)
      #expect(
        rows == [
          // What did not add up does now.
          "2026-11-20 breaks.csv afa6c18e-18bb-a63e-bb87-67db839492ac status open>resolved USD",
          "2026-11-20 payouts.csv po_1 lines 1>2 USD o.csv", "2026-11-20 payouts.csv po_1 gross 10.00>11.00 USD o.csv",
          "2026-11-20 payouts.csv po_1 fees 0.50>0.60 USD o.csv",
          "2026-11-20 payouts.csv po_1 net 9.50>10.40 USD o.csv",
          "2026-11-20 payouts.csv po_1 remainder 0.90>0.00 USD o.csv",
        ], "\(rows)")
    }
  }

  /// Two processors may give one id to their payouts.
  @Test func aPayoutIsItsProcessors() async throws {
    try await Story.tell { (story) async throws in
      try await story.report(.charge("A", 1_000).payout("po_1"), of: "stripe")
      try await close(story)
      await story.next()
      try await story.report(.charge("B", 300).payout("po_1"), of: "adyen")
      try await close(story)
      // Of the one an earlier report told; the other one is new.
      #expect(try await restated(story) == [])
      await story.next()
      try await story.report(.charge("C", 200).payout("po_1"), file: "o.csv", of: "stripe")
      try await close(story)
      #expect(
        try await restated(story) == [
          "2026-11-20 payouts.csv po_1 lines 1>2 USD o.csv", "2026-11-20 payouts.csv po_1 gross 10.00>12.00 USD o.csv",
          "2026-11-20 payouts.csv po_1 net 10.00>12.00 USD o.csv",
        ])
    }
  }

  @Test func aRecordThatSaysSomethingElseIsRestated() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000), .order("J", 500, "JPY"))
      try await story.charge("A", "J")
      try await story.report(.charge("A", 1_000).fee(30), .charge("J", 500, "JPY"))
      try await close(story)
      await story.next()
      try await story.report(.charge("A", 1_000).fee(35).payout("po_1"), .charge("J", 400, "JPY"), file: "o.csv")
      try await close(story)
      #expect(
        try await restated(story) == [
          "2026-11-20 matched.csv A fee 0.30>0.35 USD o.csv:2", "2026-11-20 matched.csv A net 9.70>9.65 USD o.csv:2",
          "2026-11-20 matched.csv A payout_id >po_1 o.csv:2", "2026-11-20 matched.csv J net 500>400 JPY o.csv:3",
          "2026-11-20 matched.csv J rule processor_id> JPY o.csv:3",
          "2026-11-20 totals.csv J amount 500>400 JPY o.csv:3",
          "2026-11-20 totals.csv J bucket matched>amount_mismatch JPY o.csv:3",
        ])
    }
  }

  /// What a rule lets pass once more is matched still: the report that had it matched says only by which rule, and what
  /// was awaited by nobody is not late.
  @Test func aMatchThatIsMadeAnewIsNotLate() async throws {
    try await Story.tell { (story) async throws in
      let rules = MatchRules([MatchRule(by: [.id], tolerance: Tolerance(ofOthers: .init(minor: 5)))])
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000))
      try await story.reconcile(by: rules)
      try await story.publish("report", as: "breaks.csv")
      await story.next()
      try await story.report(.charge("A", 1_002), file: "o.csv")
      try await story.reconcile(by: rules)
      try await story.publish("report", as: "breaks.csv")
      let lines = [
        "2026-11-20 matched.csv A net 10.00>10.02 USD o.csv:2",
        "2026-11-20 matched.csv A rule processor_id>processor_id_tolerated USD o.csv:2",
        "2026-11-20 matched.csv A tolerated >0.02 USD o.csv:2",
        "2026-11-20 totals.csv A amount 10.00>10.02 USD o.csv:2",
      ]
      #expect(try await restated(story) == lines)
      await story.next()
      try await story.report(.charge("A", 1_300), file: "p.csv")
      try await story.reconcile(by: rules)
      #expect(
        try await restated(story).contains(
          "2026-11-21 totals.csv A bucket matched>amount_mismatch USD p.csv:2"))
      await story.next(days: -1)
      #expect(try await restated(story) == lines)
    }
  }

  /// A gap in Adyen's batch numbers is about no date's payments.
  @Test func aMissingBatchSaysNothingOfPayments() async throws {
    func row(_ order: String, batch: String) -> Reported { .charge(order, 100).changed { $0.batch = batch } }
    try await Story.tell { (story) async throws in
      try await story.report(row("X", batch: "1"), of: "adyen")
      try await close(story, waiting: 3)
      await story.next()
      try await story.authorize(.order("A", 100, at: "adyen"))
      try await story.report(row("Y", batch: "4"), of: "adyen")
      try await close(story, waiting: 3)
      let gaps = try await story.breakRows().filter { $0.reason == .fileMissing }
      #expect(gaps.count == 2)
      await story.next()
      try await story.report(
        row("A", batch: "5").changed { $0.references = .init(order: "A") }, file: "o.csv", of: "adyen")
      try await close(story, waiting: 3)
      #expect(
        try await restated(story).filter { $0.contains("bucket") }
          == ["2026-11-21 totals.csv A bucket awaited>matched USD o.csv:2"])
    }
  }

  @Test func endsThatDidNotLastAreRestated() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000), .order("B", 2_000))
      try await story.claim()
      try await story.charged("A")
      try await story.declined("B", made: "pi_B")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      try await story.refund(.amountMismatch)
      try await close(story)
      await story.next()
      try await story.report(
        .charge("B", 2_000), .refund("A", -500, re: "re_1"),
        .refundFailure("A", 500, re: "re_1").at(await story.instant))
      try await close(story)
      let lines = try await restated(story)
      #expect(lines.contains("2026-11-20 failed.csv B reason CARD_DECLINED>SUCCEEDED USD"))
      #expect(lines.contains("2026-11-20 refunds.csv A status PROCESSED>FAILED USD"))
    }
  }
}
