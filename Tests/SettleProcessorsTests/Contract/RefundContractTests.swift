import FoundationEssentials
import SettleModel
import Testing

@testable import SettleProcessors

/// What every adapter owes its callers about refunds that do not simply succeed.
@Suite(.timeLimit(.minutes(2)))
struct RefundContractTests {
  private func refunded(_ bench: Bench, _ number: Int, _ instrument: String) async throws -> ProcessorRefund {
    let order = bench.order(number, instrument: instrument)
    let charge = try #require(try await bench.charged(order).processorCharge)
    let refund = RefundOrder(
      refund: RefundID(naming: "contract", "\(number)"), payment: order.payment, processorCharge: charge,
      amount: Fixture.money(250), reason: .duplicateCharge)
    return try #require(try await bench.send(.refund(refund)).refund)
  }

  private func state(_ bench: Bench, _ refund: ProcessorRefund) async throws -> ProcessorRefund.State? {
    try await bench.adapter.refund(refund.reference)?.state
  }

  @Test(arguments: ProcessorCatalogue.names)
  func followsEachToItsEnd(name: String) async throws {
    try await bench(name) { bench in
      let later = try await refunded(bench, 1, bench.instruments.refundedLater)
      let fails = try await refunded(bench, 2, bench.instruments.refundFails)
      let waits = try await refunded(bench, 3, bench.instruments.refundWaits)
      let plain = try await refunded(bench, 4, bench.instruments.good)
      #expect([later, fails, waits, plain].map(\.state) == [.pending, .succeeded, .requiresAction, .succeeded])
      for refund in [later, fails, waits, plain] {
        #expect(try await bench.adapter.refund(refund.reference) == refund)
        let charge = try #require(refund.processorCharge)
        // What is under way counts as refunded, so that nobody refunds it again.
        #expect(try await bench.adapter.charge(charge)?.refunded == 250)
        #expect(try await bench.adapter.refunds(of: charge) == [refund])
      }
      try await bench.processor.nextDay()
      #expect(try await state(bench, later) == .succeeded)
      #expect(try await state(bench, fails) == .failed)
      #expect(try await state(bench, waits) == .requiresAction)
      #expect(try await state(bench, plain) == .succeeded)
      let failed = try #require(try await bench.adapter.refund(fails.reference))
      #expect(failed.failure == "expired_or_canceled_card")
      #expect(try await bench.adapter.charge(try #require(fails.processorCharge))?.refunded == 0)
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func knowsNoRefundThatIsNotThere(name: String) async throws {
    try await bench(name) { bench in
      let refund = try await refunded(bench, 1, bench.instruments.good)
      #expect(try await bench.adapter.refund(refund.reference + "0") == nil)
      #expect(try await bench.adapter.refund("nothing of the kind") == nil)
      #expect(try await bench.adapter.refund("../charges") == nil)
    }
  }

  @Test(arguments: ProcessorCatalogue.names)
  func listsAllOfAnAccountNewestFirst(name: String) async throws {
    try await bench(name) { bench in
      let order = bench.order(amount: 100_000)
      let charge = try #require(try await bench.charged(order).processorCharge)
      let count = 120
      try await withThrowingTaskGroup { group in
        for number in 0..<count {
          group.addTask {
            _ = try await bench.send(
              .refund(
                RefundOrder(
                  refund: RefundID(naming: "many", "\(number)"), payment: order.payment, processorCharge: charge,
                  amount: Fixture.money(100), reason: .duplicateCharge)))
          }
        }
        try await group.waitForAll()
      }
      let seen = Shared<[ProcessorRefund]>([])
      try await bench.adapter.refunds(since: Timestamp(seconds: 0)) { page in seen.withLock { $0 += page } }
      let listed = seen.withLock { $0 }
      #expect(listed.count == count)
      #expect(Set(listed.compactMap(\.refund)) == Set((0..<count).map { RefundID(naming: "many", "\($0)") }))
      #expect(try await bench.adapter.refunds(of: charge) == listed)
      let tomorrow = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)).adding(.seconds(86_400))
      try await bench.adapter.refunds(since: tomorrow) { page in #expect(page.isEmpty) }
    }
  }
}
