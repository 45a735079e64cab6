import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct AuditTrailTests {
  @Test func aLifeIsToldInOrder() async throws {
    try await Story.tell { story in
      _ = try await story.liveThroughEverything()
      let told = [
        "A": ["attempt_stored 1", "attempt_succeeded 1", "payment_succeeded"],
        "B": [
          "attempt_stored 1", "attempt_declined 1", "payment_failed", "attempt_stored 2", "attempt_succeeded 2",
          "payment_succeeded",
        ],
        "D": [
          "attempt_stored 1", "attempt_succeeded 1", "payment_succeeded", "refund_requested", "refund_pending",
          "refund_processed", "break_refunded",
        ],
        "E": ["attempt_stored 1", "attempt_unknown 1"],
        "F": ["payment_failed"],
        "G": [], "H": [],
        "C": ["attempt_stored 1", "attempt_succeeded 1", "payment_succeeded", "break_decided"],
        "K": [
          "attempt_stored 1", "attempt_succeeded 1", "payment_succeeded", "refund_held_back", "break_decided",
          "break_decided",
        ],
        "M": [
          "attempt_stored 1", "attempt_declined 1", "payment_failed", "cancellation_stored", "cancellation_canceled",
        ],
        "N": [
          "attempt_stored 1", "attempt_declined 1", "payment_failed", "cancellation_stored", "cancellation_refused",
        ],
        "O": [
          "attempt_stored 1", "attempt_declined 1", "payment_failed", "cancellation_stored", "cancellation_unknown",
        ],
        "L": ["attempt_stored 1", "attempt_unknown 1", "attempt_succeeded 1", "payment_succeeded"],
      ]
      for (order, chain) in told.sorted(by: { $0.key < $1.key }) {
        #expect(try await story.chain(order) == chain, "\(order)")
      }
    }
  }

  @Test func whatChangesNothingIsNotTold() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 2_000))
      try await story.claim()
      try await story.charged("A")
      try await story.declined("B")
      let before = try await story.fingerprint()
      try await story.charged("A")
      try await story.declined("B")
      #expect(try await story.fingerprint() == before)
    }
  }

  @Test func whatWasNeverSentIsSuperseded() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      let claimed = try await story.claim()
      let context = await story.context()
      try await story.write { try $0.release(claimed.attempts, context: context) }
      #expect(try await story.chain("A") == ["attempt_stored 1", "attempt_superseded 1"])
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-20")
      #expect(try await story.store.faults() == [])
    }
  }

  /// A payment that only a file failed has no entry of it; that it is tried again since changes nothing about that.
  @Test func whatAFileFailedMayBeTriedAgain() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.report(.failed("A").naming(.init(payment: story.payment("A"))))
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      try await story.claim()
      #expect(try await story.chain("A") == ["attempt_stored 1"])
      #expect(try await story.state("A").hasPrefix("FAILED"))
      #expect(try await story.store.faults() == [])
      try await story.store.execute("UPDATE payments SET failed_at = failed_at + interval '1 second'")
      #expect(try await story.store.faults().map { $0.prefix(8) } == ["payments"])
    }
  }

  @Test func severalRefundsOfOnePaymentMakeOneChain() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      let ids = ["A2", "A3", "A4"]
      try await story.report([.charge("A", 1_000)] + ids.map { .charge("A", 1_000).again($0, of: story.payment("A")) })
      try await story.reconcile()
      let context = await story.context()
      for found in try await story.read({ try $0.refundCandidates(for: [.duplicateCharge], context: context) }) {
        let charge = try #require(found.processorCharge)
        let refund = try #require(
          try await story.reserveRefund(
            of: charge, for: found.breakID, payment: story.payment("A"), amount: Money(1_000, "USD"),
            reason: .duplicateCharge, captured: 1_000))
        try await story.record(.pending(reference: "re_\(charge)"), of: refund)
      }
      let told = try await story.read { db in
        try db.query("SELECT processor_refund FROM refunds ORDER BY 1") { try $0.get("processor_refund") as String }
      }
      try await story.report(
        told.map { .refund("A", -1_000, re: $0).naming(.init(payment: story.payment("A"), processorRefund: $0)) })
      try await story.reconcile()
      let chain = try await story.chain("A")
      #expect(chain.count { $0 == "refund_processed" } == 3)
      #expect(chain.count { $0 == "break_refunded" } == 3)
      #expect(try await story.store.faults() == [])
    }
  }

  @Test func everythingThatIsToldHasAKnownKind() async throws {
    try await Story.tell { story in
      _ = try await story.liveThroughEverything()
      let kinds = try await story.store.rows("SELECT DISTINCT kind FROM audit")
      #expect(kinds.filter { AuditKind(rawValue: $0) == nil } == [])
    }
  }
}
