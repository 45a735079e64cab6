import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct BreakReportTests {
  @Test func aBreakShowsWhatItIsAbout() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("OTHER", 1), .order("A", 1_000), file: "authorizations/a.csv")
      try await story.charge("A", "OTHER")
      try await story.report(.charge("OTHER", 1), .charge("A", 1_500), file: "outcomes/o.csv")
      await story.next()
      try await story.reconcile()
      let row = try #require(try await story.breakRows().first)
      #expect(row.payment == story.payment("A"))
      #expect((row.processor, row.processorReference) == ("stripe", "ch_A"))
      #expect(row.delta == Money(500, "USD"))
      #expect((row.businessDate.description, row.firstSeen.description) == ("2026-11-20", "2026-11-21"))
      #expect(row.rule == "processor_id")
      #expect(row.evidence == ["authorizations/a.csv:3", "outcomes/o.csv:3"])
    }
  }

  @Test func moneyOfNobodyShowsWhereItWasReported() async throws {
    try await Story.tell { story in
      try await story.report(.charge("X", 700).changed { $0.references.order = "W-1" }, file: "o.csv")
      try await story.reconcile()
      let row = try #require(try await story.breakRows().first)
      #expect(row.payment == nil)
      #expect((row.orderReference, row.processorReference) == ("W-1", "ch_X"))
      #expect((row.expected, row.delta) == (nil, nil))
      #expect(row.evidence == ["o.csv:2"])
    }
  }

  /// The report of a date tells the status at its end, whenever it is written.
  @Test func eachDateTellsItsOwnStatus() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile()
      await story.next()
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      #expect(try await story.breaks() == ["missing_at_processor A resolved 10.00 USD/-"])
      await story.next()
      try await story.reconcile()
      #expect(try await story.breaks() == [])
      await story.next(days: -1)
      #expect(try await story.breaks() == ["missing_at_processor A resolved 10.00 USD/-"])
      await story.next(days: -1)
      #expect(try await story.breaks() == ["missing_at_processor A open 10.00 USD/-"])
      await story.next(days: -1)
      #expect(try await story.breaks() == [])
    }
  }

  @Test func theListIsOrderedAndCanBeNarrowed() async throws {
    try await Story.tell { story in
      try await story.report(.charge("X", 700))
      try await story.reconcile()
      await story.next()
      try await story.authorize(.order("A", 1_000), .order("B", 1_000))
      try await story.charge("A", "B")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      try await story.refund(.amountMismatch)
      func list(_ reason: BreakReason? = nil, open: Bool? = nil, limit: Int? = nil) async throws -> [String] {
        try await story.read { db in
          try db.breaks(reason: reason, open: open, limit: limit).map { "\($0.reason.rawValue) \($0.open)" }
        }
      }
      let all = ["unexpected_charge true", "amount_mismatch false", "missing_at_processor true"]
      #expect(try await list() == all)
      #expect(try await list(open: true) == [all[0], all[2]])
      #expect(try await list(open: false) == [all[1]])
      #expect(try await list(.missingAtProcessor) == [all[2]])
      #expect(try await list(limit: 2) == Array(all.prefix(2)))
    }
  }
}
