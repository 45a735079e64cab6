import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct DayTrendTests {
  /// Publishes a `totals.csv` of the date, in small pieces.
  private func publish(_ story: Story, matched: [(String, Int)]) async throws {
    let lines = matched.map { "expected,matched,\($0),\($1),1.00" }
    let others = ["side,bucket,currency,count,amount", "bank,matched,USD,70,1.00", "expected,all,USD,99,1.00"]
    let text = (others + lines).map { $0 + "\r\n" }.joined()
    let (date, at) = (await story.date, await story.context().now)
    try await story.write { db in
      var left = Array(text.utf8)
      _ = try db.keepEdition(of: "totals.csv", on: date, sha256: Story.digest(of: text), at: at) {
        defer { left.removeFirst(min(7, left.count)) }
        return left.isEmpty ? nil : Array(left.prefix(7))
      }
    }
  }

  private func trend(_ story: Story, limit: Int = 30) async throws -> [String] {
    let date = await story.date
    return try await story.read { db in
      try db.trend(until: date, limit: limit).map { day in
        "\(day.date) matched \(day.matched.map(String.init) ?? "-") +\(day.opened) -\(day.resolved) open \(day.open)"
      }
    }
  }

  private func unexpected(_ story: Story, _ orders: String...) async throws {
    for order in orders { try await story.report(.charge(order, 1_000)) }
    try await story.reconcile()
  }

  @Test func eachDateTellsWhatItKnew() async throws {
    try await Story.tell { (story) async throws in
      #expect(try await trend(story) == ["2026-11-20 matched - +0 -0 open 0"])
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await unexpected(story, "X", "Y")
      let first = ["2026-11-20 matched - +3 -0 open 3"]
      #expect(try await trend(story) == first)
      try await publish(story, matched: [("JPY", 3), ("USD", 4)])
      try await publish(story, matched: [("JPY", 3), ("USD", 5)])
      #expect(try await trend(story) == first)

      // No report was published of this date, so its break counts with the next.
      await story.next()
      try await unexpected(story, "Z")
      await story.next()
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      let third = ["2026-11-20 matched 8 +3 -0 open 3", "2026-11-22 matched - +1 -1 open 3"]
      #expect(try await trend(story) == third)
      try await publish(story, matched: [])

      await story.next()
      #expect(
        try await trend(story) == [third[0], "2026-11-22 matched 0 +1 -1 open 3", "2026-11-23 matched - +0 -0 open 3"])
      #expect(
        try await trend(story, limit: 2) == ["2026-11-22 matched 0 +1 -1 open 3", "2026-11-23 matched - +0 -0 open 3"])
      // What came later is not in the trend of an older date.
      await story.next(days: -1)
      #expect(try await trend(story) == third)
      await story.next(days: -2)
      #expect(try await trend(story) == first)
    }
  }
}
