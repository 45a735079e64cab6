import SettleModel
import Testing

@testable import SettleProcessors

struct StripeExpectationTests {
  @Test func readsBackWhatEachRequestIsAbout() throws {
    let charge = try #require(try Fixture.expectation(.charge))
    #expect(charge.kind == .charge)
    #expect(charge.amount == 1_250)
    #expect(charge.currency == "usd")
    let confirm = try #require(try Fixture.expectation(.confirm))
    #expect(confirm.kind == .confirm(processorPayment: "pi_1"))
    let capture = try #require(try Fixture.expectation(.capture))
    #expect(capture.kind == .capture(hold: "pi_1"))
    #expect(capture.amount == 1_250)
    #expect(capture.currency == "usd")
    let cancel = try #require(try Fixture.expectation(.cancel))
    #expect(cancel.kind == .cancel(processorPayment: "pi_1"))
    let refund = try #require(try Fixture.expectation(.refund))
    #expect(refund.kind == .refund(processorCharge: "ch_1", refund: Fixture.refund))
    #expect(refund.amount == 1_250)
    for operation in Fixture.Operation.allCases {
      #expect(try Fixture.expectation(operation)?.payment == Fixture.payment)
    }
  }

  @Test(arguments: [
    ("GET", "/v1/payment_intents", "amount=1&currency=usd"), ("POST", "@example.com/v1/payment_intents", "amount=1"),
    ("POST", "//example.com/v1/payment_intents", "amount=1&currency=usd"), ("POST", "/v2/payment_intents", "amount=1"),
    ("POST", "/v1/payment_intents", "currency=usd"), ("POST", "/v1/payment_intents/pi_1", "amount=1"),
    ("POST", "/v1/payment_intents/pi_1/capture", ""), ("POST", "/v1/payment_intents/pi-1/confirm", ""),
    ("POST", "/v1/payment_intents/pi_1/confirm?x=y", ""), ("POST", "/v1/refunds", "charge=ch_1&amount=1"),
    ("POST", "/v1/payouts", "amount=1&currency=usd"), ("POST", "", ""),
  ])
  func knowsNoOtherRequest(method: String, path: String, body: String) {
    let request = ProcessorRequest(
      method: method, path: path, body: body, idempotencyKey: "settle-\(Fixture.payment)-1", apiVersion: "2024-06-20")
    #expect(StripeExpectation(request) == nil)
  }

  @Test func needsToKnowThePayment() {
    let request = ProcessorRequest(
      path: "/v1/payment_intents/pi_1/confirm", body: "", idempotencyKey: "other", apiVersion: "2024-06-20")
    #expect(StripeExpectation(request) == nil)
  }
}
