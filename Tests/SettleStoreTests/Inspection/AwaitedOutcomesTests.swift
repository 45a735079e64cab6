import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct AwaitedOutcomesTests {
  /// `2026-11-22 1 charge 10.00 USD`, with `overdue` where it is.
  private func awaited(
    _ story: Story, waiting days: Int = 2, _ rule: BankingCalendar.Rule = .target2, bank: Int = 3
  ) async throws -> [String] {
    var terms = ReconcileTerms(waitingDays: days, calendar: BankingCalendar(rule))
    terms.bank.waitingDays = bank
    terms.bank.calendar = terms.calendar
    return try await story.read { [terms] db in
      try db.awaitedOutcomes(terms).map {
        "\($0.expectedOn) \($0.count) \($0.kind.rawValue) \($0.amount)\($0.isOverdue ? " overdue" : "")"
      }
    }
  }

  /// 2026-12-23 is the Wednesday before Christmas: the next banking days are the 24th, the 28th and the 29th.
  @Test func chargesAreDueByTheCalendar() async throws {
    try await Story.tell(on: "2026-12-23") { story in
      let calendar = BankingCalendar(.target2)
      try await story.authorize(.order("A", 1_000), .order("B", 2_000, "EUR"), .order("C", 500), .order("D", 50))
      try await story.claim()
      for order in ["A", "B", "C"] { try await story.charged(order) }
      try await story.declined("D")
      #expect(
        try await awaited(story) == ["2026-12-28 1 charge 20.00 EUR", "2026-12-28 2 charge 15.00 USD"],
        "nothing was ever reconciled")
      await story.next()
      try await story.authorize(.order("E", 700))
      try await story.charge("E")
      try await story.report(.charge("C", 500))
      try await story.reconcile(waiting: 2, calendar: calendar)
      try await story.journal(.done, of: "reconcile")
      let open = ["2026-12-28 1 charge 20.00 EUR", "2026-12-28 1 charge 10.00 USD", "2026-12-29 1 charge 7.00 USD"]
      #expect(try await awaited(story) == open)
      await story.next(days: 4)
      // A night whose reconciliation did not come about.
      try await story.journal(.done, of: "import")
      #expect(try await awaited(story) == open.map { $0.contains("12-28") ? $0 + " overdue" : $0 })
      try await story.reconcile(waiting: 2, calendar: calendar)
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.breaks().count == 2)
      #expect(try await awaited(story) == ["2026-12-29 1 charge 7.00 USD"], "the others are breaks")
      // What came as another amount is a break of its own, and awaited no more.
      try await story.report(.charge("E", 900))
      try await story.reconcile(waiting: 2, calendar: calendar)
      #expect(try await awaited(story) == [])
    }
  }

  /// Where a file is missing one break speaks for all that it would tell of.
  @Test func whatWaitsForAMissingFileIsAmongTheBreaks() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      await story.next(days: 2)
      try await story.reconcile(
        waiting: 1, files: [ExpectedFiles(processor: "stripe", calendar: BankingCalendar(.none))])
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.breakRows().map(\.reason) == [.fileMissing])
      #expect(try await awaited(story, waiting: 1, .none) == [])
      #expect(try await awaited(story, waiting: 5, .none) == [], "nor by longer waiting days")
    }
  }

  @Test func refundsAreDueADayLater() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile(waiting: 1)
      try await story.refund(.amountMismatch)
      #expect(try await awaited(story, waiting: 1, .none) == ["2026-11-22 1 refund -5.00 USD"])
      await story.next(days: 2)
      try await story.reconcile(waiting: 1)
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.breakRows().contains { $0.reason == .missingRefund })
      #expect(try await awaited(story, waiting: 1, .none) == [])
      try await story.report(.refund("A", -500, re: "re_1"))
      try await story.reconcile(waiting: 1)
      #expect(try await awaited(story, waiting: 1, .none) == [])
    }
  }

  /// No payout is awaited in a bank whose statements nobody has.
  @Test func payoutsAreAwaitedInTheBank() async throws {
    try await Story.tell { story in
      try await story.report(
        .charge("A", 1_000).payout("po_first1"), Reported.other(.payout, -1_000, row: "txn").payout("po_first1"))
      try await story.reconcile()
      #expect(try await awaited(story, .weekends) == [])
      try await story.book(.line(77, on: "2026-11-19"))
      #expect(try await awaited(story, .weekends) == ["2026-11-25 1 payout 10.00 USD"], "Friday and three days")
      await story.next(days: 5)
      try await story.reconcile()
      try await story.journal(.done, of: "reconcile")
      #expect(try await awaited(story, .weekends) == [], "it is a break")
      try await story.book(.line(1_000, text: "po_first1"))
      try await story.reconcile()
      #expect(try await awaited(story, .weekends) == [])
    }
  }

  /// What comes in and what goes out are never one figure, and each kind stands by itself.
  @Test func sumsAreOfOneKindAndSign() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 300))
      try await story.claim()
      for order in ["A", "B"] { try await story.charged(order) }
      try await story.report(
        .charge("A", 1_500), Reported.other(.payout, -500, row: "txn_1").payout("po_first1"),
        Reported.other(.payout, -70, row: "txn_2").payout("po_second2"),
        Reported.other(.payout, 200, row: "txn_3").payout("po_third3"))
      try await story.book(.line(77, on: "2026-11-19"))
      try await story.reconcile(waiting: 1)
      try await story.refund(.amountMismatch)
      #expect(
        try await awaited(story, waiting: 1, .none) == [
          "2026-11-21 1 charge 3.00 USD", "2026-11-22 1 refund -5.00 USD", "2026-11-23 2 payout 5.70 USD",
          "2026-11-23 1 payout -2.00 USD",
        ])
    }
  }

  /// One of the two is in the bank, and a person says which: neither is called overdue.
  @Test func whatAnAmbiguousLineMayBeIsLeftToItsBreak() async throws {
    try await Story.tell { story in
      try await story.report(
        Reported.other(.payout, -500, row: "txn_1").payout("po_first1"),
        Reported.other(.payout, -500, row: "txn_2").payout("po_second2"))
      try await story.book(.line(500))
      await story.next(days: 9)
      try await story.reconcile()
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.breakRows().map(\.reason) == [.ambiguousMatch])
      #expect(try await awaited(story, .none) == [])
    }
  }
}
