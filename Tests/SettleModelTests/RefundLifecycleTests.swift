import SettleModel
import Testing

@Suite struct RefundLifecycleTests {
  static func lifecycle() -> RefundLifecycle {
    RefundLifecycle(storedAt: Answers.now, keyLife: .seconds(24 * 3_600), margin: .seconds(3_600))
  }

  static let table: [(ProcessorAnswer, RefundLifecycle.Step)] = [
    (.refunded(Answers.refund(.succeeded)), .end(.processed(reference: "re_1"))),
    (.refunded(Answers.refund(.pending)), .end(.pending(reference: "re_1"))),
    (.refunded(Answers.refund(.requiresAction)), .end(.requiresAction(reference: "re_1"))),
    (
      .refunded(Answers.refund(.failed, failure: "lost_or_stolen_card")),
      .end(.failed(reference: "re_1", why: "lost_or_stolen_card"))
    ),
    (.refunded(Answers.refund(.failed)), .end(.failed(reference: "re_1", why: "failed"))),
    (.refunded(Answers.refund(.canceled)), .end(.canceled(reference: "re_1"))),
    (.charged(Answers.charge(.succeeded)), .stop(.defect("a refund was answered with a charge"))),
    (.pending(reference: "re_1"), .end(.pending(reference: "re_1"))),
    (.canceled(reference: "re_1"), .end(.canceled(reference: "re_1"))),
    (.declined(Answers.decline), .end(.failed(reference: nil, why: "insufficient_funds"))),
    (
      .refused(code: "charge_already_refunded", message: "never kept"),
      .end(.failed(reference: nil, why: "charge_already_refunded"))
    ),
    (.unknown(why: "timeout", replayed: false), .repeatSame(after: .milliseconds(100))),
    (.unknown(why: "saved 500", replayed: true), .lookUp(why: "saved 500")),
    (.unreachable(why: "refused connection"), .stop(.unreachable("refused connection"))),
    (.later(why: "429"), .stop(.later("429"))), (.notPermitted(why: "401"), .stop(.notPermitted("401"))),
    (
      .keyMismatch(why: "idempotency_error"),
      .stop(.defect("an idempotency key was used with another body: idempotency_error"))
    ),
  ]

  @Test(arguments: table)
  func eachAnswerHasItsStep(answer: ProcessorAnswer, step: RefundLifecycle.Step) {
    var lifecycle = Self.lifecycle()
    #expect(lifecycle.answered(answer, at: Answers.now) == step)
  }

  @Test func theTableKnowsEveryKindOfAnswer() {
    let seen = Set(Self.table.map { Answers.kind(of: $0.0) })
    #expect(Answers.kinds.filter { !seen.contains($0) } == [])
  }

  @Test(arguments: Answers.all)
  func whatIsNotKnownNeverFails(answer: ProcessorAnswer) {
    var lifecycle = Self.lifecycle()
    let step = lifecycle.answered(answer, at: Answers.now)
    switch answer {
    case .unknown, .unreachable, .later, .notPermitted, .keyMismatch:
      if case .end = step { Issue.record("\(answer) ended the refund") }
    case .charged, .refunded, .pending, .canceled, .declined, .refused: break
    }
  }

  /// Past the repeats, the processor's own list of the charge's refunds says what came of it.
  @Test func repeatsTheSameBytesFourTimesThenLooksUp() {
    var lifecycle = Self.lifecycle()
    let steps = (0..<5).map { _ in lifecycle.answered(.unknown(why: "reset", replayed: false), at: Answers.now) }
    #expect(
      steps == [
        .repeatSame(after: .milliseconds(100)), .repeatSame(after: .milliseconds(200)),
        .repeatSame(after: .milliseconds(400)), .repeatSame(after: .milliseconds(800)), .lookUp(why: "reset"),
      ])
  }

  @Test func nothingIsSentPastTheKeysLife() {
    var lifecycle = Self.lifecycle()
    let end = instant("2026-11-21T01:00:00Z")
    #expect(lifecycle.keyExpires == end)
    #expect(!lifecycle.maySend(at: end))
    #expect(lifecycle.maySend(at: end.adding(.microseconds(-1))))
    #expect(lifecycle.answered(.unknown(why: "reset", replayed: false), at: end) == .lookUp(why: "reset"))
  }

  private static let order = RefundOrder(
    refund: RefundID(naming: "r"), payment: PaymentID(merchant: "m", order: "A"), processorCharge: "ch_1",
    amount: money(1_000), reason: .duplicateCharge)

  private static func listed(
    _ reference: String, _ name: String?, _ state: ProcessorRefund.State = .succeeded, amount: Int64 = 1_000,
    charge: String? = "ch_1"
  ) -> ProcessorRefund {
    ProcessorRefund(
      reference: reference, processorCharge: charge, state: state, amount: money(amount),
      refund: name.map { RefundID(naming: $0) })
  }

  static let lists: [([ProcessorRefund], RefundResult)] = [
    ([], .unknown(why: "lost")), ([listed("re_1", nil), listed("re_2", "other")], .unknown(why: "lost")),
    ([listed("re_2", "other"), listed("re_1", "r")], .processed(reference: "re_1")),
    ([listed("re_1", "r", .requiresAction)], .requiresAction(reference: "re_1")),
    ([listed("re_1", "r", .canceled)], .canceled(reference: "re_1")),
    ([listed("re_1", "r", charge: nil)], .processed(reference: "re_1")),
    // Newest first: the oldest is the one that was asked for.
    ([listed("re_2", "r", .failed), listed("re_1", "r")], .processed(reference: "re_1")),
    (
      [listed("re_1", "r", amount: 999)], .unknown(why: "the processor's refund is not the one that was asked for")
    ),
    (
      [listed("re_1", "r", charge: "ch_2")],
      .unknown(why: "the processor's refund is not the one that was asked for")
    ),
  ]

  @Test(arguments: lists)
  func onlyItsOwnRefundProvesAnything(listed: [ProcessorRefund], result: RefundResult) {
    #expect(RefundLifecycle.result(of: Self.order, among: listed, otherwise: "lost") == result)
  }

  @Test func theProcessorsWordIsKeptWhereThereIsOne() {
    let words: [(RefundResult, ProcessorRefundState?)] = [
      (.processed(reference: "re_1"), .succeeded), (.pending(reference: "re_1"), .pending),
      (.requiresAction(reference: "re_1"), .requiresAction), (.failed(reference: "re_1", why: "x"), .failed),
      (.failed(reference: nil, why: "x"), nil), (.canceled(reference: "re_1"), .canceled), (.unknown(why: "x"), nil),
    ]
    for (result, word) in words { #expect(result.processorState == word) }
  }
}
