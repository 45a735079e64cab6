import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct ExplanationOfBankTests {
  /// `payouts; bank lines; breaks` of each thing that an id stands for.
  private func told(_ id: String, _ story: Story) async throws -> [String] {
    try await story.read { try $0.explanations(of: id) }.map { found in
      let payouts = found.payouts.map { payout in
        [payout.reference, payout.paid?.major, payout.match?.rule].compactMap(\.self).joined(separator: " ")
      }
      let lines = found.bankLines.map { "\($0.amount) \($0.source)" }
      let breaks = found.breaks.map(\.reason.rawValue)
      return [payouts, lines, breaks].map { $0.joined(separator: ", ") }.joined(separator: "; ")
    }
  }

  @Test func theChainReachesTheBank() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(
        .charge("A", 1_000).fee(50).payout("po_first1"),
        Reported.other(.payout, -950, row: "txn_po").payout("po_first1"))
      try await story.book(
        .line(940, text: "po_first1", reference: "BANK-1"), .line(77, reference: "BANK-2"), file: "bank/a.csv")
      try await story.reconcile()
      let whole = "po_first1 9.50 reference; 9.40 USD bank/a.csv:2;"
      #expect(try await told("A", story) == ["\(whole) "])
      #expect(try await told("po_first1", story) == ["\(whole) payout_mismatch"])
      #expect(try await told("BANK-1", story) == ["\(whole) "])
      #expect(try await told("BANK-2", story) == ["; 0.77 USD bank/a.csv:3; bank_unexplained"])
      let mismatch = try #require(try await story.breakRows().first { $0.reason == .payoutMismatch })
      #expect(try await told(mismatch.id.description, story) == ["\(whole) payout_mismatch"])
      #expect(mismatch.evidence == ["processor-report-2.csv:3", "bank/a.csv:2"])
    }
  }

  /// Without a payout row and a bank's file there is nothing to tell.
  @Test func aPayoutThatOnlyLinesNameAddsNothing() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000).payout("po_first1"))
      try await story.reconcile()
      #expect(try await told("A", story) == ["; ; "])
    }
  }
}
