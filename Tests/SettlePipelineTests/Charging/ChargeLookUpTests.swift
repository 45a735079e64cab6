import SettleModel
import Testing

@testable import SettlePipeline
@testable import SettleStore

/// What a look-up may take for its own: only a charge that names the payment, in its currency, of its amount at least.
@Suite struct ChargeLookUpTests {
  private static let payment = PaymentID(merchant: "m", order: "A-1")
  private static let stranger = PaymentID(merchant: "m", order: "B-2")

  static let found: [(payment: PaymentID?, amount: Int64, currency: String, isOwn: Bool)] = [
    (payment, 90_000, "USD", true), (stranger, 90_000, "USD", false), (nil, 90_000, "USD", false),
    (payment, 100, "USD", false), (payment, 90_000, "EUR", false), (payment, 90_100, "USD", true),
  ]

  @Test(arguments: found)
  func onlyItsOwnChargeProvesAnything(payment: PaymentID?, amount: Int64, currency: String, isOwn: Bool) async throws {
    let currency = try #require(Currency(currency))
    let charge = ProcessorCharge(
      processorPayment: "pi_1", processorCharge: "ch_1", state: .succeeded,
      amount: Money(minor: amount, currency: currency), captured: amount, refunded: 0, disputed: false,
      payment: payment, attempt: 1, createdAt: Timestamp(seconds: 0))
    let usd = try #require(Currency("USD"))
    let attempt = StoredAttempt(
      payment: Self.payment, attempt: 1, amount: Money(minor: 90_000, currency: usd),
      request: ProcessorRequest(path: "/", body: "", idempotencyKey: "k", apiVersion: "v"),
      storedAt: Timestamp(seconds: 0), keyExpires: Timestamp(seconds: 82_800), lookUp: true, processorPayment: "pi_1")
    var lookUp = ChargeLookUp(processor: LookedUpProcessor(charge: charge))
    let results = try await lookUp.results(for: [attempt], at: Timestamp(seconds: 1))
    #expect(results.count == 1)
    guard let outcome = results.first?.outcome else { return }
    switch outcome {
    case .ended(.succeeded): #expect(isOwn)
    case .open(let why, lookUp: true, processorPayment: nil):
      #expect(!isOwn && why == "the processor's charge is not this payment's")
    default: Issue.record("\(outcome)")
    }
  }
}
