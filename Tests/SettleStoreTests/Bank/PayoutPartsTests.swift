import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// What `settle explain` says of a payout's lines is what `payouts.csv` says of the payout.
@Suite struct PayoutPartsTests {
  private func explained(_ payout: String, _ story: Story) async throws -> PayoutFacts {
    try #require(try await story.read { try $0.explanations(of: payout) }.first?.payouts.first)
  }

  /// `2 charge 19.00 0.60 18.40 s.csv:2`
  private func told(_ part: PayoutPartFacts) -> String {
    "\(part.lines) \(part.kind.rawValue) \(part.gross.major) \(part.fees.major) \(part.net.major) \(part.source)"
  }

  private func sums(_ parts: [PayoutPartFacts]) -> [Int64] {
    [
      parts.map(\.lines).reduce(0, +), parts.map(\.gross.minor).reduce(0, +), parts.map(\.fees.minor).reduce(0, +),
      parts.map(\.net.minor).reduce(0, +),
    ]
  }

  /// With another layout that tells states alone and names the payout, too, fractions that are rounded once, and a fee of
  /// the payout itself.
  @Test func thePartsAddUpToTheReport() async throws {
    try await Story.tell { story in
      let charge = Reported.charge("A", 10_000).fee(300).payout("po_parts1")
      try await story.report(charge.row("A1"), file: "early-states.csv", money: false)
      await story.next()
      let small = (0..<3).map { number in
        Reported.other(.charge, 1_000, row: "row_\(number)").fee(2).rest(net: -400_000).payout("po_parts1")
      }
      try await story.report([charge] + small, file: "s.csv")
      try await story.report(
        Reported.other(.refund, -500, row: "r").rest(gross: 300_000, net: 300_000).payout("po_parts1"),
        Reported.other(.payout, -12_000, row: "txn_po").fee(100).payout("po_parts1"), file: "t.csv")
      try await story.report(
        Reported.charge("B", 700).payout("po_parts1"),
        Reported.other(.payout, -9_999, row: "txn_other").fee(50).payout("po_parts1"), file: "states.csv", money: false)
      try await story.reconcile()
      let payout = try await explained("po_parts1", story)
      #expect(
        payout.parts.map(told) == [
          "4 charge 130.00 3.07 126.93 s.csv:2", "1 refund -5.00 0.00 -5.00 t.csv:2",
          "0 payout 0.00 1.00 -1.00 t.csv:3",
        ])
      let date = await story.context().date
      let row = try #require(try await story.read { try $0.payouts(on: date) }.first)
      #expect(sums(payout.parts) == [row.lines, row.gross, row.fees, row.net])
      #expect([payout.lines, payout.gross.minor, payout.fees.minor, payout.net.minor] == sums(payout.parts))
      #expect(payout.source == "t.csv:3")
      #expect(try await story.store.faults() == [])
    }
  }

  /// A charge of which only states were told went out with no payout that anybody reported.
  @Test func statesAloneLeadToNoPayout() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(Reported.charge("A", 1_000).payout("po_parts1"), file: "states.csv", money: false)
      try await story.report(Reported.other(.payout, -500, row: "txn_po").payout("po_parts1"), file: "s.csv")
      try await story.reconcile()
      let payouts = try await story.read { try $0.explanations(of: "A") }.first?.payouts.map(\.reference)
      #expect(payouts == [])
    }
  }
}
