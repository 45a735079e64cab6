import Testing

@testable import SettleProcessors

struct StripeReferenceTests {
  @Test(arguments: [
    (StripeReference.payment, "pi_1"), (.payment, "pi_3MtwBwLkdIwHu7ix28a3tqPa"), (.charge, "ch_1"),
    (.charge, "py_1_x"), (.refund, "re_1"), (.refund, "pyr_1"),
  ])
  func takes(kind: StripeReference, id: String) {
    #expect(kind.matches(id))
  }

  @Test(arguments: [
    (StripeReference.payment, ""), (.payment, "pi_"), (.payment, "ch_1"), (.payment, "pi_1/../refunds"),
    (.payment, "pi_1?expand[]=x"), (.payment, "pi_1%2F"), (.payment, "pi_ä"), (.payment, " pi_1"), (.payment, "PI_1"),
    (.payment, "pi_" + String(repeating: "a", count: 253)), (.charge, "pi_1"), (.refund, "ch_1"),
  ])
  func refuses(kind: StripeReference, id: String) {
    #expect(!kind.matches(id))
  }
}
