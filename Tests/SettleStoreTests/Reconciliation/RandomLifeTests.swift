import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// Nights in which anything happens in any order: what must always be true is true after each of them.
@Suite struct RandomLifeTests {
  @Test(arguments: 0..<20 as Range<UInt64>)
  func theInvariantsHold(seed: UInt64) async throws {
    try await Story.tell { story in
      var life = RandomLife(seed: seed)
      if seed % 2 == 1 { await story.sweepByShareAlone() }
      for _ in 0..<4 {
        for _ in 0..<8 { try await life.happen(in: story) }
        try await story.reconcile(waiting: 1)
        try await check(story)
        #expect(try await life.fallenStates(in: story) == [])
        await story.next()
      }
    }
  }

  private func check(_ story: Story) async throws {
    // Throws where it does not balance, on the night itself and on the one before, as it is run again.
    _ = try await story.totals()
    await story.next(days: -1)
    _ = try await story.totals()
    await story.next()
    let before = try await story.fingerprint()
    #expect(try await story.reconcile(waiting: 1) == ReconcileCounts())
    #expect(try await story.fingerprint() == before)
    try await expectNothingIsOverlooked(story)
    let faults = try await story.store.faults()
    #expect(faults == [])
    for (name, offenders) in Self.invariants {
      let found = try await story.store.rows(offenders)
      #expect(found == [], "\(name)")
    }
  }

  /// Where nothing was ever swept everything is looked at, and that must come to the same.
  private func expectNothingIsOverlooked(_ story: Story) async throws {
    let (date, context) = (await story.date, await story.context())
    let terms = ReconcileTerms(waitingDays: 1)
    let (swept, whole, counts) = try await story.store.pool.rolledBack { db in
      let dates = [date.adding(days: -1), date]
      let swept = try dates.map { try "\(db.totals(on: $0).rows)" }
      _ = try db.execute("DELETE FROM sweeps")
      let whole = try dates.map { try "\(db.totals(on: $0).rows)" }
      return (swept, whole, try db.reconcile(terms, context: context))
    }
    #expect(swept == whole)
    #expect(counts == ReconcileCounts())
  }

  /// What no row may be.
  static let invariants: [(String, SQL)] = [
    (
      "a payment in another state than its attempts say",
      """
      SELECT p.order_reference FROM payments p JOIN charge_attempts a USING (payment_id)
      WHERE a.state = 'succeeded' AND p.state <> 'SUCCEEDED'
      """
    ),
    (
      "a match of nothing",
      """
      SELECT m.kind FROM matches m LEFT JOIN outcome_records o USING (payment_id, outcome_id)
      LEFT JOIN refunds r ON r.payment_id = m.payment_id AND r.refund_id = m.item_id
      WHERE o.outcome_id IS NULL OR NOT o.reported OR m.item_id <> m.payment_id AND r.refund_id IS NULL
      """
    ),
    (
      "a matched charge of another amount",
      """
      SELECT p.order_reference FROM matches m JOIN payments p ON p.payment_id = m.item_id
      WHERE (m.amount, m.currency) <> (p.amount, p.currency)
      """
    ),
    (
      "an outcome record under another payment than its key says",
      "SELECT kind FROM outcome_records o JOIN outcome_keys k USING (outcome_id) WHERE k.payment_id <> o.payment_id"
    ),
    (
      "a record without its key",
      "SELECT kind FROM outcome_records o LEFT JOIN outcome_keys k USING (outcome_id) WHERE k.outcome_id IS NULL"
    ),
    (
      "reported money that is neither matched nor broken",
      """
      SELECT o.kind || ' ' || coalesce(o.row_id, '-') FROM outcome_records o
      WHERE o.reported AND o.kind IN ('charge', 'refund', 'dispute') AND o.row_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM matches m WHERE m.payment_id = o.payment_id AND m.outcome_id = o.outcome_id)
        AND NOT EXISTS (SELECT FROM breaks b WHERE b.payment_id = o.payment_id AND b.outcome_id = o.outcome_id)
        AND NOT EXISTS (SELECT FROM outcome_records v WHERE o.kind = 'dispute' AND v.kind = 'dispute_reversal')
        AND NOT EXISTS (
          SELECT FROM outcome_records c WHERE o.kind = 'charge' AND c.payment_id = o.payment_id AND c.kind = 'charge'
            AND c.outcome_id <> o.outcome_id AND c.processor_charge = o.processor_charge)
        AND NOT EXISTS (
          SELECT FROM outcome_records f WHERE o.kind = 'refund' AND f.kind = 'refund_failure' AND f.reported
            AND f.processor_refund = o.processor_refund AND f.compared_currency = o.compared_currency
            AND f.compared_amount = -o.compared_amount)
      """
    ),
    (
      "one break twice", "SELECT break_id::text FROM breaks GROUP BY break_id HAVING count(*) > 1"
    ),
    (
      "more given back than was taken",
      "SELECT processor_charge FROM refunds WHERE state <> 'FAILED' GROUP BY processor_charge HAVING sum(amount) > 5000"
    ),
    (
      "a lost authorization",
      """
      SELECT order_reference FROM payments WHERE state = 'REQUESTED' AND charge_due_on IS NULL AND NOT EXISTS (
        SELECT FROM charge_attempts a WHERE a.payment_id = payments.payment_id AND a.state = 'open')
      """
    ),
  ]
}
