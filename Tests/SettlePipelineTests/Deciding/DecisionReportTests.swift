import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// What a date's page tells of finance's decisions.
@Suite struct DecisionReportTests {
  private func decided(_ story: Story) async throws -> [String] {
    let date = await story.date
    return try await story.read { db in
      var lines: [String] = []
      try db.forEachDecision(on: date, zone: "Europe/Berlin") { row in
        lines.append(
          "\(row.by) \(row.decision?.description ?? "agrees") \(row.reference ?? "-") \(row.amount?.description ?? "-") "
            + (row.note ?? "-"))
      }
      return lines
    }
  }

  private func waiting(_ story: Story) async throws -> [String] {
    let date = await story.date
    return try await story.read { db in
      try db.refundsAwaitingApproval(on: date, zone: "UTC").map { row in
        "\(row.reference ?? "-") \(row.amount?.description ?? "-")"
      }
    }
  }

  private func publish(_ story: Story, on date: BusinessDate) async throws {
    let at = await story.context().now
    try await story.write { db in
      _ = try db.keepEdition(of: "report.html", on: date, sha256: Story.digest(of: "report"), at: at) { nil }
    }
  }

  private static let policy = RefundPolicy(
    perRun: [.named("USD"): 100_000], perDay: [.named("USD"): 100_000], approvalAbove: [.named("USD"): 100])

  @Test func whoDecidedWhatIsToldOnItsDate() async throws {
    try await Story.tell { story in
      try await story.overcharged("A")
      try await story.report(.charge("X", 700))
      try await story.reconcile()
      #expect(try await decided(story) == [])
      try await story.decide(try await story.sheet { .says($0.reason == .amountMismatch ? "accept" : "wait", "why") })
      let told = try await decided(story)
      #expect(told == ["alice accept A - why", "alice wait:2026-11-27 ch_X - why"])
      let date = await story.date
      let at = try await story.read { db in
        var at: [String] = []
        try db.forEachDecision(on: date, zone: "Europe/Berlin") {
          at.append("\($0.at) \($0.atLocal)")
        }
        return at
      }
      #expect(at.first?.hasPrefix("2026-11-21T01:30:") == true)
      #expect(at.first?.hasSuffix("Z 2026-11-21 02:30") == true)
      // On a weekend there may be no report: the next one tells it.
      await story.next(days: 3)
      #expect(try await decided(story) == told)
      try await publish(story, on: date)
      #expect(try await decided(story) == [])
      await story.next(days: -3)
      #expect(try await decided(story) == told)
    }
  }

  /// It waits until the report of the date on which somebody else has agreed, and in older reports for ever.
  @Test func aLargeRefundWaitsForASecondPerson() async throws {
    try await Story.tell { story in
      try await story.overcharged("A")
      let sheet = try await story.sheet { _ in .says("refund", "too much") }
      #expect(try await story.decide(sheet, policy: Self.policy) == ["2 awaits approval of 5.00 USD"])
      #expect(try await decided(story) == ["alice refund A 5.00 USD too much"])
      #expect(try await waiting(story) == ["A 5.00 USD"])
      await story.next()
      #expect(try await waiting(story) == ["A 5.00 USD"])
      await story.next()
      let again = try await story.sheet { _ in .says("refund") }
      #expect(
        try await story.decide(again, by: "bob", mode: .approve, policy: Self.policy) == ["2 approved 5.00 USD"])
      try await publish(story, on: await story.date.adding(days: -1))
      #expect(try await decided(story) == ["bob agrees A 5.00 USD -"])
      #expect(try await waiting(story) == [])
      await story.next(days: -1)
      #expect(try await waiting(story) == ["A 5.00 USD"])
    }
  }
}
