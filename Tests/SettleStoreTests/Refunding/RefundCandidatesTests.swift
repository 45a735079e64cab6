import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

@Suite struct RefundCandidatesTests {
  private func candidates(_ story: Story) async throws -> [RefundCandidate] {
    let context = await story.context()
    return try await story.read { try $0.refundCandidates(for: BreakReason.allCases, context: context) }
  }

  @Test func aDuplicateIsProvenByAnIDAndByNothingLess() async throws {
    try await Story.tell { story in
      for order in ["A", "B"] { try await story.authorize(.order(order, 1_000)) }
      try await story.charge("A", "B")
      try await story.report(
        .charge("A", 1_000), .charge("B", 1_000),
        .charge("A", 1_000).under("A2").changed { $0.references.payment = story.payment("A") },
        .charge("B", 1_000).under("B2").changed { $0.references.order = "B" })
      try await story.reconcile()
      let found = try await candidates(story)
      #expect(found.count == 2)
      for candidate in found {
        let isA = candidate.payment == story.payment("A")
        #expect(candidate.subject.proven == isA)
        #expect(candidate.processorCharge == (isA ? "ch_A2" : "ch_B2"))
        #expect(candidate.ownCharge == (isA ? "ch_A" : "ch_B"))
        #expect(candidate.subject.reported == Money(1_000, "USD"))
        #expect(candidate.subject.expected == nil)
      }
    }
  }

  @Test func anOverchargeKnowsBothAmountsAndTheChargeThatTookThem() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_400, "EUR").changed { $0.presentment = Money(1_500, "USD") })
      try await story.reconcile()
      let candidate = try #require(try await candidates(story).first)
      #expect(candidate.subject.expected == Money(1_000, "USD"))
      #expect(candidate.subject.reported == Money(1_500, "USD"))
      #expect(candidate.processorCharge == "ch_A")
      #expect(candidate.asked == 1_000)
      // What was settled in another currency is never given back by rule.
      #expect(!candidate.subject.sameCurrency)
    }
  }

  /// An event told of the further charge, and it went back; then a row with an id speaks for it, and so its break is
  /// another one. What went back of the charge is counted, and its allowance is used up.
  @Test func whatWentBackOfAChargeIsCountedWhicheverRowSpeaksForIt() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      let further = Reported.charge("A", 1_000).under("A2").changed { $0.references.payment = story.payment("A") }
      try await story.report(.charge("A", 1_000), further.row(nil))
      try await story.reconcile()
      try await story.refund(.duplicateCharge)
      #expect(try await story.breaks() == ["duplicate_charge A resolved -/10.00 USD"])
      await story.next()
      try await story.report(further)
      try await story.reconcile()
      #expect(try await story.breaks().contains("duplicate_charge A open -/10.00 USD"))
      let again = try #require(try await candidates(story).first { $0.subject.reason == .duplicateCharge })
      #expect(again.processorCharge == "ch_A2")
      #expect(again.subject.returned == 1_000)
      #expect(RefundPolicy.refundable(again.subject) == .failure(.alreadyReturned))
      // Whoever asked all the same would be held back by the charge's allowance: settle's own count, or the processor's.
      for refunded in [0, 1_000] as [Int64] {
        let held = await #expect(throws: HeldBack.self) {
          try await story.reserveRefund(
            of: "ch_A2", for: again.breakID, payment: again.payment, amount: Money(1_000, "USD"),
            reason: .duplicateCharge, captured: 1_000, refunded: refunded)
        }
        #expect(held?.why == .exceedsCaptured)
      }
      #expect(try await story.store.rows("SELECT count(*)::text FROM refunds") == ["1"])
    }
  }

  @Test func moneyThatBelongsToNoPaymentIsNoCandidate() async throws {
    try await Story.tell { story in
      try await story.report(.charge("A", 1_000))
      try await story.reconcile()
      let found = try await candidates(story)
      #expect(found == [])
    }
  }

  @Test func whatWasAskedForIsNoCandidateAgain() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 1_000))
      try await story.charge("A")
      try await story.report(.charge("A", 1_500))
      try await story.reconcile()
      try await story.refund(.amountMismatch, answer: nil)
      let found = try await candidates(story)
      #expect(found == [])
    }
  }

  struct Figures: Sendable {
    var reason: BreakReason
    var processorPayment = "pi_B"
    var captured: Int64 = 1_000
    var refunded: Int64 = 0
    var contradicts: Bool
  }

  /// The processor's own figures must bear out what the files say: 10.00 were asked for, 15.00 or a second charge
  /// reported.
  @Test(arguments: [
    Figures(reason: .duplicateCharge, contradicts: false),
    Figures(reason: .duplicateCharge, processorPayment: "pi_A", contradicts: true),
    Figures(reason: .amountMismatch, captured: 1_500, contradicts: false),
    Figures(reason: .amountMismatch, captured: 1_499, contradicts: true),
    Figures(reason: .amountMismatch, captured: 1_500, refunded: 1, contradicts: true),
    Figures(reason: .amountMismatch, captured: 1_000, contradicts: true),
  ])
  func whatTheProcessorDeniesIsLeftToAPerson(_ figures: Figures) {
    let isDuplicate = figures.reason == .duplicateCharge
    let candidate = RefundCandidate(
      payment: PaymentID(merchant: "default", order: "A"), breakID: BreakID(naming: "test"),
      subject: RefundPolicy.Case(
        reason: figures.reason, expected: isDuplicate ? nil : Money(1_000, "USD"),
        reported: Money(isDuplicate ? 1_000 : 1_500, "USD"), proven: true, sameCurrency: true),
      processorCharge: "ch_B", ownPayment: "pi_A", ownCharge: "ch_A", asked: 1_000)
    let charge = ProcessorCharge(
      processorPayment: figures.processorPayment, processorCharge: "ch_B", state: .succeeded,
      amount: Money(1_000, "USD"), captured: figures.captured, refunded: figures.refunded, disputed: false,
      payment: nil, attempt: nil, createdAt: Timestamp(seconds: 0))
    let amount = Money(isDuplicate ? 1_000 : 500, "USD")
    #expect(candidate.contradiction(by: charge, refunding: amount) == (figures.contradicts ? .notProven : nil))
  }

  struct Own: Sendable {
    var captured: Int64 = 1_000
    var refunded: Int64 = 0
    var disputed = false
    var state = ProcessorCharge.State.succeeded
    var held: RefundPolicy.Held?
  }

  /// The payment's own charge must still pay for the 10.00 that were asked for, else the further one is not one too many.
  @Test(arguments: [
    Own(held: nil), Own(captured: 1_500, refunded: 500, held: nil), Own(refunded: 1, held: .alreadyRefunded),
    Own(refunded: 1_000, held: .alreadyRefunded), Own(captured: 999, held: .notProven),
    Own(disputed: true, held: .disputed), Own(state: .canceled, held: .notProven),
  ])
  func aFurtherChargeIsOneTooManyOnlyBesideTheOwn(_ own: Own) {
    func candidate(_ reason: BreakReason) -> RefundCandidate {
      RefundCandidate(
        payment: PaymentID(merchant: "default", order: "A"), breakID: BreakID(naming: "test"),
        subject: RefundPolicy.Case(
          reason: reason, expected: nil, reported: Money(1_000, "USD"), proven: true, sameCurrency: true),
        processorCharge: "ch_B", ownPayment: "pi_A", ownCharge: "ch_A", asked: 1_000)
    }
    let charge = ProcessorCharge(
      processorPayment: "pi_A", processorCharge: "ch_A", state: own.state, amount: Money(1_000, "USD"),
      captured: own.captured, refunded: own.refunded, disputed: own.disputed, payment: nil, attempt: nil,
      createdAt: Timestamp(seconds: 0))
    #expect(candidate(.duplicateCharge).contradiction(byOwn: charge) == own.held)
    #expect(candidate(.duplicateCharge).contradiction(byOwn: nil) == .notProven)
    #expect(candidate(.duplicateCharge).ownReference == "pi_A")
    #expect(candidate(.amountMismatch).ownReference == nil)
  }

  @Test func whatIsSpentIsCountedByRunAndDate() async throws {
    try await Story.tell { story in
      try await story.authorize(.order("A", 9_000))
      try await story.charge("A")
      func refund(_ minor: Int64, _ asked: String, _ result: RefundResult?) async throws {
        let refund = try await story.reserveRefund(
          of: "ch_A", for: BreakID(naming: "test", asked), payment: story.payment("A"), amount: Money(minor, "USD"),
          reason: .amountMismatch, captured: 9_000)
        if let refund, let result { try await story.record(result, of: refund) }
      }
      try await refund(4_000, "another date's", nil)
      await story.next()
      try await refund(1, "under way", nil)
      try await refund(20, "processed", .processed(reference: "re_1"))
      try await refund(300, "refused", .failed(reference: nil, why: "x"))
      let context = await story.context()
      func spent(token: Int64) async throws -> [Int64?] {
        let run = RunIdentity(id: story.run.id, fence: Fence(token: token))
        let spent = try await story.read { try $0.refundsSpent(run: run, context: context) }
        return [spent.run[.named("USD")], spent.day[.named("USD")]]
      }
      #expect(try await spent(token: 0) == [21, 21])
      // A run that was killed and its successor count as one; one that came to its end has had its own.
      #expect(try await spent(token: 1) == [21, 21])
      try await story.store.execute("UPDATE runs SET finished_at = started_at, exit_status = 75")
      #expect(try await spent(token: 1) == [0, 21])
    }
  }
}
