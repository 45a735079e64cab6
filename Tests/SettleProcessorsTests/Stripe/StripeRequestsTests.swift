import SettleModel
import Testing

@testable import SettleProcessors

struct StripeRequestsTests {
  private static let id = "3f0b5c1e-0000-5000-8000-00000000000a"
  private static let refund = "3f0b5c1e-0000-5000-8000-00000000000b"

  /// Operation, path, body and key, byte by byte.
  private static let golden: [(ProcessorOperation, String, String, String)] = [
    (
      .charge(Fixture.order()), "/v1/payment_intents",
      "amount=1250&currency=usd&confirm=true&off_session=true&payment_method=pm_card_visa"
        + "&payment_method_types[]=card&metadata[payment_id]=\(id)&metadata[order_id]=A-1&metadata[attempt]=1",
      "settle-\(id)-1"
    ),
    (
      .charge(
        Fixture.order(
          Fixture.money(5, "ISK"), attempt: 3, reference: "Bestellung 7&8",
          instrument: Instrument(paymentMethod: "pm_1", processorCustomer: "cus_1"))),
      "/v1/payment_intents",
      "amount=500&currency=isk&confirm=true&off_session=true&payment_method=pm_1&customer=cus_1"
        + "&payment_method_types[]=card&metadata[payment_id]=\(id)&metadata[order_id]=Bestellung%207%268"
        + "&metadata[attempt]=3",
      "settle-\(id)-3"
    ),
    (
      .confirm(Fixture.order(attempt: 2), processorPayment: "pi_1"), "/v1/payment_intents/pi_1/confirm",
      "payment_method=pm_card_visa&off_session=true", "settle-\(id)-2-confirm"
    ),
    (
      .capture(Fixture.order(instrument: Instrument(hold: "pi_9")), hold: "pi_9"), "/v1/payment_intents/pi_9/capture",
      "amount_to_capture=1250&metadata[payment_id]=\(id)&metadata[order_id]=A-1&metadata[attempt]=1"
        + "&metadata[currency]=usd",
      "settle-\(id)-1-capture"
    ),
    (
      .cancel(Fixture.payment, processorPayment: "pi_1"), "/v1/payment_intents/pi_1/cancel",
      "cancellation_reason=abandoned", "settle-\(id)-cancel-pi_1"
    ),
    (
      .refund(Fixture.refundOrder()), "/v1/refunds",
      "charge=ch_1&amount=1250&reason=duplicate&metadata[refund_id]=\(refund)&metadata[payment_id]=\(id)",
      "settle-\(refund)-refund"
    ),
    (
      .refund(Fixture.refundOrder(Fixture.money(10, "KWD"), charge: "py_1", reason: .amountMismatch)), "/v1/refunds",
      "charge=py_1&amount=10&reason=requested_by_customer&metadata[refund_id]=\(refund)&metadata[payment_id]=\(id)",
      "settle-\(refund)-refund"
    ),
  ]

  @Test func writesExactlyTheseBytes() throws {
    for (operation, path, body, key) in Self.golden {
      let request = try StripeRequests.request(for: operation)
      #expect(
        request
          == ProcessorRequest(
            method: "POST", path: path, body: body, idempotencyKey: key, apiVersion: "2024-06-20"))
      #expect(try StripeRequests.request(for: operation) == request)
    }
  }

  @Test(arguments: [
    ProcessorOperation.charge(Fixture.order(instrument: Instrument(hold: "pi_1"))),
    .charge(Fixture.order(instrument: Instrument(paymentMethod: ""))),
    .charge(Fixture.order(Fixture.money(1_251, "KWD"))),
    .charge(Fixture.order(reference: String(repeating: "x", count: 501))),
    .confirm(Fixture.order(instrument: Instrument()), processorPayment: "pi_1"),
    .confirm(Fixture.order(), processorPayment: "pi_1/cancel"),
    .capture(Fixture.order(), hold: "auth-77"),
    .capture(Fixture.order(), hold: "ch_1"),
    .cancel(Fixture.payment, processorPayment: ""),
    .refund(Fixture.refundOrder(charge: "pi_1")),
    .refund(Fixture.refundOrder(Fixture.money(0))),
  ])
  func refusesWhatStripeCannotDo(operation: ProcessorOperation) {
    let refusal = #expect(throws: ProcessorRefusal.self) { try StripeRequests.request(for: operation) }
    guard case .unsupported = refusal else {
      Issue.record("not unsupported: \(String(describing: refusal))")
      return
    }
  }
}
