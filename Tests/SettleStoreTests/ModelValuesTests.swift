import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct ModelValuesTests {
  @Test func instantsAndDatesKeepTheirMicrosecondsAndDays() async throws {
    let instants = ["1969-12-31T23:59:59.999999Z", "2026-11-20T08:05:00.5Z", "9999-12-31T23:59:59Z"]
    let dates = ["1969-12-31", "2026-11-20", "2024-02-29"]
    try await Story.tell { story in
      for text in instants {
        let instant = try #require(Timestamp(rfc3339: text))
        let row = try await story.read { db in
          try db.first(
            "SELECT \(instant)::timestamptz AS kept, (\(instant)::timestamptz = \(text)::text::timestamptz) AS same"
          ).map { (try $0.get("kept", as: Timestamp.self), try $0.get("same", as: Bool.self)) }
        }
        #expect(row?.0 == instant)
        #expect(row?.1 == true)
      }
      for text in dates {
        let date = try #require(BusinessDate(text))
        let kept = try await story.read { db in
          try db.first("SELECT \(date)::date AS kept, \(date)::date::text AS text").map {
            "\(try $0.get("kept", as: BusinessDate.self)) \(try $0.get("text", as: String.self))"
          }
        }
        #expect(kept == "\(text) \(text)")
      }
    }
  }

  /// A store that a newer version wrote may hold a currency that this one does not know: nothing is done on a guess.
  @Test func anUnknownCurrencyStopsWhoReadsIt() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000).payout("po_1"), .charge("X", 1).payout("po_2"))
      try await story.reconcile()
      for statement: SQL in [
        "UPDATE payments SET currency = 'QQQ'", "UPDATE matches SET currency = 'QQQ'",
        "UPDATE breaks SET reported_currency = 'QQQ'", "UPDATE outcome_records SET currency = 'QQQ'",
      ] { try await story.store.execute(statement) }
      let (date, unknown) = (await story.date, StoreError.unknownCurrency("QQQ"))
      await #expect(throws: unknown) { try await story.read { try $0.forEachMatched(on: date) { _ in } } }
      await #expect(throws: unknown) { try await story.read { try $0.forEachBreak(on: date) { _ in } } }
      await #expect(throws: unknown) { try await story.read { _ = try $0.payouts(on: date) } }
      await #expect(throws: unknown) { try await story.read { _ = try $0.totals(on: date) } }
    }
  }
}
