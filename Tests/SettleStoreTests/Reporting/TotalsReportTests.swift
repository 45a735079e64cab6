import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// The conservation proof: each item of a date in exactly one bucket, and all of them counted without regard to any.
@Suite struct TotalsReportTests {
  @Test func eachItemStandsInItsBucket() async throws {
    try await Story.tell { story in
      let end = await story.instant
      try await story.authorize(
        .order("MATCHED", 1_000), .order("AWAITED", 1_100), .order("DECLINED", 1_200), .order("UNKNOWN", 1_300),
        .order("CLAIMED", 1_400), .order("OVER", 2_000), .order("YEN", 500, "JPY"),
        .order("LAPSED", 1_500, hold: "pi_h", captureBefore: end))
      try await story.claim()
      for order in ["MATCHED", "AWAITED", "OVER", "YEN"] { try await story.charged(order) }
      try await story.declined("DECLINED")
      try await story.unknown("UNKNOWN")
      try await story.authorize(.order("UNSENT", 1_600))
      try await story.report(
        .charge("MATCHED", 1_000).fee(40), .charge("OVER", 2_500), .charge("YEN", 500, "JPY"), .charge("X", 700),
        .refund("MATCHED", -100, re: "re_9"), .dispute("MATCHED", -1_000, dp: "dp_1"),
        .other(.fee, -30, row: "fee"), .other(.payout, -5_000, row: "po"), .other(.adjustment, 11, "EUR", row: "adj"))
      try await story.reconcile(waiting: 1)
      try await story.refund(.amountMismatch, answer: .pending(reference: "re_1"))
      #expect(
        try await story.totals() == [
          "expected all 1 500 JPY", "expected matched 1 500 JPY", "expected all 9 106.00 USD",
          "expected amount_mismatch 1 20.00 USD", "expected awaited 2 6.00 USD", "expected declined 1 12.00 USD",
          "expected hold_lapsed 1 15.00 USD", "expected matched 1 10.00 USD", "expected unknown 2 27.00 USD",
          "expected unsent 1 16.00 USD", "reported adjustment 1 0.11 EUR", "reported all 1 0.11 EUR",
          "reported all 1 500 JPY", "reported matched 1 500 JPY", "reported all 7 -19.30 USD",
          "reported amount_mismatch 1 25.00 USD", "reported dispute 1 -10.00 USD", "reported fee 1 -0.30 USD",
          "reported matched 1 10.00 USD", "reported payout 1 -50.00 USD", "reported unexpected_charge 1 7.00 USD",
          "reported unexpected_refund 1 -1.00 USD",
        ])
      // Seen again, nothing has changed, and nothing was left behind in the session.
      let before = try await story.fingerprint()
      #expect(try await story.totals().count == 22)
      #expect(try await story.fingerprint() == before)
    }
  }

  @Test func theChargesAloneAreToldBesideTheRows() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000))
      try await story.charge("A", "B")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile(waiting: 1)
      try await story.refund(.amountMismatch, answer: nil)
      let date = await story.date
      let charges = try await story.read { try $0.totals(on: date).charges }
      #expect(
        charges.map { "\($0.side) \($0.bucket) \($0.count) \($0.amount)" } == [
          "expected amount_mismatch 1 1000", "expected awaited 1 1000",
        ])
    }
  }

  /// What a date closed is gone on the next; what it left open is carried.
  @Test func theNextDateCarriesWhatIsOpen() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("MATCHED", 1_000), .order("OVER", 2_000), .order("DECLINED", 1_200))
      try await story.claim()
      for order in ["MATCHED", "OVER"] { try await story.charged(order) }
      try await story.declined("DECLINED")
      try await story.report(.charge("MATCHED", 1_000), .charge("OVER", 2_500), .other(.fee, -30, row: "fee"))
      try await story.reconcile()
      let first = try await story.totals()
      await story.next()
      try await story.reconcile()
      #expect(
        try await story.totals() == [
          "expected all 1 20.00 USD", "expected amount_mismatch 1 20.00 USD", "reported all 1 25.00 USD",
          "reported amount_mismatch 1 25.00 USD",
        ])
      // A break that is settled stands in its bucket until the end of that date.
      try await story.refund(.amountMismatch)
      #expect(
        try await story.totals() == [
          "expected all 2 15.00 USD", "expected amount_mismatch 1 20.00 USD", "expected awaited 1 -5.00 USD",
          "reported all 1 25.00 USD", "reported amount_mismatch 1 25.00 USD",
        ])
      await story.next()
      try await story.report(.refund("OVER", -500, re: "re_1"))
      try await story.reconcile()
      #expect(
        try await story.totals() == [
          "expected all 1 -5.00 USD", "expected matched 1 -5.00 USD", "reported all 1 -5.00 USD",
          "reported matched 1 -5.00 USD",
        ])
      await story.next()
      #expect(try await story.totals() == [])
      // The first date, shown again, is as it was.
      await story.next(days: -3)
      #expect(try await story.totals() == first)
    }
  }

  @Test func rowsThatTellAChargeOnceMoreAreRepeated() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      let event = Reported.charge("A", 1_000).row(nil).naming(
        .init(payment: story.payment("A"), processorPayment: "pi_A"))
      try await story.report(.charge("A", 1_000), event)
      try await story.reconcile()
      #expect(
        try await story.totals() == [
          "expected all 1 10.00 USD", "expected matched 1 10.00 USD", "reported all 2 20.00 USD",
          "reported matched 1 10.00 USD", "reported repeated 1 10.00 USD",
        ])
    }
  }

  /// Should the buckets ever not add up, the run says so and reports nothing.
  @Test func aProofThatFailsIsADefect() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      try await story.store.execute("UPDATE outcome_records SET compared_amount = 999")
      await #expect(throws: StoreError.unbalanced("USD: 1000 minor units expected are matched with 999")) {
        _ = try await story.totals()
      }
    }
  }
}
