import SettleModel
import Testing

@testable import SettleFiles

@Suite struct AuthorizationReaderTests {
  @Test func readsEveryColumnInAnyOrder() throws {
    let text = """
      currency,amount,order_id,capture_before,processor_reference,customer_id,authorization_id,processor_customer,\
      payment_method,authorized_at
      USD,1250,ORDER-1,2026-11-27T00:00:00+01:00,pi_1,Zoë,AUTH-9,cus_1,pm_card_visa,2026-11-20T08:05:00Z

      """
    let row = try #require(try rows(text).first?.authorization)
    let expected = Authorization(
      orderReference: "ORDER-1", authorizationID: "AUTH-9", customerReference: "Zoë", amount: try money(1250, "USD"),
      instrument: Instrument(
        paymentMethod: "pm_card_visa", processorCustomer: "cus_1", hold: "pi_1",
        captureBefore: Timestamp(rfc3339: "2026-11-26T23:00:00Z")),
      authorizedAt: Timestamp(rfc3339: "2026-11-20T08:05:00Z"), line: 2)
    #expect(row == expected)
  }
}
