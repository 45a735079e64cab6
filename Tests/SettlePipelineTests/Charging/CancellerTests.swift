import SettleModel
import SettleTesting
import Testing

@testable import SettlePipeline
@testable import SettleStore

/// What a cancellation may take for proof of money: only a charge that names the payment, in its currency, of its amount
/// at least.
@Suite struct CancellerTests {
  private static let payment = PaymentID(merchant: "m", order: "A-1")
  private static let stranger = PaymentID(merchant: "m", order: "B-2")

  @Test(
    arguments: [
      (payment, Money(1_000, "USD"), true), (payment, Money(1_001, "USD"), true), (payment, Money(999, "USD"), false),
      (payment, Money(1_000, "EUR"), false), (stranger, Money(1_000, "USD"), false), (nil, Money(1_000, "USD"), false),
    ] as [(PaymentID?, Money, Bool)])
  func onlyItsOwnChargeProvesAnything(payment: PaymentID?, amount: Money, isOwn: Bool) {
    let charge = ProcessorCharge(
      processorPayment: "pi_1", processorCharge: "ch_1", state: .succeeded, amount: amount, captured: amount.minor,
      refunded: 0, disputed: false, payment: payment, attempt: 1, createdAt: Timestamp(seconds: 0))
    let cancellation = StoredCancellation(
      payment: Self.payment, processorPayment: "pi_1", amount: Money(1_000, "USD"),
      request: ProcessorRequest(path: "/", body: "", idempotencyKey: "k", apiVersion: "v"),
      storedAt: Timestamp(seconds: 0))
    switch Canceller.result(of: cancellation, .succeeded(charge)).outcome {
    case .ended(.succeeded(charge)): #expect(isOwn)
    case .open(let why): #expect(!isOwn && why == "the processor's charge is not this payment's")
    case .ended(let ending): Issue.record("\(ending)")
    }
  }
}
