import Logging
import SettleModel

/// Stripe, over its HTTP API.
final class StripeProcessor: ConnectedProcessor {
  static let address = "https://api.stripe.com"
  private static let keyVariable = "STRIPE_API_KEY"
  private static let baseVariable = "STRIPE_API_BASE"

  let name = "stripe"
  /// Stripe prunes keys once they are at least 24 hours old.
  let keyLife = Duration.seconds(24 * 3_600)

  private let transport: HTTPWire
  private let wire: PacedWire
  private let lookups: StripeLookups
  private let isLive: Bool

  init(settings: ProcessorSettings, logger: Logger) throws(ProcessorSettingsError) {
    let base = try BaseAddress(settings.apiBase ?? Self.address, variable: Self.baseVariable)
    let key = try StripeKey(settings.apiKey, base: base, variable: Self.keyVariable)
    isLive = key.isLive
    transport = HTTPWire(
      base: base, key: key.secret, concurrency: settings.concurrency, timeouts: settings.timeouts, logger: logger)
    wire = PacedWire(
      transport, rate: settings.rate, concurrency: settings.concurrency, patience: settings.patience,
      seed: settings.seed,
      limit: StripeAnswers.limit)
    lookups = StripeLookups(wire: wire, patience: settings.patience)
  }

  var executor: (any TaskExecutor)? { transport.executor }

  func close() async { await transport.close() }

  func request(for operation: ProcessorOperation) throws -> ProcessorRequest {
    try StripeRequests.request(for: operation)
  }

  func send(_ request: ProcessorRequest, permit: @Sendable () throws -> Void) async throws -> ProcessorAnswer {
    guard let expectation = StripeExpectation(request) else {
      throw ProcessorRefusal.unsupported(
        "a stored request is none that this version of settle sends to Stripe; finish it with the version that made it")
    }
    let call = WireCall(
      method: request.method, path: request.path,
      headers: [
        ("Content-Type", "application/x-www-form-urlencoded"), ("Idempotency-Key", request.idempotencyKey),
        ("Stripe-Version", request.apiVersion),
      ], body: request.body, longestReply: 1_000_000)
    switch try await wire.exchange(call, permit: permit) {
    case .lost(let why): return .unknown(why: why, replayed: false)
    case .unreachable(let why): return .unreachable(why: why)
    case .later(let why): return .later(why: why)
    case .reply(let reply):
      let answer = StripeAnswers.answer(to: expectation, reply)
      guard case .refused = answer, case .refund(let charge, let id) = expectation.kind else { return answer }
      return try await refundAlreadyMade(id, of: charge) ?? answer
    }
  }

  /// A refund is refused, and it may be this very one that took what is now missing, its answer having been lost: the
  /// whole of a charge (`charge_already_refunded`) or a part (`amount_too_large`).
  private func refundAlreadyMade(_ id: RefundID, of charge: String) async throws -> ProcessorAnswer? {
    do {
      return try await lookups.refunds(of: charge).last { $0.refund == id }.map { .refunded($0) }
    } catch let refusal as ProcessorRefusal {
      return .unknown(
        why: "it refuses the refund, and whether it had made it before could not be looked up: \(refusal)",
        replayed: true)
    }
  }

  func charge(_ reference: String) async throws -> ProcessorCharge? { try await lookups.charge(reference) }

  func charges(since start: Timestamp, page: @Sendable ([ProcessorCharge]) async throws -> Void) async throws {
    try await lookups.charges(since: start, page: page)
  }

  func tries(of processorPayment: String) async throws -> Int { try await lookups.tries(of: processorPayment) }

  func refunds(of processorCharge: String) async throws -> [ProcessorRefund] {
    try await lookups.refunds(of: processorCharge)
  }

  func refund(_ reference: String) async throws -> ProcessorRefund? { try await lookups.refund(reference) }

  func refunds(since start: Timestamp, page: @Sendable ([ProcessorRefund]) async throws -> Void) async throws {
    try await lookups.refunds(since: start, page: page)
  }

  func account() async throws -> ProcessorAccount {
    ProcessorAccount(id: try await lookups.account(), live: isLive)
  }
}
