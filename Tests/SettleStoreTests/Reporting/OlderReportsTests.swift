import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// A report of an older date that is written again says what that date knew, whatever came later.
@Suite struct OlderReportsTests {
  private func matched(_ story: Story) async throws -> [String] {
    let date = await story.date
    return try await story.read { db in
      var lines: [String] = []
      try db.forEachMatched(on: date) {
        lines.append("\($0.orderReference) \($0.amount) fee \($0.fee) net \($0.net) \($0.payout ?? "-")")
      }
      return lines
    }
  }

  private func payouts(_ story: Story) async throws -> [String] {
    let date = await story.date
    return try await story.read { db in
      try db.payouts(on: date).map { "\($0.payout) \($0.lines) lines \($0.gross) \($0.fees) \($0.net)" }
    }
  }

  @Test func aLaterAttemptDoesNotMoveAnOlderBreak() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.unknown("A")
      await story.wait(.seconds(90_000))
      try await story.reconcile()
      let before = try await story.breakRows().map { "\($0.reason) \($0.businessDate)" }
      #expect(before == ["outcomeUnknown 2026-11-20"])
      await story.next()
      try await story.declined("A", made: "pi_A")
      await story.next()
      try await story.authorize(.order("A", 1_000, method: "pm_other"))
      try await story.claim()
      try await story.charged("A", attempt: 2)
      #expect(try await story.attempts("A").count == 2)
      await story.next(days: -2)
      let again = try await story.breakRows()
      #expect(again.map { "\($0.reason) \($0.businessDate)" } == before)
      #expect(again.map(\.processorReference) != ["ch_A"])
    }
  }

  @Test func whatALaterFileTellsIsNoEvidenceOfAnOlderReport() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.reconcile()
      let evidence = try await story.breakRows().map(\.evidence)
      #expect(evidence.map(\.count) == [1])
      await story.next()
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      #expect(try await story.breakRows().map(\.evidence.count) == [2])
      await story.next(days: -1)
      #expect(try await story.breakRows().map(\.evidence) == evidence)
    }
  }

  @Test func aLaterCaptureReversalDoesNotChangeAnOlderMatch() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000).fee(60))
      try await story.reconcile()
      let lines = try await matched(story)
      #expect(lines == ["A 10.00 USD fee 0.60 USD net 9.40 USD -"])
      await story.next()
      try await story.report(Reported.captureReversal("A", -300).fee(-20))
      await story.next(days: -1)
      #expect(try await matched(story) == lines)
    }
  }

  @Test func aLaterVersionOfARecordChangesNeitherMatchNorPayout() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000), .order("B", 2_000))
      try await story.charge("A", "B")
      try await story.report(.charge("A", 1_000).fee(30), .charge("B", 2_000).fee(50).payout("po_1"))
      try await story.reconcile()
      let (matches, sums) = (try await matched(story).sorted(), try await payouts(story))
      #expect(
        matches == [
          "A 10.00 USD fee 0.30 USD net 9.70 USD -", "B 20.00 USD fee 0.50 USD net 19.50 USD po_1",
        ])
      #expect(sums == ["po_1 1 lines 2000 50 1950"])
      await story.next()
      try await story.report(.charge("A", 1_000).fee(35).payout("po_1"), .charge("B", 2_000).fee(55).payout("po_2"))
      #expect(try await payouts(story) == ["po_1 1 lines 1000 35 965", "po_2 1 lines 2000 55 1945"])
      await story.next()
      try await story.report(.charge("A", 1_000).fee(40).payout("po_1"))
      #expect(try await payouts(story) == ["po_1 1 lines 1000 40 960"])
      await story.next(days: -1)
      #expect(try await payouts(story) == ["po_1 1 lines 1000 35 965", "po_2 1 lines 2000 55 1945"])
      await story.next(days: -1)
      #expect(try await matched(story).sorted() == matches)
      #expect(try await payouts(story) == sums)
    }
  }

  /// A record revised to another amount takes its match back, or has another one: the date that matched it knew neither.
  @Test(arguments: [(1_200 as Int64, 0 as Int64), (1_002, 5)])
  func aLaterAmountLeavesTheOlderMatchAndTotals(amount: Int64, tolerance: Int64) async throws {
    try await Story.tell { (story) async throws in
      let rules = MatchRules([MatchRule(by: [.id], tolerance: Tolerance(ofOthers: .init(minor: tolerance)))])
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000).fee(30))
      try await story.reconcile(by: rules)
      let (matches, totals) = (try await story.matches(), try await story.totals())
      let lines = try await matched(story)
      #expect(matches == ["charge A 10.00 USD processor_id"])
      #expect(
        totals == [
          "expected all 1 10.00 USD", "expected matched 1 10.00 USD", "reported all 1 10.00 USD",
          "reported matched 1 10.00 USD",
        ])
      await story.next()
      try await story.report(.charge("A", amount).fee(30), file: "o.csv")
      try await story.reconcile(by: rules)
      let later = try await story.totals()
      #expect(later.contains("expected \(tolerance == 0 ? "amount_mismatch" : "matched") 1 10.00 USD"))
      #expect(later.contains("reported all 1 \(Money(amount, "USD"))"))
      try await story.journal(.done, of: "reconcile")
      #expect(try await story.store.faults() == [])
      await story.next(days: -1)
      #expect(try await story.matches() == matches)
      #expect(try await matched(story) == lines)
      #expect(try await story.totals() == totals)
      let before = try await story.fingerprint()
      try await story.reconcile(by: rules)
      #expect(try await story.fingerprint() == before)
      #expect(try await story.totals() == totals)
    }
  }

  /// What amount and date had given to a payment stays matched in the report that said so, though the record is nobody's
  /// by now.
  @Test func aSuggestionThatWasGivenBackStaysInTheOlderReport() async throws {
    try await Story.tell { (story) async throws in
      let rules = MatchRules([
        MatchRule(by: [.id]), MatchRule(by: [.reference]), MatchRule(by: [.amount, .date], within: 2),
      ])
      try await story.authorize(.order("A", 1_000, at: "adyen"))
      try await story.report(.charge("X", 1_000).naming(.init()), of: "adyen")
      try await story.reconcile(by: rules)
      let (matches, totals) = (try await story.matches(), try await story.totals())
      #expect(totals.contains("reported matched 1 10.00 USD"))
      await story.next()
      try await story.report(.charge("A", 1_000).naming(.init(order: "A")), of: "adyen")
      try await story.reconcile(by: rules)
      #expect(try await story.matches() == ["charge A 10.00 USD order_reference"])
      #expect(try await story.totals().contains("reported unexpected_charge 1 10.00 USD"))
      await story.next(days: -1)
      #expect(try await story.matches() == matches)
      #expect(try await story.totals() == totals)
    }
  }

  /// `settle verify` looks at what is kept of a match, too.
  @Test func aFormerMatchOfAnotherAmountIsAFault() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      await story.next()
      try await story.report(.charge("A", 1_200))
      try await story.reconcile()
      let owner = try await Connection.open(story.store.settings)
      _ = try await owner.transaction { db in try db.execute("UPDATE former_matches SET amount = amount + 1") }
      await owner.close()
      #expect(try await story.read { try $0.verify(StoreCheck.matches) }.wrong == 1)
    }
  }

  @Test func aLaterProofOfMoneyLeavesTheOlderFailure() async throws {
    try await Story.tell { (story) async throws in
      try await story.authorize(.order("B", 2_000))
      try await story.claim()
      try await story.declined("B", made: "pi_B")
      await story.next()
      try await story.report(.charge("B", 2_000))
      await story.next(days: -1)
      let date = await story.date
      let failed = try await story.read { db in
        var lines: [String] = []
        try db.forEachFailed(on: date) { lines.append("\($0.orderReference) \($0.reason.rawValue)") }
        return lines
      }
      #expect(failed == ["B CARD_DECLINED"])
    }
  }
}
