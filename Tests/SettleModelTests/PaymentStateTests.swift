import SettleModel
import Testing

@Suite struct PaymentStateTests {
  @Test(arguments: [
    (PaymentState.requested, PaymentState.requested, PaymentState.requested), (.requested, .failed, .failed),
    (.requested, .succeeded, .succeeded), (.failed, .requested, .failed), (.failed, .failed, .failed),
    (.failed, .succeeded, .succeeded), (.succeeded, .requested, .succeeded), (.succeeded, .failed, .succeeded),
    (.succeeded, .succeeded, .succeeded),
  ])
  func onlyEverRises(state: PaymentState, told: PaymentState, after: PaymentState) {
    #expect(state.told(told) == after)
  }

  @Test func theOrderOfTellingDoesNotMatter() {
    for first in PaymentState.allCases {
      for second in PaymentState.allCases {
        #expect(PaymentState.requested.told(first).told(second) == PaymentState.requested.told(second).told(first))
      }
    }
    #expect(PaymentState.allCases.sorted() == [.requested, .failed, .succeeded])
  }
}
