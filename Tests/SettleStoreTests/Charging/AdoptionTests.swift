import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// What a store that was lost or restored takes over from the processor's list.
@Suite struct AdoptionTests {
  private static func found(
    _ order: String, _ story: Story, attempt: Int? = 1, state: ProcessorCharge.State = .succeeded,
    amount: Int64 = 1_000, currency: String = "USD", ids: String? = nil, at seconds: Int64 = 0
  ) -> ProcessorCharge {
    ProcessorCharge(
      processorPayment: "pi_\(ids ?? order)", processorCharge: state == .succeeded ? "ch_\(ids ?? order)" : nil,
      state: state, amount: Money(amount, currency), captured: amount, refunded: 0, disputed: false,
      payment: story.payment(order), attempt: attempt, createdAt: Timestamp(seconds: 1_795_000_000 + seconds))
  }

  private static let declined = ProcessorCharge.State.failed(
    Decline(reason: .insufficientFunds, code: "insufficient_funds", processorPayment: nil, mayRetry: true))

  private func adopt(_ charges: [ProcessorCharge], _ story: Story) async throws -> Adoption {
    let context = await story.context()
    return try await story.write { try $0.adopt(charges, context: context) }
  }

  private func unknown(_ charges: [ProcessorCharge], _ story: Story) async throws -> Int64 {
    let context = await story.context()
    return try await story.read { try $0.unknownAttempts(among: charges, context: context) }
  }

  @Test func whatIsAdoptedIsExplained() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      #expect(try await adopt([Self.found("A", story, attempt: 2)], story) == Adoption(charged: 1))
      #expect(try await story.state("A") == "SUCCEEDED by look_up")
      #expect(try await story.attempts("A") == ["2 succeeded"])
      #expect(try await story.store.rows("SELECT type FROM outbox") == ["PaymentRequested"])
      #expect(try await story.totals() == ["expected all 1 10.00 USD", "expected awaited 1 10.00 USD"])
      let before = try await story.fingerprint()
      #expect(try await adopt([Self.found("A", story, attempt: 2)], story) == Adoption())
      #expect(try await story.fingerprint() == before)
    }
  }

  /// Pages come newest first, so the processor's own duplicate is met before the charge that was asked for.
  @Test func theOldestIsOursThoughItComesLast() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      #expect(try await adopt([Self.found("A", story, ids: "late", at: 60)], story).charged == 1)
      #expect(try await adopt([Self.found("A", story, ids: "early")], story).charged == 0)
      #expect(try await adopt([Self.found("A", story, ids: "middle", at: 30)], story).charged == 0)
      #expect(
        try await story.store.rows("SELECT processor_payment, processor_charge FROM payments") == ["pi_early ch_early"])
      try await story.report(
        .charge("A", 1_000).naming(.init(processorPayment: "pi_early", processorCharge: "ch_early")))
      try await story.report(
        .charge("A", 1_000).row("txn_late").naming(.init(processorPayment: "pi_late", processorCharge: "ch_late")))
      try await story.reconcile(waiting: 9)
      #expect(try await story.breaks() == ["duplicate_charge A open -/10.00 USD"])
    }
  }

  /// A charge of another currency, or of less, is no proof and no reason to charge again: a person decides.
  @Test(arguments: [(1_000, "EUR"), (999, "USD")] as [(Int64, String)])
  func anotherChargeIsLeftToAPerson(amount: Int64, currency: String) async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      let charges = [Self.found("A", story, amount: amount, currency: currency)]
      #expect(try await adopt(charges, story) == Adoption(contradicted: 1))
      #expect(try await story.state("A") == "REQUESTED")
      #expect(try await story.claim().attempts.isEmpty)
      try await story.reconcile(waiting: 9)
      #expect(try await story.breaks() == ["outcome_unknown A open 10.00 USD/-"])
      let before = try await story.fingerprint()
      #expect(try await adopt(charges, story) == Adoption())
      #expect(try await unknown(charges, story) == 0)
      #expect(try await story.fingerprint() == before)
      // The processor's report tells, and the difference is a break of its own.
      try await story.report(.charge("A", amount, currency))
      try await story.reconcile(waiting: 9)
      #expect(try await story.state("A") == "SUCCEEDED by outcome")
    }
  }

  @Test func whatIsUndecidedIsLookedUpAgain() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      #expect(try await adopt([Self.found("A", story, state: .pending)], story) == Adoption(undecided: 1))
      #expect(try await story.claim().attempts.isEmpty)
      let context = await story.context()
      let open = try await story.read { try $0.openAttempts(after: nil, limit: 9, lookUp: true, context: context) }
      #expect(open.map(\.processorPayment) == ["pi_A"])
      #expect(try await adopt([Self.found("A", story)], story) == Adoption(charged: 1))
      #expect(try await story.attempts("A") == ["1 succeeded"])
    }
  }

  /// The number of the next attempt lies above all that the processor has seen: the same number would be the same key.
  @Test func aDeclineThatWasForgottenIsConfirmedUnderTheNextNumber() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000), .order("C", 1_000))
      let charges = [
        Self.found("A", story, attempt: 3, state: Self.declined),
        Self.found("B", story, attempt: nil, state: .canceled),
        Self.found("C", story, state: Self.declined), Self.found("C", story, attempt: 2, ids: "C2"),
      ]
      #expect(try await unknown(charges, story) == 2)
      #expect(try await adopt(charges, story) == Adoption(charged: 1))
      let before = try await story.fingerprint()
      #expect(try await adopt(charges, story) == Adoption())
      #expect(try await story.fingerprint() == before)
      let claimed = try await story.claim().attempts.sorted { $0.request.body < $1.request.body }
      #expect(claimed.map(\.request.body) == ["charge 10.00 USD", "confirm pi_A 10.00 USD"])
      #expect(claimed.map(\.attempt) == [2, 4])
      #expect(try await story.state("C") == "SUCCEEDED by look_up")
    }
  }

  /// The store was restored to when the attempt was open; at the processor it was declined, and the next one charged.
  @Test func anOpenAttemptMeetsWhatCameAfterIt() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      let charges = [Self.found("A", story, attempt: 2)]
      #expect(try await unknown(charges, story) == 1)
      #expect(try await adopt(charges, story) == Adoption(charged: 1))
      #expect(try await story.attempts("A") == ["1 succeeded"])
    }
  }

  /// The answer was lost and a file told the failure, so nobody here knows what the attempt made: it is still payable, and
  /// the next card confirms it rather than making another beside it.
  @Test func whatAnUnansweredAttemptMadeIsConfirmed() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.claim()
      try await story.unknown("A")
      try await story.report(
        .failed("A").at(await story.instant).changed { $0.references.payment = story.payment("A") })
      #expect(try await story.attempts("A") == ["1 declined CARD_DECLINED"])
      await story.next()
      try await story.authorize(.order("A", 1_000, method: "pm_b"))
      let charges = [Self.found("A", story, state: Self.declined)]
      #expect(try await adopt(charges, story) == Adoption())
      #expect(try await story.claim().attempts.map(\.request.body) == ["confirm pi_A 10.00 USD"])
      // One that settle has given up is not taken up again.
      try await story.declined("A", attempt: 2, made: "pi_A")
      let canceled = try await story.reserveCancellations()
      try await story.record(.ended(.canceled), of: canceled[0])
      try await story.authorize(.order("A", 1_000, method: "pm_c"))
      #expect(try await adopt(charges, story) == Adoption())
      #expect(try await story.claim().attempts.map(\.request.body) == ["charge 10.00 USD"])
    }
  }

  /// A store is restored for all of its merchants at once.
  @Test func anotherMerchantsForgottenChargeIsASignToo() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      let charges = [Self.found("A", story, attempt: 2)]
      var context = await story.context()
      context.merchant = "another"
      let other = context
      #expect(try await story.read { try $0.unknownAttempts(among: charges, context: other) } == 1)
      #expect(try await story.write { try $0.adopt(charges, context: other) } == Adoption())
      #expect(try await story.state("A") == "REQUESTED, due 2026-11-20")
    }
  }

  @Test func whatThisStoreMadeItselfIsNoSign() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 1_000), .order("C", 1_000))
      try await story.claim()
      try await story.charged("A")
      try await story.declined("B", made: "pi_B")
      let own = [
        Self.found("A", story), Self.found("A", story, ids: "duplicate"), Self.found("B", story, state: Self.declined),
        Self.found("C", story), Self.found("Z", story, attempt: 7),
      ]
      #expect(try await unknown(own, story) == 0)
      // It was declined, and the processor says that it was charged: what happened in between is not known here.
      #expect(try await unknown([Self.found("B", story)], story) == 1)
    }
  }
}

extension Adoption {
  fileprivate init(charged: Int = 0, contradicted: Int = 0, undecided: Int = 0) {
    self.init()
    self.charged = charged
    self.contradicted = contradicted
    self.undecided = undecided
  }
}
