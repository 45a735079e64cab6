import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Lines of a payout, the payout, the bank: what agrees, and what each difference is called.
@Suite struct BankReconciliationTests {
  private static let charge = Reported.charge("A", 1_000).fee(50).payout("po_first1")
  private static func paid(_ amount: Int64, _ payout: String = "po_first1", _ currency: String = "USD") -> Reported {
    Reported.other(.payout, -amount, currency, row: "txn_\(payout)").payout(payout)
  }

  /// The charge that the payouts are about is nobody's, which is not what these tests are about.
  private func bankBreaks(_ story: Story) async throws -> [String] {
    try await story.breaks().filter { !$0.hasPrefix("unexpected_charge") }
  }

  private func bankTotals(_ story: Story) async throws -> [String] {
    try await story.totals().filter { $0.hasPrefix("bank") }
  }

  @Test func linesPayoutAndBankAgree() async throws {
    try await Story.tell { story in
      try await story.report(Self.charge, Self.paid(950))
      try await story.book(.line(950, text: "STRIPE po_first1"))
      #expect(try await story.reconcile().banked == 1)
      #expect(try await bankBreaks(story) == [])
      #expect(try await story.payouts() == ["po_first1 USD 1 lines net 950 paid 950 bank 9.50 USD rest 0"])
      #expect(try await bankTotals(story) == ["bank all 1 9.50 USD", "bank matched 1 9.50 USD"])
      #expect(try await story.store.faults() == [])
      let before = try await story.fingerprint()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.fingerprint() == before)
      await story.next()
      try await story.reconcile()
      #expect(try await bankTotals(story) == [])
    }
  }

  @Test func aFileWithoutPayoutRowsIsHeldAgainstTheBankByItsLines() async throws {
    try await Story.tell { story in
      try await story.report(Self.charge)
      try await story.book(.line(950))
      try await story.reconcile()
      #expect(try await bankBreaks(story) == [])
      #expect(try await story.payouts() == ["po_first1 USD 1 lines net 950 paid - bank 9.50 USD rest 0"])
    }
  }

  /// 2026-11-20 is a Friday: the one day that the bank is given is the Monday, or by every day's count the Saturday.
  @Test(arguments: [(BankingCalendar.Rule.none, 1), (.weekends, 3)])
  func theBankWorksOnDaysOfTheCalendar(rule: BankingCalendar.Rule, due: Int) async throws {
    try await Story.tell { story in
      var terms = BankTerms()
      terms.waitingDays = 1
      terms.calendar = BankingCalendar(rule)
      try await story.report(Self.charge, Self.paid(950))
      try await story.book(.line(77, on: "2026-11-19"))
      for day in 0...4 {
        try await story.reconcile(bank: terms)
        let isMissing = try await story.breakRows().contains { $0.reason == .payoutNotInBank }
        #expect(isMissing == (day >= due), "day \(day)")
        await story.next()
      }
    }
  }

  @Test func linesThatDoNotAddUpAreABreakUntilTheyDo() async throws {
    try await Story.tell { story in
      try await story.report(Self.charge, Self.paid(1_150))
      try await story.reconcile()
      #expect(try await bankBreaks(story) == ["payout_mismatch - open 9.50 USD/11.50 USD"])
      let row = try #require(try await story.breakRows().first { $0.reason == .payoutMismatch })
      #expect(row.processorReference == "po_first1")
      #expect(row.processor == "stripe")
      #expect(row.evidence == ["processor-report-1.csv:3"])
      await story.next()
      try await story.report(Reported.other(.adjustment, 200, row: "adj").payout("po_first1"))
      try await story.reconcile()
      #expect(try await bankBreaks(story) == ["payout_mismatch - resolved 9.50 USD/11.50 USD"])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func theBankHasAnotherAmountUnderThePayoutsName() async throws {
    try await Story.tell { story in
      try await story.report(Self.charge, Self.paid(950))
      try await story.book(.line(940, endToEnd: "PO_FIRST1"))
      try await story.reconcile()
      #expect(try await bankBreaks(story) == ["payout_mismatch - open 9.50 USD/9.40 USD"])
      #expect(try await story.payouts() == ["po_first1 USD 1 lines net 950 paid 950 bank 9.40 USD rest -10"])
      #expect(try await bankTotals(story) == ["bank all 1 9.40 USD", "bank payout_mismatch 1 9.40 USD"])
      // It stays what it is, and carries on while it is open.
      let before = try await story.fingerprint()
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.fingerprint() == before)
      await story.next()
      try await story.reconcile()
      #expect(try await bankTotals(story) == ["bank all 1 9.40 USD", "bank payout_mismatch 1 9.40 USD"])
      // The rest comes: both lines are the payout.
      try await story.book(.line(10, on: "2026-11-21", text: "rest of po_first1"))
      try await story.reconcile()
      #expect(try await bankBreaks(story) == ["payout_mismatch - resolved 9.50 USD/9.40 USD"])
      #expect(try await bankTotals(story) == ["bank all 2 9.50 USD", "bank matched 2 9.50 USD"])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func aPayoutThatTheBankSendsBackIsFoundAgain() async throws {
    try await Story.tell { story in
      try await story.report(Self.charge, Self.paid(950))
      try await story.book(.line(950, text: "po_first1"))
      try await story.reconcile()
      await story.next()
      try await story.book(.line(-950, on: "2026-11-21", text: "RETURN po_first1"))
      try await story.reconcile()
      #expect(try await bankBreaks(story) == ["payout_mismatch - open 9.50 USD/0.00 USD"])
      // The processor says so too, a day later, and pays out anew.
      await story.next()
      try await story.report(
        Reported.other(.payoutReversal, 950, row: "txn_failed").payout("po_first1"))
      try await story.reconcile()
      #expect(
        try await bankBreaks(story).sorted() == [
          "payout_mismatch - open 9.50 USD/0.00 USD", "payout_mismatch - resolved 9.50 USD/0.00 USD",
        ])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func whatNoBankLineShowsIsMissingAfterItsDays() async throws {
    try await Story.tell { story in
      try await story.report(Self.charge, Self.paid(950))
      try await story.book(.line(77))
      await story.next(days: 2)
      try await story.reconcile()
      #expect(try await bankBreaks(story) == ["bank_unexplained - open -/0.77 USD"])
      await story.next()
      try await story.reconcile()
      #expect(
        try await bankBreaks(story).sorted() == [
          "bank_unexplained - open -/0.77 USD", "payout_not_in_bank - open 9.50 USD/-",
        ])
      #expect(try await story.payouts() == ["po_first1 USD 1 lines net 950 paid 950 bank - rest 0 missing"])
      await story.next()
      try await story.book(.line(950, on: "2026-11-24"))
      try await story.reconcile()
      #expect(
        try await bankBreaks(story).sorted() == [
          "bank_unexplained - open -/0.77 USD", "payout_not_in_bank - resolved 9.50 USD/-",
        ])
    }
  }

  /// A merchant whose bank sends nothing is told nothing of the bank, and one whose first statement is of today is
  /// told nothing of last year.
  @Test func nothingIsMissingBeforeTheFirstStatement() async throws {
    try await Story.tell { story in
      try await story.report(Self.charge, Self.paid(950))
      await story.next(days: 30)
      try await story.reconcile()
      #expect(try await bankBreaks(story) == [])
      try await story.book(statement: .of("2026-12-20", opening: 0, closing: 0))
      try await story.reconcile()
      #expect(try await bankBreaks(story) == [])
      #expect(try await story.totals().filter { $0.hasPrefix("bank") } == [])
    }
  }

  @Test func theBankConvertsAPayout() async throws {
    try await Story.tell { story in
      try await story.report(
        Reported.charge("A", 1_000, "EUR").payout("po_euro11"), Self.paid(1_000, "po_euro11", "EUR"))
      try await story.book(.line(1_084, text: "po_euro11 EUR 10,00 RATE 1,084"), .line(1_000, "EUR"))
      try await story.reconcile()
      #expect(try await bankBreaks(story) == ["bank_unexplained - open -/10.00 EUR"])
      #expect(try await story.payouts() == ["po_euro11 EUR 1 lines net 1000 paid 1000 bank 10.84 USD rest 0"])
      #expect(
        try await bankTotals(story) == [
          "bank all 1 10.00 EUR", "bank bank_unexplained 1 10.00 EUR", "bank all 1 10.84 USD",
          "bank matched 1 10.84 USD",
        ])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func severalPayoutsInOneLineAndTies() async throws {
    try await Story.tell { story in
      try await story.report(
        Self.paid(300, "po_a"), Self.paid(200, "po_b"), Self.paid(70, "po_c"), Self.paid(70, "po_d"))
      try await story.book(.line(500), .line(70))
      try await story.reconcile()
      #expect(try await bankBreaks(story) == ["ambiguous_match - open -/0.70 USD"])
      #expect(
        try await story.payouts() == [
          "po_a USD 0 lines net 0 paid 300 bank 3.00 USD rest 0",
          "po_b USD 0 lines net 0 paid 200 bank 2.00 USD rest 0",
          "po_c USD 0 lines net 0 paid 70 bank - rest 0", "po_d USD 0 lines net 0 paid 70 bank - rest 0",
        ])
      #expect(
        try await bankTotals(story) == [
          "bank all 2 5.70 USD", "bank ambiguous_match 1 0.70 USD", "bank matched 1 5.00 USD",
        ])
      // Nobody can say that the bank does not have one of the two.
      await story.next(days: 5)
      try await story.reconcile()
      #expect(try await bankBreaks(story) == ["ambiguous_match - open -/0.70 USD"])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func onlyLinesOfTheProcessorsAreExpectedToBeExplained() async throws {
    var terms = BankTerms()
    terms.payoutsFrom = ["Stripe Payments"]
    try await Story.tell { story in
      try await story.report(Self.charge, Self.paid(950))
      try await story.book(
        .line(950, text: "STRIPE  PAYMENTS EUROPE"), .line(-120_000, text: "RENT NOVEMBER"),
        .line(33, text: "STRIPE PAYMENTS"))
      try await story.reconcile(bank: terms)
      #expect(try await bankBreaks(story) == ["bank_unexplained - open -/0.33 USD"])
      #expect(
        try await bankTotals(story) == [
          "bank all 3 -1190.17 USD", "bank bank_unexplained 1 0.33 USD", "bank matched 1 9.50 USD",
          "bank other 1 -1200.00 USD",
        ])
      terms.accounts = ["another"]
      try await story.reconcile(bank: terms)
      #expect(try await bankBreaks(story) == ["bank_unexplained - resolved -/0.33 USD"])
    }
  }

  /// A file that comes late changes what a payout is; the match goes with it.
  @Test func aMatchGoesWhereItsPayoutBecomesAnother() async throws {
    try await Story.tell { story in
      try await story.report(Self.charge)
      try await story.book(.line(950), .line(900))
      try await story.reconcile()
      #expect(try await bankBreaks(story) == ["bank_unexplained - open -/9.00 USD"])
      await story.next()
      try await story.report(Reported.other(.fee, -50, row: "fee").payout("po_first1"))
      try await story.reconcile()
      #expect(
        try await bankBreaks(story).sorted() == [
          "bank_unexplained - open -/9.50 USD", "bank_unexplained - resolved -/9.00 USD",
        ])
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func aLineIsUsedOnce() async throws {
    try await Story.tell { story in
      try await story.report(Self.paid(300, "po_a"), Self.paid(200, "po_b"))
      try await story.book(.line(300), .line(200))
      try await story.reconcile()
      await #expect(throws: (any Error).self) {
        try await story.store.execute(
          "INSERT INTO bank_match_lines SELECT line_id, match_id FROM bank_match_lines LIMIT 1")
      }
    }
  }
}
