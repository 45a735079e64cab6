import SettleModel
import Testing

/// What charges and refunds share. Which answers stop, repeat or look up is decided here for both.
@Suite struct StoredRequestTests {
  private static func request() -> StoredRequest {
    StoredRequest(storedAt: Answers.now, keyLife: .seconds(24 * 3_600), margin: .seconds(3_600))
  }

  @Test(arguments: Answers.all)
  func bothLifecyclesGoByIt(answer: ProcessorAnswer) {
    var request = Self.request()
    var charge = ChargeLifecycle(storedAt: Answers.now, keyLife: .seconds(24 * 3_600), margin: .seconds(3_600))
    var refund = RefundLifecycle(storedAt: Answers.now, keyLife: .seconds(24 * 3_600), margin: .seconds(3_600))
    let steps = (charge.answered(answer, at: Answers.now), refund.answered(answer, at: Answers.now))
    switch request.answered(answer, at: Answers.now) {
    case .told:
      if case .repeatSame = steps.0 { Issue.record("a charge repeats what is told") }
      if case .repeatSame = steps.1 { Issue.record("a refund repeats what is told") }
    case .repeatSame(let pause): #expect(steps == (.repeatSame(after: pause), .repeatSame(after: pause)))
    case .lookUp(let why): #expect(steps == (.lookUp(why: why, reference: nil), .lookUp(why: why)))
    case .enough: Issue.record("the first answer is not enough")
    case .stop(let stop): #expect(steps == (.stop(stop), .stop(stop)))
    }
  }

  @Test func repeatsNeverReachPastTheKeysLife() {
    var request = Self.request()
    let lost = ProcessorAnswer.unknown(why: "reset", replayed: false)
    #expect(request.answered(lost, at: Answers.now) == .repeatSame(after: .milliseconds(100)))
    #expect(request.answered(lost, at: request.keyExpires.adding(.milliseconds(-200))) == .enough(why: "reset"))
    for _ in 0..<2 { _ = request.answered(lost, at: Answers.now) }
    #expect(request.answered(lost, at: Answers.now) == .enough(why: "reset"))
  }
}
