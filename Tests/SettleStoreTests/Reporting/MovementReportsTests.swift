import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct MovementReportsTests {
  private func lines(
    _ story: Story, _ read: @Sendable @escaping (Session, BusinessDate, inout [String]) throws -> Void
  ) async throws -> [String] {
    let date = await story.date
    return try await story.read { db in
      var lines: [String] = []
      try read(db, date, &lines)
      return lines
    }
  }

  private func matched(_ story: Story) async throws -> [String] {
    try await lines(story) { db, date, lines in
      try db.forEachMatched(on: date) {
        lines.append(
          "\($0.kind) \($0.orderReference) \($0.amount), fee \($0.fee), net \($0.net), "
            + "\($0.processorReference ?? "-") \($0.payout ?? "-")")
      }
    }
  }

  private func refunds(_ story: Story) async throws -> [String] {
    try await lines(story) { db, date, lines in
      try db.forEachRefund(on: date) {
        lines.append("\($0.orderReference) \($0.amount) \($0.state.rawValue) \($0.processorReference ?? "-")")
      }
    }
  }

  @Test func aMatchCarriesTheFeesOfAllItsRows() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000))
      try await story.charge("A", "B")
      try await story.report(
        .charge("A", 1_300).fee(60).payout("po_1"), Reported.captureReversal("A", -300).fee(-20),
        .charge("B", 1_000).fee(30))
      try await story.reconcile()
      let rows = try await matched(story)
      #expect(
        rows.sorted() == [
          "charge A 10.00 USD, fee 0.40 USD, net 9.60 USD, ch_A po_1",
          "charge B 10.00 USD, fee 0.30 USD, net 9.70 USD, ch_B -",
        ])
      await story.next()
      try await story.reconcile()
      let next = try await matched(story)
      #expect(next == [])
    }
  }

  @Test func refundsAreShownFromTheirDateUntilTheyAreFinished() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      let refund = try await story.refund(.amountMismatch, answer: nil)
      #expect(try await refunds(story) == ["A 5.00 USD REQUESTED -"])
      await story.next()
      #expect(try await refunds(story) == ["A 5.00 USD REQUESTED -"])
      try await story.record(.processed(reference: "re_1"), of: refund)
      #expect(try await refunds(story) == ["A 5.00 USD PROCESSED re_1"])
      await story.next()
      #expect(try await refunds(story) == [])
      // The first date, shown again, says what it said.
      await story.next(days: -2)
      #expect(try await refunds(story) == ["A 5.00 USD REQUESTED -"])
    }
  }

  @Test func aPayoutIsShownWithAllItsLinesAndWhatTheyDoNotExplain() async throws {
    func payouts(_ story: Story) async throws -> [String] {
      try await lines(story) { db, date, lines in
        lines = try db.payouts(on: date).map {
          let (paid, rest) = ($0.paid.map(String.init) ?? "-", $0.remainder.map(String.init) ?? "-")
          return
            "\($0.payout) \($0.currency) \($0.lines) lines \($0.gross) \($0.fees) \($0.net) paid \(paid) rest \(rest)"
        }
      }
    }
    try await Story.tell { story in
      try await story.report(.charge("A", 1_000).fee(50).payout("po_1"), .charge("B", 300).payout("po_2"))
      #expect(
        try await payouts(story) == [
          "po_1 USD 1 lines 1000 50 950 paid - rest -", "po_2 USD 1 lines 300 0 300 paid - rest -",
        ])
      await story.next()
      try await story.report(
        .charge("C", 100).payout("po_1"), Reported.other(.payout, -1_040, row: "po_1").payout("po_1"))
      #expect(try await payouts(story) == ["po_1 USD 2 lines 1100 50 1050 paid 1040 rest -10"])
      // A row that learns its payout later makes that payout the date's, too.
      await story.next()
      try await story.report(.charge("D", 10), Reported.other(.fee, -5, "EUR", row: "f").payout("po_3"))
      await story.next()
      try await story.report(.charge("D", 10).payout("po_3"))
      #expect(
        try await payouts(story) == [
          "po_3 EUR 1 lines -5 0 -5 paid - rest -", "po_3 USD 1 lines 10 0 10 paid - rest -",
        ])
    }
  }

  @Test func whatFailedOnTheDateIsShownUnlessItSucceeded() async throws {
    func failed(_ story: Story) async throws -> [String] {
      try await lines(story) { db, date, lines in
        try db.forEachFailed(on: date) {
          lines.append("\($0.orderReference) \($0.amount) \($0.reason.rawValue) \($0.code ?? "-")")
        }
      }
    }
    try await Story.tell { story in
      try await story.authorize(.order("B", 1_000), .order("A", 1_000), .order("C", 1_000), .order("J", 5, "JPY"))
      try await story.claim()
      for order in ["B", "A", "J"] {
        try await story.declined(order, .expiredCard, code: "expired", made: "pi_\(order)")
      }
      try await story.charged("C")
      let rows = [
        "J 5 JPY EXPIRED_CARD expired", "A 10.00 USD EXPIRED_CARD expired", "B 10.00 USD EXPIRED_CARD expired",
      ]
      #expect(try await failed(story) == rows)
      try await story.report(.charge("A", 1_000))
      #expect(try await failed(story) == [rows[0], rows[2]])
      // A later night's success does not change what the earlier one says.
      await story.next()
      try await story.authorize(.order("B", 1_000, method: "pm_b"))
      try await story.claim()
      try await story.charged("B", attempt: 2)
      #expect(try await failed(story) == [])
      await story.next(days: -1)
      #expect(try await failed(story) == [rows[0], rows[2]])
    }
  }

  @Test func filesAreListedOnTheDateThatLoadedThem() async throws {
    try await Story.tell { story in
      try await story.report(.charge("A", 1_000), file: "b.csv")
      try await story.authorize(.order("A", 1_000), .order("A", 2_000), file: "a.csv")
      let date = await story.date
      let files = try await story.read { try $0.filesLoaded(on: date) }
      #expect(
        files.map { "\($0.name) \($0.layout) \($0.counts.read) \($0.counts.accepted) \($0.counts.quarantined)" } == [
          "a.csv settle-authorizations 2 1 1", "b.csv processor-report 1 1 0",
        ])
      await story.next()
      let later = await story.date
      #expect(try await story.read { try $0.filesLoaded(on: later).isEmpty })
    }
  }
}
