import SettleModel
import Testing

@Suite struct ChargeLifecycleTests {
  static let hour: Duration = .seconds(3_600)

  /// Stripe's keys live for 24 hours; one of them is kept as a margin.
  static func lifecycle() -> ChargeLifecycle {
    ChargeLifecycle(storedAt: Answers.now, keyLife: hour * 24, margin: hour)
  }

  static let table: [(ProcessorAnswer, ChargeLifecycle.Step)] = [
    (
      .charged(Answers.charge(.succeeded)), .end(.succeeded(Answers.charge(.succeeded), proof: .answer))
    ),
    (.charged(Answers.charge(.failed(Answers.decline))), .end(.declined(Answers.decline))),
    (.charged(Answers.charge(.failed(nil))), .lookUp(why: "undecided", reference: "pi_1")),
    (.charged(Answers.charge(.pending)), .lookUp(why: "undecided", reference: "pi_1")),
    (.charged(Answers.charge(.held)), .lookUp(why: "undecided", reference: "pi_1")),
    (.charged(Answers.charge(.canceled)), .end(.refused(code: "canceled"))),
    (.refunded(Answers.refund(.succeeded)), .stop(.defect("a charge was answered with a refund"))),
    (.pending(reference: "pi_1"), .lookUp(why: "processing", reference: "pi_1")),
    (.canceled(reference: "pi_1"), .end(.refused(code: "canceled"))),
    (.declined(Answers.decline), .end(.declined(Answers.decline))),
    (.refused(code: "parameter_invalid", message: "never kept"), .end(.refused(code: "parameter_invalid"))),
    (.unknown(why: "timeout", replayed: false), .repeatSame(after: .milliseconds(100))),
    (.unknown(why: "saved 500", replayed: true), .lookUp(why: "saved 500", reference: nil)),
    (.unreachable(why: "refused connection"), .stop(.unreachable("refused connection"))),
    (.later(why: "429"), .stop(.later("429"))),
    (.notPermitted(why: "401"), .stop(.notPermitted("401"))),
    (
      .keyMismatch(why: "idempotency_error"),
      .stop(.defect("an idempotency key was used with another body: idempotency_error"))
    ),
  ]

  @Test(arguments: table)
  func eachAnswerHasItsStep(answer: ProcessorAnswer, step: ChargeLifecycle.Step) {
    var lifecycle = Self.lifecycle()
    #expect(lifecycle.answered(answer, at: Answers.now) == step)
  }

  @Test func theTableKnowsEveryKindOfAnswer() {
    let seen = Set(Self.table.map { Answers.kind(of: $0.0) })
    #expect(Answers.kinds.filter { !seen.contains($0) } == [])
  }

  /// The promise of the whole system: only a processor's definite word ends an attempt.
  @Test(arguments: Answers.all)
  func whatIsNotKnownNeverFails(answer: ProcessorAnswer) {
    var lifecycle = Self.lifecycle()
    let step = lifecycle.answered(answer, at: Answers.now)
    switch answer {
    case .unknown, .unreachable, .later, .notPermitted, .keyMismatch, .pending:
      if case .end = step { Issue.record("\(answer) ended the attempt") }
    case .charged, .refunded, .canceled, .declined, .refused: break
    }
  }

  @Test func repeatsTheSameBytesFourTimesWithGrowingPausesThenLeavesThem() {
    var lifecycle = Self.lifecycle()
    let steps = (0..<6).map { _ in lifecycle.answered(.unknown(why: "reset", replayed: false), at: Answers.now) }
    #expect(
      steps == [
        .repeatSame(after: .milliseconds(100)), .repeatSame(after: .milliseconds(200)),
        .repeatSame(after: .milliseconds(400)), .repeatSame(after: .milliseconds(800)), .leave(why: "reset"),
        .leave(why: "reset"),
      ])
  }

  @Test func aRepeatThatGetsAnAnswerTakesIt() {
    var lifecycle = Self.lifecycle()
    _ = lifecycle.answered(.unknown(why: "reset", replayed: false), at: Answers.now)
    #expect(lifecycle.answered(.declined(Answers.decline), at: Answers.now) == .end(.declined(Answers.decline)))
  }

  @Test(arguments: [
    ("2026-11-20T02:00:00Z", true), ("2026-11-21T00:59:59.999999Z", true), ("2026-11-21T01:00:00Z", false),
    ("2026-11-21T02:00:00Z", false),
  ])
  func sendsOnlyWhileTheKeyIsSureToLive(now: String, may: Bool) {
    #expect(Self.lifecycle().keyExpires == instant("2026-11-21T01:00:00Z"))
    #expect(Self.lifecycle().maySend(at: instant(now)) == may)
  }

  /// The pause itself may carry a repeat past the key's life.
  @Test(arguments: [
    ("2026-11-21T00:59:59.899999Z", ChargeLifecycle.Step.repeatSame(after: .milliseconds(100))),
    ("2026-11-21T00:59:59.900000Z", .leave(why: "reset")), ("2026-11-21T01:00:01Z", .leave(why: "reset")),
  ])
  func doesNotRepeatIntoTheEndOfTheKeysLife(now: String, step: ChargeLifecycle.Step) {
    var lifecycle = Self.lifecycle()
    #expect(lifecycle.answered(.unknown(why: "reset", replayed: false), at: instant(now)) == step)
  }

  @Test(arguments: [
    (
      ProcessorCharge.State.succeeded,
      ChargeLifecycle.Step.end(.succeeded(Answers.charge(.succeeded), proof: .lookUp))
    ),
    (.failed(Answers.decline), .end(.declined(Answers.decline))), (.canceled, .end(.refused(code: "canceled"))),
    (.failed(nil), .lookUp(why: "undecided", reference: "pi_1")),
    (.pending, .lookUp(why: "undecided", reference: "pi_1")), (.held, .lookUp(why: "undecided", reference: "pi_1")),
  ])
  func aChargeFoundByLookUpSaysWhatItIs(state: ProcessorCharge.State, step: ChargeLifecycle.Step) {
    #expect(ChargeLifecycle.step(after: Answers.charge(state), proof: .lookUp) == step)
  }

  @Test(arguments: [
    (
      StageStop.unreachable("reset"),
      "the processor cannot be reached (reset): check STRIPE_API_BASE and the network, then run it again"
    ),
    (.later("429"), "stopped early, 429; run it again later, it goes on where this ended"),
    (.notPermitted("401"), "the processor refuses the key (401): check STRIPE_API_KEY"),
    (.defect("two keys"), "a defect of settle: two keys"),
    (
      .refusedInARow(10, code: "parameter_invalid"),
      "the processor refused 10 requests in a row (parameter_invalid): check the payment methods and the processor's "
        + "account"
    ),
  ])
  func aStopSaysWhatTheOperatorDoesNext(stop: StageStop, text: String) {
    #expect(stop.description == text)
  }
}
