import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Payouts of a processor that counts in fractions of the smallest unit and rounds only what it pays out.
@Suite struct LineSumsTests {
  /// 10.00 less a fee of 0.024: 9.976, which is 9.98 by itself.
  private static func line(_ number: Int, payout: String = "po_first1") -> Reported {
    Reported.other(.charge, 1_000, row: "row_\(number)").fee(2).rest(net: -400_000).payout(payout)
  }

  private func payoutBreaks(_ story: Story) async throws -> [String] {
    try await story.breaks().filter { $0.hasPrefix("payout") }
  }

  @Test func aPayoutIsRoundedOnce() async throws {
    try await Story.tell { story in
      try await story.report((0..<1_000).map { Self.line($0) })
      try await story.book(.line(997_600, text: "PAYOUT po_first1"))
      try await story.reconcile()
      #expect(try await payoutBreaks(story) == [])
      #expect(
        try await story.payouts() == ["po_first1 USD 1000 lines net 997600 paid - bank 9976.00 USD rest 0"])
      #expect(
        try await story.store.rows("SELECT gross::text, fees::text, net::text FROM payouts") == ["1000000 2400 997600"])
      #expect(try await story.store.faults() == [])
    }
  }

  /// However its lines are spread over files that overlap, and whichever of them comes first.
  @Test func filesMayOverlap() async throws {
    try await Story.tell { story in
      try await story.report((3..<8).map { Self.line($0) })
      let more = try await story.report((0..<10).reversed().map { Self.line($0) })
      #expect((more.accepted, more.ignored) == (5, 5))
      try await story.reconcile()
      #expect(try await story.payouts() == ["po_first1 USD 10 lines net 9976 paid - bank - rest -"])
      let before = try await story.fingerprint()
      try await story.reconcile()
      #expect(try await story.fingerprint() == before)
      #expect(try await story.store.faults() == [])
    }
  }

  /// Taken before rests were kept, told again since: the payout is what its lines come to, and its record says so.
  @Test func rowsTakenWithoutTheirRestsGetThem() async throws {
    try await Story.tell { story in
      let lines = (0..<5).map { Self.line($0) }
      try await story.report(lines.map { row in row.changed { $0.rest = nil } })
      try await story.reconcile()
      #expect(try await story.payouts() == ["po_first1 USD 5 lines net 4990 paid - bank - rest -"])
      await story.next()
      #expect(try await story.report(lines).accepted == 5)
      try await story.reconcile()
      #expect(try await story.payouts() == ["po_first1 USD 5 lines net 4988 paid - bank - rest -"])
      #expect(try await story.store.faults() == [])
    }
  }

  /// A row without an id is known by what it says in whole units, as it was before there were rests.
  @Test func rowsWithoutAnIDStayWhoTheyAre() async throws {
    try await Story.tell { story in
      let fee = Reported.other(.fee, 0, row: "x").row(nil).payout("po_first1")
      try await story.report(fee, fee)
      let again = fee.rest(gross: -400_000, net: -400_000)
      #expect(try await story.report(again, again).accepted == 0)
      #expect(try await story.report(again, again, again).accepted == 1)
    }
  }

  /// Gross amounts are settled in fractions, too, where the customer paid in another currency.
  @Test func grossAndFeesAreRoundedOnceToo() async throws {
    try await Story.tell { story in
      try await story.report(
        (0..<4).map { Self.line($0).rest(gross: 300_000, net: -100_000) } + [
          Reported.other(.refund, -500, row: "r").rest(gross: 400_000, net: 400_000).payout("po_first1")
        ])
      try await story.reconcile()
      // 4 × 10.003 − 4.996 and 4 × 9.979 − 4.996.
      #expect(
        try await story.store.rows("SELECT gross::text, fees::text, net::text FROM payouts") == ["3502 10 3492"])
      #expect(try await story.store.faults() == [])
    }
  }

  /// A record that finds its payment later keeps what it has left.
  @Test func orphansKeepTheirRests() async throws {
    try await Story.tell { story in
      try await story.report(
        Reported.charge("A", 1_000).fee(2).rest(net: -400_000).changed { $0.references.order = "A" })
      try await story.authorize(.order("A", 1_000))
      try await story.reconcile()
      #expect(
        try await story.store.rows("SELECT linked_by, gross_rest::text, net_rest::text FROM outcome_records")
          == ["order_reference 0 -400000"])
      #expect(try await story.store.faults() == [])
    }
  }
}
