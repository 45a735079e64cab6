import Logging
import SettleModel
import Testing

@testable import SettleProcessors

/// The adapter as a whole over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct StripeProcessorTests {
  private func stripe<Result: Sendable>(
    _ port: Int, _ body: (StripeProcessor) async throws -> Result
  ) async throws -> Result {
    let settings = ProcessorSettings(
      apiKey: Secret("sk_test_1"), apiBase: "http://127.0.0.1:\(port)", concurrency: 2,
      timeouts: .init(connect: .seconds(5), request: .seconds(20), farewell: .milliseconds(50)),
      patience: Patience(first: .milliseconds(1), longest: .milliseconds(5), limitedTries: 3, failedTries: 2), seed: 1)
    let processor = try StripeProcessor(settings: settings, logger: LogLines().logger)
    do {
      let result = try await body(processor)
      await processor.close()
      return result
    } catch {
      await processor.close()
      throw error
    }
  }

  private func answers(
    _ moves: [Move], to operation: Fixture.Operation
  ) async throws -> (answer: ProcessorAnswer, requests: [String]) {
    try await ScriptedServer.with(moves) { server in
      try await stripe(server.port) { stripe in
        let request = try stripe.request(for: operation.processorOperation)
        return (try await stripe.send(request, permit: {}), server.requests)
      }
    }
  }

  @Test func charges() async throws {
    let (answer, requests) = try await answers([.answer(200, Fixture.intent())], to: .charge)
    guard case .charged(let charge) = answer else {
      Issue.record("not charged: \(answer)")
      return
    }
    #expect(charge.processorPayment == "pi_1")
    #expect(charge.processorCharge == "ch_1")
    #expect(charge.amount == Fixture.money(1_250))
    #expect(charge.captured == 1_250)
    #expect(charge.payment == Fixture.payment)
    let request = try #require(requests.first)
    #expect(request.hasPrefix("POST /v1/payment_intents HTTP/1.1\r\n"))
    #expect(request.contains("Idempotency-Key: settle-\(Fixture.payment)-1\r\n"))
    #expect(request.contains("Stripe-Version: 2024-06-20\r\n"))
    #expect(request.contains("Content-Type: application/x-www-form-urlencoded\r\n"))
  }

  @Test func sendsAStoredRequestAsItWasStored() async throws {
    try await ScriptedServer.with([.answer(200, Fixture.intent())]) { server in
      try await stripe(server.port) { stripe in
        var stored = try stripe.request(for: .charge(Fixture.order()))
        stored.apiVersion = "2023-10-16"
        stored.body += "&description=as%20it%20was"
        _ = try await stripe.send(stored, permit: {})
        #expect(server.requests[0].contains("Stripe-Version: 2023-10-16\r\n"))
        #expect(server.requests[0].hasSuffix(stored.body))
      }
    }
  }

  @Test func sendsNoRequestThatItDoesNotKnow() async throws {
    try await ScriptedServer.with([.answer(200)]) { server in
      try await stripe(server.port) { stripe in
        let strange = ProcessorRequest(
          path: "/v1/payouts", body: "amount=1", idempotencyKey: "k", apiVersion: "2024-06-20")
        await #expect(throws: ProcessorRefusal.self) { try await stripe.send(strange, permit: {}) }
        #expect(server.requests.isEmpty)
      }
    }
  }

  @Test func sendsNothingWithoutPermission() async throws {
    struct Lapsed: Error {}
    try await ScriptedServer.with([.answer(200)]) { server in
      try await stripe(server.port) { stripe in
        let request = try stripe.request(for: .charge(Fixture.order()))
        await #expect(throws: Lapsed.self) { try await stripe.send(request, permit: { throw Lapsed() }) }
        #expect(server.requests.isEmpty)
      }
    }
  }

  @Test func repeatsALimitedRequestByteForByte() async throws {
    let limits: [Move] = [.answer(429), .answer(429, Fixture.error("invalid_request_error", code: "lock_timeout"))]
    let (answer, requests) = try await answers(limits + [.answer(200, Fixture.intent())], to: .charge)
    guard case .charged = answer else {
      Issue.record("not charged: \(answer)")
      return
    }
    #expect(requests.count == 3)
    #expect(Set(requests).count == 1)
  }

  @Test func answersWhatTheNetworkDid() async throws {
    #expect(try await answers([.close], to: .charge).answer.isUnknown)
    #expect(try await answers([.answer(200, "{")], to: .charge).answer.isUnknown)
    #expect(try await answers([.answer(200, String(repeating: "x", count: 1_000_001))], to: .charge).answer.isUnknown)
    #expect(try await answers([.answer(302, "", headers: "Location: /v1/x\r\n")], to: .charge).answer.isUnknown)
    guard case .later = try await answers([.answer(429)], to: .charge).answer else {
      Issue.record("not later")
      return
    }
    let closed = try ClosedPort()
    let port = closed.number
    let answer = try await stripe(port) { stripe in
      try await stripe.send(try stripe.request(for: .charge(Fixture.order())), permit: {})
    }
    guard case .unreachable = answer else {
      Issue.record("not unreachable: \(answer)")
      return
    }
  }

  @Test func findsItsOwnRefundWhereTooLittleIsLeftToRefund() async throws {
    let refused = Move.answer(400, Fixture.error("invalid_request_error", code: "amount_too_large"))
    let own = try await answers([refused, .answer(200, Fixture.list([Fixture.refundBody()]))], to: .refund)
    guard case .refunded(let refund) = own.answer else {
      Issue.record("not refunded: \(own.answer)")
      return
    }
    #expect(refund.reference == "re_1")
  }

  @Test func findsItsOwnRefundWhereNothingIsLeftToRefund() async throws {
    let refused = Move.answer(400, Fixture.error("invalid_request_error", code: "charge_already_refunded"))
    let other = Fixture.refundBody(with: ["id": #""re_0""#, "metadata": "{}"])
    let own = try await answers([refused, .answer(200, Fixture.list([other, Fixture.refundBody()]))], to: .refund)
    guard case .refunded(let refund) = own.answer else {
      Issue.record("not refunded: \(own.answer)")
      return
    }
    #expect(refund.reference == "re_1")
    let others = try await answers([refused, .answer(200, Fixture.list([other]))], to: .refund)
    guard case .refused("charge_already_refunded", _) = others.answer else {
      Issue.record("not refused: \(others.answer)")
      return
    }
    #expect(try await answers([refused, .answer(503)], to: .refund).answer.isUnknown)
  }

  @Test func knowsItsAccount() async throws {
    let account = try await ScriptedServer.with([.answer(200, #"{"id":"acct_1","object":"account"}"#)]) { server in
      try await stripe(server.port) { try await $0.account() }
    }
    #expect(account == ProcessorAccount(id: "acct_1", live: false))
  }
}

extension ProcessorAnswer {
  fileprivate var isUnknown: Bool { if case .unknown = self { true } else { false } }
}
