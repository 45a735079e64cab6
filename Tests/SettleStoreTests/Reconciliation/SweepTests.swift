import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// What was settled is looked at no more, and what is open, or comes late, is not forgotten for it.
@Suite struct SweepTests {
  /// The orders of payments that are carried, among these.
  private func carried(_ story: Story, of orders: String...) async throws -> [String] {
    let ids: [PaymentID] = try await story.read { db in
      try db.query("SELECT payment_id FROM carried") { try $0.get("payment_id") }
    }
    #expect(ids.allSatisfy { id in orders.contains { story.payment($0) == id } })
    return orders.filter { ids.contains(story.payment($0)) }
  }

  private func sweeps(_ story: Story) async throws -> [String] {
    try await story.read { db in
      try db.query("SELECT swept_on, through FROM sweeps ORDER BY 1, 2") { row in
        let on: BusinessDate = try row.get("swept_on")
        let through: BusinessDate = try row.get("through")
        return "\(on) through \(through)"
      }
    }
  }

  @Test func onlyWhatIsOpenIsCarriedUntilItIsSettled() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000), .order("B", 2_000))
      try await story.charge("A", "B")
      try await story.report(.charge("A", 1_000))
      #expect(try await story.reconcile().matched == 1)
      #expect(try await sweeps(story) == ["2026-11-20 through 2026-11-20"])
      #expect(try await carried(story, of: "A", "B") == ["B"])
      await story.next()
      try await story.report(.charge("B", 2_000))
      let counts = try await story.reconcile()
      #expect((counts.matched, counts.resolved) == (1, 1))
      // Its match is of this date, and this date's report tells of it.
      #expect(try await carried(story, of: "A", "B") == ["B"])
      await story.next()
      try await story.authorize(.order("C", 3_000))
      try await story.charge("C")
      try await story.reconcile()
      #expect(try await carried(story, of: "A", "B", "C") == ["C"])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func aSettledPaymentOfWhichAnotherChargeComesIsLookedAtAgain() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      await story.next()
      try await story.reconcile()
      #expect(try await carried(story, of: "A") == [])
      try await story.report(.charge("A", 1_000).under("A2").changed { $0.references.order = "A" })
      #expect(try await story.reconcile().opened == 1)
      let found = try await story.breaks()
      #expect(found == ["duplicate_charge A open -/10.00 USD"])
      #expect(try await story.store.faults() == [])
    }
  }

  /// As where a person replays an earlier date with a file that had been left out.
  @Test func whatIsLoadedForASweptDateIsCarried() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      await story.next()
      try await story.reconcile()
      await story.next(days: -1)
      try await story.authorize(.order("B", 2_000), file: "forgotten.csv")
      try await story.charge("B")
      #expect(try await carried(story, of: "A", "B") == ["B"])
      await story.next()
      #expect(try await story.reconcile().opened == 1)
      #expect(try await story.breaks() == ["missing_at_processor B open 20.00 USD/-"])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func aDateOfWhichMuchIsAwaitedIsSweptOnceItIsSettled() async throws {
    let orders = (1...1_200).map { "N\($0)" }
    try await Story.tell { (story) async throws in
      try await story.authorize(orders.map { .order($0, 1_000) })
      try await story.reconcile(waiting: 2)
      #expect(try await sweeps(story) == [])
      await story.next()
      try await story.report(
        orders.dropLast().map { order in
          .charge(order, 1_000).changed { $0.references.order = order }
        })
      #expect(try await story.reconcile(waiting: 2).matched == 1_199)
      #expect(try await sweeps(story) == [], "they were open when this date began, so its report looks for them")
      await story.next()
      try await story.reconcile(waiting: 2)
      #expect(try await sweeps(story) == ["2026-11-22 through 2026-11-22"])
      #expect(try await carried(story, of: "N1200", "N1199") == ["N1200"])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func verifyTellsOfARowThatWasTakenOut() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile()
      #expect(try await story.store.faults() == [])
      _ = try await story.write { try $0.execute("DELETE FROM carried") }
      let faults = try await story.store.faults()
      #expect(faults.map { $0.prefix(8) } == ["carried:"])
      _ = try await story.write { try $0.execute("DELETE FROM sweeps") }
      #expect(try await story.store.faults() == [])
    }
  }

  /// The failure is of a date that is swept, its payment of a later one that is not.
  @Test func aFailureOfASweptDateStillContradictsALaterPayment() async throws {
    try await Story.tell { (story) async throws in
      await story.sweepByShareAlone()
      try await story.authorize(.order("A", 1_000), .order("B", 2_000))
      try await story.charge("A", "B")
      await story.next(days: -1)
      try await story.report(.failed("A").at(story.noon.adding(.seconds(172_800))), money: false)
      await story.next()
      try await story.reconcile()
      #expect(try await sweeps(story) == ["2026-11-20 through 2026-11-19"])
      let breaks = ["missing_at_processor B open 20.00 USD/-", "status_mismatch A open 10.00 USD/0.00 USD"]
      #expect(try await story.breaks().sorted() == breaks)
      await story.next()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.breaks().sorted() == breaks)
    }
  }

  /// A record that was open on a date, and is another one since, is still an item of the report of that date.
  @Test func whatWasChangedSinceIsStillToldAsItWas() async throws {
    try await Story.tell { (story) async throws in
      await story.sweepByShareAlone()
      try await story.report((1...9).map { Reported.other(.fee, -5, row: "fee_\($0)") })
      try await story.report(.charge("X", 4_990).row("txn_1"))
      try await story.reconcile()
      await story.next(days: 2)
      try await story.report(Reported.other(.adjustment, 4_990, row: "txn_1"))
      await story.next(days: -2)
      try await story.reconcile()
      await story.next()
      let swept = try await story.totals()
      #expect(swept.contains("reported all 1 49.90 USD"))
      _ = try await story.write { try $0.execute("DELETE FROM sweeps") }
      let whole = try await story.totals()
      #expect(swept == whole)
    }
  }

  /// A night run ahead of its day must not make all that follow late.
  @Test func aDateThatLiesAheadIsNotSwept() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      let context = await story.context()
      for (days, swept) in [(40, false), (1, true)] {
        var ahead = context
        ahead.date = context.date.adding(days: days)
        _ = try await story.write { [ahead] in try $0.reconcile(ReconcileTerms(waitingDays: 1), context: ahead) }
        #expect(try await sweeps(story).isEmpty != swept)
      }
    }
  }
}
