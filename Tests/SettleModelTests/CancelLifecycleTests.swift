import SettleModel
import Testing

@Suite struct CancelLifecycleTests {
  static let open = "it is still open at the processor"

  @Test(arguments: Answers.all)
  func eachFirstAnswerHasItsStep(answer: ProcessorAnswer) {
    var lifecycle = CancelLifecycle()
    let step = lifecycle.answered(answer)
    switch answer {
    case .charged(let charge) where charge.state == .succeeded: #expect(step == .end(.succeeded(charge)))
    case .charged(let charge) where charge.state == .canceled: #expect(step == .end(.canceled))
    case .charged, .declined: #expect(step == .lookUp(why: Self.open))
    case .canceled: #expect(step == .end(.canceled))
    case .refused(let code, _): #expect(step == .end(.refused(code: code)))
    case .pending: #expect(step == .lookUp(why: "processing"))
    case .unknown(let why, replayed: true): #expect(step == .lookUp(why: why))
    case .unknown: #expect(step == .repeatSame(after: .milliseconds(100)))
    case .unreachable(let why): #expect(step == .stop(.unreachable(why)))
    case .later(let why): #expect(step == .stop(.later(why)))
    case .notPermitted(let why): #expect(step == .stop(.notPermitted(why)))
    case .keyMismatch, .refunded:
      guard case .stop(.defect) = step else {
        Issue.record("\(step)")
        return
      }
    }
  }

  @Test func whatStaysUnknownIsLookedUpInTheEnd() {
    var lifecycle = CancelLifecycle()
    let pauses = [100, 200, 400, 800].map { CancelLifecycle.Step.repeatSame(after: .milliseconds($0)) }
    for pause in pauses { #expect(lifecycle.answered(.unknown(why: "reset", replayed: false)) == pause) }
    #expect(lifecycle.answered(.unknown(why: "reset", replayed: false)) == .lookUp(why: "reset"))
  }

  @Test func onlyAnEndIsAnEnd() {
    #expect(CancelLifecycle.ending(of: Answers.charge(.canceled)) == .canceled)
    #expect(
      CancelLifecycle.ending(of: Answers.charge(.succeeded)) == .succeeded(Answers.charge(.succeeded)))
    for state: ProcessorCharge.State in [.failed(nil), .failed(Answers.decline), .pending, .held] {
      #expect(CancelLifecycle.ending(of: Answers.charge(state)) == nil)
    }
  }
}
