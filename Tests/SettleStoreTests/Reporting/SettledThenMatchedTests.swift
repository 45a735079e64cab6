import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Earlier reports told of a break as settled; that its money came after all is told once.
@Suite struct SettledThenMatchedTests {
  private func restated(_ story: Story) async throws -> [String] {
    let date = await story.date
    return try await story.read { db in
      var lines: [String] = []
      try db.forEachRestatement(on: date, zone: "UTC") { row in
        lines.append(
          "\(row.reportDate) \(row.file) \(row.orderReference ?? "-") \(row.column) \(row.from ?? "")>\(row.to ?? "")"
            + " \(row.evidence ?? "-")")
      }
      return lines
    }
  }

  @Test func whatWasWrittenOffIsMatched() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile()
      try await story.publish("first", as: "breaks.csv")
      await story.next()
      try await story.decide(.writeOff)
      try await story.publish("second", as: "breaks.csv")
      await story.next()
      #expect(try await restated(story) == [])
      try await story.report(.charge("A", 1_000), file: "o.csv")
      try await story.reconcile()
      #expect(
        try await restated(story) == [
          "2026-11-20 totals.csv A bucket missing_at_processor>matched o.csv:2",
          "2026-11-21 breaks.csv A resolution written_off>matched o.csv:2",
        ])
      await story.next()
      #expect(try await restated(story) == [])
    }
  }

  @Test func whatWasWrittenOffIsInTheBank() async throws {
    try await Story.tell { story in
      try await story.report(
        .charge("A", 1_000).payout("po_first1"), Reported.other(.payout, -1_000, row: "po_first1").payout("po_first1"))
      try await story.book(.line(77, on: "2026-11-19"))
      for _ in 0..<2 {
        try await story.reconcile(bank: BankTerms(), waiting: 0)
        try await story.publish("report", as: "breaks.csv")
        await story.next(days: 5)
      }
      #expect(try await story.breaks().contains { $0.hasPrefix("payout_not_in_bank - open") })
      try await story.decide(.writeOff)
      try await story.publish("settled", as: "breaks.csv")
      await story.next()
      try await story.book(.line(1_000, on: "2026-12-01", text: "po_first1"), file: "b.csv")
      #expect(try await story.reconcile(bank: BankTerms()).banked == 1)
      _ = try await story.totals()
      #expect(
        try await restated(story).filter { $0.contains("resolution") }
          == ["2026-11-30 breaks.csv - resolution written_off>in_bank b.csv:2"])
    }
  }
}
