import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct BreakAgeingTests {
  @Test func bandsMeetWithoutGaps() {
    #expect(AgeBand.allCases.map(\.description) == ["0-1", "2-7", "8-30", "31+"])
  }

  @Test func openBreaksAreCountedByReasonAgeAndCurrency() async throws {
    try await Story.tell { story in
      #expect(try await story.read { try $0.breakAgeing() }.groups == [])
      try await story.report(.charge("W", 100), .charge("X", 700), .charge("Y", 300, "EUR"))
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_250))
      try await story.reconcile()
      await story.next(days: 6)
      try await story.report(.charge("Z", 50))
      try await story.reconcile()
      // Of the past week are two currencies, of which one break has only one side; the new one stands apart.
      for (days, bands) in [(0, ["2-7", "0-1"]), (2, ["8-30", "2-7"]), (25, ["31+", "8-30"])] {
        await story.next(days: days)
        try await story.journal(.done, of: "reconcile")
        let ageing = try await story.read { try $0.breakAgeing() }
        #expect(ageing.date == (await story.date))
        let told = ageing.groups.map { group in
          "\(group.reason.rawValue) \(group.age) \(group.count) "
            + group.amounts.map(\.description).joined(separator: ", ")
        }
        #expect(
          told == [
            "amount_mismatch \(bands[0]) 1 2.50 USD", "unexpected_charge \(bands[1]) 1 0.50 USD",
            "unexpected_charge \(bands[0]) 3 3.00 EUR, 8.00 USD",
          ], "after \(days) days")
      }
    }
  }
}
