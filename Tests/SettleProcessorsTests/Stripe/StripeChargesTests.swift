import SettleModel
import Testing

@testable import SettleProcessors

struct StripeChargesTests {
  private func intent(_ body: String) throws -> ProcessorCharge? {
    StripeIntents.charge(try #require(StripeAnswers.decode(StripeIntent.self, WireReply(200, body))))
  }

  private func charge(_ changes: [String: String]) throws -> ProcessorCharge? {
    let reply = WireReply(200, Fixture.charge(with: changes))
    return StripeCharges.charge(try #require(StripeAnswers.decode(StripeCharge.self, reply)))
  }

  @Test func tellsAllThatStripeHas() throws {
    let expected = ProcessorCharge(
      processorPayment: "pi_1", processorCharge: "ch_1", state: .succeeded, amount: Fixture.money(1_250),
      captured: 1_250, refunded: 250, disputed: true, payment: Fixture.payment, attempt: 1,
      createdAt: Timestamp(seconds: 1_700_000_000))
    let changes = ["amount_refunded": "250", "disputed": "true"]
    #expect(try charge(changes) == expected)
    #expect(try intent(Fixture.intent(with: ["latest_charge": Fixture.charge(with: changes)])) == expected)
  }

  @Test(arguments: [
    ("succeeded", ProcessorCharge.State.succeeded), ("processing", .pending), ("requires_capture", .held),
    ("canceled", .canceled), ("requires_confirmation", .failed(nil)), ("requires_payment_method", .failed(nil)),
    (
      "requires_action",
      .failed(
        Decline(reason: .cardDeclined, code: "authentication_required", processorPayment: "pi_1", mayRetry: false))
    ),
  ])
  func readsTheStateOfAPayment(status: String, state: ProcessorCharge.State) throws {
    #expect(try intent(Fixture.intent(status))?.state == state)
  }

  @Test func readsTheStateOfACharge() throws {
    let waiting = ["captured": "false", "amount_captured": "0"]
    #expect(try charge([:])?.state == .succeeded)
    #expect(try charge(waiting)?.state == .held)
    #expect(try charge(["status": #""pending""#])?.state == .pending)
    #expect(try charge(["status": #""failed""#])?.state == .failed(nil))
    #expect(try charge(["status": #""next_year""#]) == nil)
    let released = waiting.merging(["refunded": "true", "amount_refunded": "1250"]) { $1 }
    #expect(try charge(released)?.state == .canceled)
    #expect(try charge(released)?.refunded == 0)
    let failed = try charge(["status": #""failed""#, "failure_code": #""expired_card""#])
    #expect(
      failed?.state
        == .failed(Decline(reason: .expiredCard, code: "expired_card", processorPayment: "pi_1", mayRetry: false)))
  }

  @Test func readsStripesOwnUnits() throws {
    let isk = ["currency": #""isk""#, "amount": "50000", "amount_received": "50000"]
    let charge = try #require(try intent(Fixture.intent(with: isk)))
    #expect(charge.amount == Fixture.money(500, "ISK"))
    #expect(charge.captured == 500)
  }

  @Test func belongsToNobodyWithoutMetadata() throws {
    let charge = try #require(try intent(Fixture.intent(lacking: "metadata")))
    #expect(charge.payment == nil)
    #expect(charge.attempt == nil)
  }
}
