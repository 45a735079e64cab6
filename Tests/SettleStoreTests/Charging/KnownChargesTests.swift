import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// Before money is asked for that a lost or restored store may have taken already.
@Suite struct KnownChargesTests {
  private static func found(
    _ order: String, _ story: Story, state: ProcessorCharge.State = .succeeded, currency: String = "USD",
    ids: String? = nil, at: Timestamp? = nil
  ) -> ProcessorCharge {
    ProcessorCharge(
      processorPayment: "pi_\(ids ?? order)", processorCharge: "ch_\(ids ?? order)", state: state,
      amount: Money(1_000, currency), captured: 1_000, refunded: 0, disputed: false, payment: story.payment(order),
      attempt: 1, createdAt: at ?? Timestamp(seconds: 1_795_000_000))
  }

  private func adopt(_ charges: [ProcessorCharge], _ story: Story) async throws -> Int {
    let context = await story.context()
    return try await story.write { try $0.adopt(charges, context: context) }.charged
  }

  @Test func aDuePaymentThatWasChargedIsNotChargedAgain() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000), .order("C", 1_000), .order("D", 1_000))
      let adopted = try await adopt(
        [
          Self.found("A", story), Self.found("B", story, state: .failed(nil)),
          Self.found("C", story, currency: "EUR"), Self.found("Z", story),
        ], story)
      #expect(adopted == 1)
      #expect(try await story.state("A") == "SUCCEEDED by look_up")
      let claimed = try await story.claim().attempts.map(\.payment)
      #expect(Set(claimed) == Set(["B", "D"].map(story.payment)))
      // Its ids are known from then on.
      try await story.report(.charge("A", 1_000))
      try await story.reconcile(waiting: 9)
      #expect(try await story.matches() == ["charge A 10.00 USD processor_id"])
    }
  }

  @Test func ofSeveralChargesTheFirstIsThePayments() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      let charges = [
        Self.found("A", story, ids: "late", at: Timestamp(seconds: 1_795_000_009)),
        Self.found("A", story, ids: "early"),
      ]
      #expect(try await adopt(charges, story) == 1)
      #expect(try await story.store.rows("SELECT processor_payment FROM payments") == ["pi_early"])
      let before = try await story.fingerprint()
      #expect(try await adopt(charges, story) == 0)
      #expect(try await story.fingerprint() == before)
    }
  }

  @Test func onlyWhatMayHaveBeenChargedIsDoubtful() async throws {
    try await Story.tell { story in
      let context = await story.context()
      func doubtful(everything: Bool = false) async throws -> Timestamp? {
        try await story.read { db in
          try db.doubtfulSince(
            everything: everything, keysExpiredBefore: context.now.adding(.seconds(-82_800)), context: context)
        }
      }
      #expect(try await doubtful(everything: true) == nil)
      var fresh = Authorization.order("A", 1_000)
      fresh.authorizedAt = context.now.adding(.seconds(-3_600))
      try await story.authorize(fresh)
      #expect(try await doubtful() == nil)
      // An earlier card may have made what a later one, agreed to only now, was confirmed on.
      #expect(try await doubtful(everything: true) == fresh.authorizedAt?.adding(.seconds(-30 * 86_400)))
      var old = Authorization.order("B", 1_000)
      old.authorizedAt = context.now.adding(.seconds(-172_800))
      try await story.authorize(old)
      #expect(try await doubtful() == old.authorizedAt)
      // A hold names what it captures, so it cannot be charged twice.
      try await story.forget()
      old.instrument.hold = "pi_h"
      try await story.authorize(old)
      #expect(try await doubtful() == nil)
    }
  }

  /// An attempt that was claimed and never sent is taken back: the next claim is another attempt of the same payment.
  @Test func whatWasNeverSentIsClaimedAnew() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000))
      let claimed = try await story.claim().attempts
      try await story.charged("B")
      let context = await story.context()
      try await story.write { try $0.release(claimed, context: context) }
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-20")
      #expect(try await story.state("B") == "SUCCEEDED by answer")
      #expect(try await story.totals().contains("expected unsent 1 10.00 USD"))
      #expect(try await story.claim().attempts.map(\.attempt) == [2])
      #expect(try await story.attempts("A") == ["1 superseded never sent", "2 open"])
      #expect(try await story.store.rows("SELECT count(*)::text FROM outbox") == ["2"])
    }
  }

  /// The processor counts the tries of one processor payment; attempts before the one that made it are not among them.
  @Test func triesAreCountedFromTheAttemptThatMadeTheProcessorPayment() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      let claimed = try await story.claim().attempts
      var context = await story.context()
      try await story.write { [context] in try $0.release(claimed, context: context) }
      try await story.claim()
      try await story.declined("A", attempt: 2, made: "pi_A")
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      context = await story.context()
      for (tries, number) in [(0, "2"), (1, "2"), (2, "3"), (2, "3"), (4, "5"), (3, "5")] {
        try await story.write { [context] in
          try $0.raiseAttempts(of: story.payment("A"), to: tries, context: context)
        }
        #expect(try await story.store.rows("SELECT attempts::text FROM payments") == [number])
      }
      #expect(try await story.claim().attempts.map(\.attempt) == [6])
    }
  }

  /// A payment that had failed in the meantime has no attempt to take back, and none becomes due.
  @Test func whatHasBeenAnsweredIsNotTakenBack() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      let claimed = try await story.claim().attempts
      try await story.declined("A")
      let before = try await story.fingerprint()
      let context = await story.context()
      try await story.write { try $0.release(claimed, context: context) }
      #expect(try await story.fingerprint() == before)
    }
  }
}
