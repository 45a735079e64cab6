import SettleModel
import Testing

@testable import SettleSimulation

/// The parts of Stripe's behaviour on which the promise of one charge rests.
@Suite struct SimulatedProcessorTests {
  private let world = World(seed: 1, defect: nil, telling: false)

  private func order(_ attempt: Int = 1, card: String = TestCard.good) -> ChargeOrder {
    ChargeOrder(
      payment: World.paymentID(1), orderReference: "A-1", attempt: attempt,
      amount: Money(minor: 1_000, currency: World.currency), instrument: Instrument(paymentMethod: card))
  }

  private func send(_ request: SimulatedRequest) -> ProcessorAnswer? {
    var answer: ProcessorAnswer?
    world.processor.receive(request) { answer = $0 }
    _ = world.pass(until: world.time + 1_000_000)
    return answer
  }

  private var charges: Int { world.processor.ledger.count { $0.kind == .charge } }

  @Test func theSameKeyIsAnsweredTheSameAndTakesNothing() {
    let first = send(SimulatedRequest(.charge(order())))
    #expect(send(SimulatedRequest(.charge(order()))) == first)
    #expect(charges == 1)
  }

  @Test func aKeyIsForgottenAfterADay() {
    _ = send(SimulatedRequest(.charge(order())))
    _ = world.pass(until: world.time + 23 * 3_600_000_000)
    _ = send(SimulatedRequest(.charge(order())))
    #expect(charges == 1)
    _ = world.pass(until: world.time + 3_600_000_000)
    _ = send(SimulatedRequest(.charge(order())))
    #expect(charges == 2)
  }

  @Test func aKeyWithAnotherBodyIsRefused() {
    _ = send(SimulatedRequest(.charge(order(card: TestCard.poor))))
    guard case .keyMismatch = send(SimulatedRequest(.charge(order()))) else {
      Issue.record("the key was taken")
      return
    }
    #expect(charges == 0)
  }

  @Test func aKeyInUseIsNotKnown() {
    var answers: [ProcessorAnswer] = []
    world.processor.receive(SimulatedRequest(.charge(order()))) { answers.append($0) }
    world.processor.receive(SimulatedRequest(.charge(order()))) { answers.append($0) }
    #expect(answers == [.unknown(why: "HTTP 409", replayed: false)])
    _ = world.pass(until: world.time + 1_000_000)
    #expect(answers.count == 2)
    #expect(charges == 1)
  }

  @Test func confirmingWhatIsChargedTakesNothing() throws {
    guard case .declined(let decline) = send(SimulatedRequest(.charge(order(card: TestCard.poor)))) else {
      Issue.record("it was not declined")
      return
    }
    let intent = try #require(decline.processorPayment)
    for attempt in 2...4 {
      guard case .charged = send(SimulatedRequest(.confirm(order(attempt), processorPayment: intent))) else {
        Issue.record("attempt \(attempt) was not told of the charge")
        return
      }
    }
    #expect(charges == 1)
  }

  @Test func aSavedErrorComesBackForEver() {
    world.weather.savedError = 10_000
    #expect(send(SimulatedRequest(.charge(order()))) == .unknown(why: "HTTP 500", replayed: false))
    world.weather.savedError = 0
    #expect(send(SimulatedRequest(.charge(order()))) == .unknown(why: "HTTP 500", replayed: true))
    #expect(charges <= 1)
  }
}
