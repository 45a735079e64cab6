import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// How a reported row finds its payment: by a processor's id, else our payment id, else a refund's, else the order.
@Suite struct LinkingTests {
  struct Way: Sendable, CustomStringConvertible {
    var description: String
    var references: @Sendable (Story) -> OutcomeRecord.References
    var linkedBy: String?

    init(
      _ description: String, _ linkedBy: String?, _ references: @escaping @Sendable (Story) -> OutcomeRecord.References
    ) {
      self.description = description
      self.linkedBy = linkedBy
      self.references = references
    }
  }

  static let ways = [
    Way("the processor's payment", "processor_id") { _ in .init(processorPayment: "pi_A") },
    Way("the processor's charge", "processor_id") { _ in .init(processorCharge: "ch_A") },
    Way("a hold", "processor_id") { _ in .init(processorPayment: "pi_h") },
    Way("our payment id", "payment_id") { .init(payment: $0.payment("A")) },
    Way("our payment id beside unknown processor ids", "payment_id") {
      .init(payment: $0.payment("A"), processorPayment: "pi_Z", processorCharge: "ch_Z")
    },
    Way("the order", "order_reference") { _ in .init(order: "A") },
    Way("an order with one authorization", "order_reference") { _ in .init(order: "ONE") },
    Way("an order with several authorizations", nil) { _ in .init(order: "MANY") },
    Way("a processor's id before our own and the order", "processor_id") {
      .init(payment: $0.payment("B"), order: "B", processorCharge: "ch_A")
    },
    Way("our payment id before the order", "payment_id") { .init(payment: $0.payment("A"), order: "B") },
    Way("an id that nobody knows", nil) { .init(payment: $0.payment("Z"), order: "Z", processorCharge: "ch_Z") },
    Way("nothing", nil) { _ in .init() },
  ]

  @Test(arguments: ways)
  func findsThePayment(_ way: Way) async throws {
    try await Story.tell { story in
      try await story.authorize(
        .order("A", 1_000), .order("B", 1_000), .order("H", 1_000, hold: "pi_h"), .order("ONE", 1_000, id: "x"),
        .order("MANY", 1_000, id: "y"), .order("MANY", 1_000, id: "z"))
      try await story.charge("A")
      let row = Reported.dispute("A", -1_000, dp: "dp_1").naming(way.references(story))
      try await story.report(row)
      let found = try await story.store.rows(
        """
        SELECT coalesce(linked_by, 'none') || CASE
          WHEN linked_by IS NULL AND o.payment_id = o.outcome_id THEN ''
          WHEN k.payment_id = o.payment_id THEN ' ' || p.order_reference ELSE ' astray' END
        FROM outcome_records o JOIN outcome_keys k USING (outcome_id)
        LEFT JOIN payments p ON p.payment_id = o.payment_id
        """)
      let order =
        switch way.description {
        case "a hold": "H"
        case "an order with one authorization": "ONE"
        default: "A"
        }
      #expect(found == [way.linkedBy.map { "\($0) \(order)" } ?? "none"])
    }
  }

  /// A row that names nothing but a refund of ours is about that refund's payment.
  @Test func findsThePaymentOfARefund() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      let refund = try await story.refund(.amountMismatch)
      try await story.report(
        Reported.refund("A", -500, re: "re_2").naming(.init(refund: refund.order.refund)),
        Reported.refund("A", -500, re: "re_3").naming(.init(processorRefund: "re_1")))
      #expect(
        try await story.store.rows("SELECT linked_by FROM outcome_records WHERE kind = 'refund' ORDER BY row_id")
          == ["payment_id", "processor_id"])
    }
  }

  /// A file may give one id to two payments: in whichever order it does, the same one has it.
  @Test(arguments: [false, true])
  func anIDThatTwoPaymentsClaimIsTheSameOnesInAnyOrder(reversed: Bool) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000))
      let rows = ["A", "B"].map {
        Reported.charge($0, 1_000).naming(.init(payment: story.payment($0), processorPayment: "pi_1"))
      }
      try await story.report(reversed ? rows.reversed() : rows)
      #expect(
        try await story.store.rows(
          """
          SELECT CASE WHEN payment_id = (SELECT min(payment_id::text)::uuid FROM payments) THEN 'first' ELSE 'other' END
          FROM payment_references WHERE value = 'pi_1'
          """) == ["first"])
    }
  }

  @Test func anotherMerchantsPaymentsAreNotFound() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000, id: "x"))
      try await story.store.execute("UPDATE payments SET merchant = 'shop'")
      let payment = PaymentID(merchant: "default", authorizationID: "x", orderReference: "A")
      try await story.report(
        Reported.charge("A", 1).naming(.init(payment: payment)), Reported.charge("B", 1).naming(.init(order: "A")))
      #expect(try await story.store.rows("SELECT linked_by FROM outcome_records") == ["-", "-"])
    }
  }

  @Test func processorsIDsCountWithinTheirProcessor() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report([.charge("A", 1_000)], of: "other")
      try await story.reconcile()
      #expect(try await story.store.rows("SELECT processor, linked_by FROM outcome_records") == ["other -"])
    }
  }

  @Test func anOrphanJoinsItsPaymentWhenThatBecomesKnown() async throws {
    try await Story.tell { story in
      try await story.report(.charge("A", 1_000).changed { $0.references.order = "A" })
      try await story.reconcile()
      #expect(try await story.breaks() == ["unexpected_charge A open -/10.00 USD"])
      await story.next()
      try await story.authorize(.order("A", 1_000))
      #expect(try await story.reconcile().relinked == 1)
      #expect(try await story.state("A") == "SUCCEEDED by outcome")
      // Nothing is charged for what was paid.
      #expect(try await story.claim().isLast)
      #expect(try await story.breaks() == ["unexpected_charge A resolved -/10.00 USD"])
      #expect(try await story.matches() == ["charge A 10.00 USD order_reference"])
      #expect(
        try await story.store.rows(
          """
          SELECT (k.payment_id = p.payment_id AND o.payment_id = p.payment_id)::text
          FROM outcome_records o JOIN outcome_keys k USING (outcome_id) CROSS JOIN payments p
          """) == ["true"])
      #expect(try await story.reconcile() == ReconcileCounts())
    }
  }

  /// The first orphan's payment teaches the processor's ids by which the others are found, in the same night.
  @Test func orphansThatLeadToEachOtherAllJoinAtOnce() async throws {
    try await Story.tell { story in
      try await story.report(
        Reported.dispute("A", -1_000, dp: "dp_1").naming(.init(processorCharge: "ch_A", processorDispute: "dp_1")),
        Reported.charge("A", 1_000).changed { $0.references.payment = story.payment("A") })
      try await story.authorize(.order("A", 1_000))
      try await story.reconcile()
      #expect(try await story.store.rows("SELECT DISTINCT (linked_by IS NULL)::text FROM outcome_records") == ["false"])
      #expect(try await story.reconcile() == ReconcileCounts())
    }
  }

  /// The orphan's break goes with it: one break, with its age, and what a person decided about it.
  @Test func anOrphansBreakMovesWithIt() async throws {
    try await Story.tell { story in
      try await story.report(
        Reported.dispute("A", -1_000, dp: "dp_1").changed { $0.references.order = "A" },
        Reported.refund("A", -100, re: "re_1").changed { $0.references.order = "A" })
      try await story.reconcile()
      let before = try await story.breakRows()
      #expect(before.map(\.reason) == [.dispute, .unexpectedRefund])
      await story.next()
      try await story.authorize(.order("A", 1_000))
      try await story.reconcile()
      let after = try await story.breakRows()
      #expect(after.map(\.id) == before.map(\.id))
      #expect(after.map(\.firstSeen) == before.map(\.firstSeen))
      #expect(after.map(\.open) == [true, true])
      #expect(after.map(\.payment) == [story.payment("A"), story.payment("A")])
      #expect(try await story.read { try $0.breaks(reason: nil, open: true, limit: nil).count } == 2)
      #expect(try await story.totals().contains("reported dispute 1 -10.00 USD"))
      #expect(try await story.reconcile() == ReconcileCounts())
      #expect(try await story.read { try $0.backlog().openBreaks.map(\.count) } == [1, 1])
    }
  }
}
