import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// A dry run does everything in one transaction that is rolled back, on a store with a history or without.
@Suite struct DryRunTests {
  private func rehearse(_ story: Story) async throws {
    let context = await story.context()
    let terms = ReconcileTerms(waitingDays: 0)
    let date = context.date
    try await story.store.pool.rolledBack { db in
      for number in 1...2 {
        let file = FileIdentity(sha256: Story.digest(of: "dry \(number)"), name: "dry", bytes: 1, layout: "x")
        _ = try db.loadAuthorizations(file, context: context) { take in
          try take(.accepted(.order("DRY\(number)", 1_000)))
          try take(.accepted(.order("A", 9_000)))
        }
      }
      for number in 3...4 {
        let file = FileIdentity(sha256: Story.digest(of: "dry \(number)"), name: "dry", bytes: 1, layout: "y")
        _ = try db.loadOutcomes(file, processor: "stripe", reported: true, context: context) { take in
          try take(.accepted(Reported.charge("A", 1_000).payout("po_\(number)").record))
          try take(.accepted(Reported.charge("DRY", 1_000).record))
        }
      }
      _ = try db.chargesDue(context: context)
      _ = try db.reconcile(terms, context: context)
      _ = try db.refundCandidates(for: BreakReason.allCases, context: context)
      _ = try db.totals(on: date)
    }
  }

  @Test func nothingOfItStays() async throws {
    try await Story.tell { story in
      let empty = try await story.fingerprint()
      try await rehearse(story)
      #expect(try await story.fingerprint() == empty)
      try await story.authorize(.order("A", 1_000), .order("B", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      let before = try await story.fingerprint()
      try await rehearse(story)
      #expect(try await story.fingerprint() == before)
    }
  }
}
