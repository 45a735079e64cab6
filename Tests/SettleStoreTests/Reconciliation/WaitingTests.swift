import SettleModel
import SettleStore
import SettleTesting
import Testing

/// What has not been reported is awaited until its date and the waiting days are over.
@Suite struct WaitingTests {
  @Test(arguments: [0, 1, 2, 3])
  func aChargeIsAwaitedForSoManyDays(waiting: Int) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      for day in 0...4 {
        try await story.reconcile(waiting: waiting)
        let missing = try await story.breaks() == ["missing_at_processor A open 10.00 USD/-"]
        #expect(missing == (day >= waiting), "day \(day)")
        let bucket = day >= waiting ? "missing_at_processor" : "awaited"
        #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected \(bucket) 1 10.00 USD"])
        await story.next()
      }
    }
  }

  /// A refund cannot be in the file of the night that sent it, so it is expected from the next date on.
  @Test(arguments: [0, 1, 2])
  func aRefundIsAwaitedOneDayLonger(waiting: Int) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile(waiting: waiting)
      try await story.refund(.amountMismatch)
      for day in 0...4 {
        try await story.reconcile(waiting: waiting)
        let missing = try await story.breaks().contains("missing_refund A open -5.00 USD/-")
        #expect(missing == (day > waiting), "day \(day)")
        await story.next()
      }
    }
  }

  /// Once it is broken, the night that is run again for an older date does not take that back.
  @Test func anOlderDateRunAgainTakesNothingBack() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      await story.next(days: 2)
      try await story.reconcile(waiting: 2)
      try await story.journal(.done, of: "reconcile")
      let before = try await story.fingerprint()
      await story.next(days: -1)
      try await story.reconcile(waiting: 2)
      #expect(try await story.fingerprint() == before)
    }
  }

  @Test func whatFailedIsNeverMissing() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.declined("A")
      await story.next(days: 9)
      try await story.reconcile()
      #expect(try await story.breaks() == [])
    }
  }

  /// 2026-12-23 is the Wednesday before Christmas: the next two days that banks work are the 24th and the 28th.
  @Test(arguments: [
    (BankingCalendar.Rule.none, 2), (.weekends, 2), (.target2, 5), (.us, 5), (.uk, 6),
  ])
  func onlyDaysOfTheCalendarAreWaited(rule: BankingCalendar.Rule, due: Int) async throws {
    try await Story.tell(on: "2026-12-23") { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      for day in 0...7 {
        try await story.reconcile(waiting: 2, calendar: BankingCalendar(rule))
        let missing = try await story.breaks() == ["missing_at_processor A open 10.00 USD/-"]
        #expect(missing == (day >= due), "day \(day)")
        await story.next()
      }
    }
  }
}
