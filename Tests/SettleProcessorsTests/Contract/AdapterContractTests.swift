import FoundationEssentials
import Logging
import SettleModel
import Testing

@testable import SettleProcessors

/// What every adapter owes its callers, tried on a processor that keeps its own books.
@Suite(.timeLimit(.minutes(2)))
struct AdapterContractTests {
  @Test(arguments: ProcessorCatalogue.names)
  func chargesOnceHoweverOftenItIsAsked(name: String) async throws {
    try await bench(name) { bench in
      let order = bench.order()
      let first = try await bench.charged(order)
      #expect(first.state == .succeeded)
      #expect(first.amount == order.amount)
      #expect(first.captured == 1_250)
      #expect(first.payment == order.payment)
      #expect(first.attempt == 1)
      for _ in 0..<3 { #expect(try await bench.charged(order) == first) }
      #expect(try await bench.charges() == [order.payment.description: 1])
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func aLaterAttemptConfirmsTheSamePayment(name: String) async throws {
    try await bench(name) { bench in
      let declined = try #require(
        try await bench.send(.charge(bench.order(instrument: bench.instruments.withoutFunds))).decline)
      #expect(declined.reason == .insufficientFunds)
      #expect(declined.mayRetry)
      let payment = try #require(declined.processorPayment)
      #expect(try await bench.charges().isEmpty)
      let order = bench.order(attempt: 2)
      let charge = try #require(try await bench.send(.confirm(order, processorPayment: payment)).charge)
      #expect(charge.processorPayment == payment)
      #expect(charge.state == .succeeded)
      // A third attempt finds it done: proof of money, not a second charge.
      let again = try await bench.send(.confirm(bench.order(attempt: 3), processorPayment: payment))
      #expect(again.charge?.processorPayment == payment)
      #expect(try await bench.charges() == [order.payment.description: 1])
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func tellsWhyAndWhetherToTryAgain(name: String) async throws {
    try await bench(name) { bench in
      let expired = try await bench.send(.charge(bench.order(1, instrument: bench.instruments.expired))).decline
      #expect(expired?.reason == .expiredCard)
      #expect(expired?.mayRetry == false)
      let absent = try await bench.send(.charge(bench.order(2, instrument: bench.instruments.needsAuthentication)))
        .decline
      #expect(absent?.reason == .cardDeclined)
      #expect(absent?.mayRetry == false)
      #expect(absent?.processorPayment != nil)
      guard
        case .pending(let reference) = try await bench.send(
          .charge(bench.order(3, instrument: bench.instruments.undecided)))
      else {
        Issue.record("not pending")
        return
      }
      #expect(try await bench.adapter.charge(reference)?.state == .pending)
      #expect(try await bench.charges().isEmpty)
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func givesUpAPaymentForGood(name: String) async throws {
    try await bench(name) { bench in
      let order = bench.order(instrument: bench.instruments.withoutFunds)
      let payment = try #require(try await bench.send(.charge(order)).decline?.processorPayment)
      for _ in 0..<2 {
        #expect(
          try await bench.send(.cancel(order.payment, processorPayment: payment)) == .canceled(reference: payment))
      }
      let late = try await bench.send(.confirm(bench.order(attempt: 2), processorPayment: payment))
      #expect(late == .canceled(reference: payment))
      #expect(try await bench.adapter.charge(payment)?.state == .canceled)
      #expect(try await bench.charges().isEmpty)
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func capturesAHoldInPart(name: String) async throws {
    try await bench(name) { bench in
      let hold = try await bench.processor.hold(Fixture.money(2_000))
      let held = try #require(try await bench.adapter.charge(hold))
      #expect(held.state == .held)
      #expect(held.amount == Fixture.money(2_000))
      #expect(held.captured == 0)
      #expect(held.payment == nil)
      let order = bench.order()
      let charge = try #require(try await bench.send(.capture(order, hold: hold)).charge)
      #expect(charge.captured == 1_250)
      #expect(charge.payment == order.payment)
      let again = try await bench.send(.capture(bench.order(attempt: 2), hold: hold))
      #expect(again.charge?.captured == 1_250)
      #expect(try await bench.charges() == [order.payment.description: 1])
      let found = try #require(try await bench.adapter.charge(hold))
      #expect(found.state == .succeeded)
      #expect(found.captured == 1_250)
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func refundsOnceAndNoMoreThanThereIs(name: String) async throws {
    try await bench(name) { bench in
      let charge = try await bench.charged(bench.order())
      let reference = try #require(charge.processorCharge)
      func refund(_ name: String, _ amount: Int64) -> ProcessorOperation {
        .refund(
          RefundOrder(
            refund: RefundID(naming: name), payment: bench.order().payment, processorCharge: reference,
            amount: Fixture.money(amount), reason: .duplicateCharge))
      }
      let first = try #require(try await bench.send(refund("a", 250)).refund)
      #expect(first.state == .succeeded)
      #expect(first.amount == Fixture.money(250))
      #expect(first.refund == RefundID(naming: "a"))
      #expect(try await bench.send(refund("a", 250)).refund == first)
      #expect(try await bench.adapter.charge(reference)?.refunded == 250)
      #expect(try await bench.adapter.charge(charge.processorPayment)?.refunded == 250)
      guard case .refused = try await bench.send(refund("b", 1_001)) else {
        Issue.record("more than there is was refunded")
        return
      }
      #expect(try await bench.send(refund("c", 1_000)).refund?.state == .succeeded)
      guard case .refused = try await bench.send(refund("d", 1)) else {
        Issue.record("more than there is was refunded")
        return
      }
      let refunds = try await bench.adapter.refunds(of: reference)
      #expect(Set(refunds.map(\.refund)) == [RefundID(naming: "a"), RefundID(naming: "c")])
      let moved = try await bench.processor.ledger().filter { $0.kind == "refund" }
      #expect(moved.reduce(0) { $0 + abs($1.amount) } == 1_250)
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func listsEverythingNewestFirst(name: String) async throws {
    try await bench(name) { bench in
      let count = 120
      try await withThrowingTaskGroup { group in
        for number in 0..<count { group.addTask { _ = try await bench.charged(bench.order(number)) } }
        try await group.waitForAll()
      }
      let seen = Shared<[ProcessorCharge]>([])
      try await bench.adapter.charges(since: Timestamp(seconds: 0)) { page in seen.withLock { $0 += page } }
      let charges = seen.withLock { $0 }
      #expect(Set(charges.compactMap(\.payment)) == Set((0..<count).map { bench.order($0).payment }))
      #expect(charges.count == count)
      #expect(zip(charges, charges.dropFirst()).allSatisfy { $0.createdAt >= $1.createdAt })
      #expect(charges.allSatisfy { $0.state == .succeeded && $0.captured == 1_250 && $0.processorCharge != nil })
      let later = try #require(charges.first).createdAt.adding(.seconds(3_600))
      try await bench.adapter.charges(since: later) { page in #expect(page.isEmpty) }
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func noticesAKeyUsedForSomethingElse(name: String) async throws {
    try await bench(name) { bench in
      _ = try await bench.charged(bench.order())
      guard case .keyMismatch = try await bench.send(.charge(bench.order(amount: 1_300))) else {
        Issue.record("the key was taken for another charge")
        return
      }
      #expect(try await bench.charges().count == 1)
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func knowsItsAccountAndNothingThatIsNotThere(name: String) async throws {
    try await bench(name) { bench in
      let account = try await bench.adapter.account()
      #expect(!account.id.isEmpty)
      #expect(!account.live)
      #expect(try await bench.adapter.account() == account)
      let charge = try await bench.charged(bench.order())
      #expect(try await bench.adapter.charge(charge.processorPayment + "0") == nil)
      #expect(try await bench.adapter.charge("nothing of the kind") == nil)
      #expect(try await bench.adapter.refunds(of: try #require(charge.processorCharge)).isEmpty)
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func saysThatTheKeyHasNoRights(name: String) async throws {
    try await bench(name, withRights: false) { bench in
      guard case .notPermitted = try await bench.send(.charge(bench.order())) else {
        Issue.record("not refused")
        return
      }
      let refusal = await #expect(throws: ProcessorRefusal.self) { try await bench.adapter.account() }
      guard case .notPermitted = refusal else {
        Issue.record("not refused: \(String(describing: refusal))")
        return
      }
    }
  }

  /// The exact bound, rate + 1 in any second, is the pacer's, proved on a simulated clock. On a real one a machine that
  /// stalls may bunch what is on the wire, which is no more than what may be under way at once.
  @Test(arguments: ProcessorCatalogue.names)
  func keepsItsRateAsTheProcessorCountsIt(name: String) async throws {
    let rate = RatePerSecond(40)
    try await bench(name, rate: rate) { bench in
      try await withThrowingTaskGroup { group in
        for number in 0..<80 { group.addTask { _ = try await bench.charged(bench.order(number)) } }
        try await group.waitForAll()
      }
      #expect(try await bench.processor.busiestSecond() <= 41 + Bench.concurrency)
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func getsThroughAProcessorThatLimits(name: String) async throws {
    try await bench(name, .init(rateLimit: 40)) { bench in
      try await withThrowingTaskGroup { group in
        for number in 0..<100 { group.addTask { _ = try await bench.charged(bench.order(number)) } }
        try await group.waitForAll()
      }
      #expect(try await bench.charges().values.allSatisfy { $0 == 1 })
      #expect(try await bench.charges().count == 100)
    }
  }

  /// Repeats what is unknown with the same bytes, and looks up what a repeat cannot tell: as the pipeline does.
  @Test(arguments: ProcessorCatalogue.names)
  func everyChargeIsTakenOnceAndKnownWhateverGoesWrong(name: String) async throws {
    let faults = "lost-response=0.07,reset=0.07,server-error=0.07,rate-limited=0.15,slow=0.05"
    try await bench(name, .init(faults: faults)) { bench in
      let count = 60
      try await withThrowingTaskGroup { group in
        for number in 0..<count {
          group.addTask {
            let order = bench.order(number)
            let request = try bench.adapter.request(for: .charge(order))
            for _ in 0..<50 {
              switch try await bench.adapter.send(request, permit: {}) {
              case .charged(let charge):
                #expect(charge.payment == order.payment)
                return
              case .unknown(_, replayed: true):
                let found = Shared<ProcessorCharge?>(nil)
                try await bench.adapter.charges(since: Timestamp(seconds: 0)) { page in
                  if let own = page.first(where: { $0.payment == order.payment }) { found.withLock { $0 = own } }
                }
                #expect(found.withLock { $0?.state } == .succeeded)
                return
              case .unknown: continue
              case let answer: Issue.record("\(answer)")
              }
            }
            Issue.record("never known")
          }
        }
        try await group.waitForAll()
      }
      #expect(try await bench.charges().count == count)
      #expect(try await bench.charges().values.allSatisfy { $0 == 1 })
    }
  }
}
