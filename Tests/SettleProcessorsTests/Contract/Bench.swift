import FoundationEssentials
import SettleModel
import Testing

@testable import SettleProcessors

/// An adapter, the processor that it talks to, and what to charge there.
struct Bench: Sendable {
  /// Requests under way at once.
  static let concurrency = 8

  let adapter: any ConnectedProcessor
  let processor: ProcessorStand.Running
  let instruments: ProcessorStand.Instruments

  func order(
    _ number: Int = 1, attempt: Int = 1, instrument: String? = nil, amount: Int64 = 1_250
  ) -> ChargeOrder {
    ChargeOrder(
      payment: PaymentID(naming: "contract", "order", "\(number)"), orderReference: "Order \(number)/ä",
      attempt: attempt, amount: Fixture.money(amount),
      instrument: Instrument(paymentMethod: instrument ?? instruments.good))
  }

  func send(_ operation: ProcessorOperation) async throws -> ProcessorAnswer {
    try await adapter.send(try adapter.request(for: operation), permit: {})
  }

  func charged(_ order: ChargeOrder) async throws -> ProcessorCharge {
    try #require(try await send(.charge(order)).charge)
  }

  /// Charges in the books, as many as there are, by payment.
  func charges() async throws -> [String: Int] {
    try await processor.ledger().filter { $0.kind == "charge" }
      .reduce(into: [:]) { counts, movement in counts[movement.metadata?["payment_id"] ?? "", default: 0] += 1 }
  }
}

/// Lets an adapter of the catalogue work on a processor of its own.
func bench(
  _ name: String, _ conditions: ProcessorStand.Conditions = .init(), rate: RatePerSecond? = nil,
  withRights: Bool = true, _ body: @escaping @Sendable (Bench) async throws -> Void
) async throws {
  let stand = try #require(ProcessorStand.all.first { $0.name == name }, "\(name) has no stand to be tried on")
  try await stand.run(conditions) { running in
    let settings = ProcessorSettings(
      apiKey: withRights ? running.key : running.keyWithoutRights, apiBase: running.base, rate: rate,
      concurrency: Bench.concurrency,
      patience: Patience(first: .milliseconds(5), longest: .milliseconds(200), limitedTries: 40), seed: 1)
    let adapter = try ProcessorCatalogue.adapter(named: name, settings: settings, logger: LogLines().logger)
    do {
      try await body(Bench(adapter: adapter, processor: running, instruments: stand.instruments))
    } catch {
      await adapter.close()
      throw error
    }
    await adapter.close()
  }
}

extension ProcessorAnswer {
  var charge: ProcessorCharge? { if case .charged(let charge) = self { charge } else { nil } }
  var refund: ProcessorRefund? { if case .refunded(let refund) = self { refund } else { nil } }
  var decline: Decline? { if case .declined(let decline) = self { decline } else { nil } }
}
