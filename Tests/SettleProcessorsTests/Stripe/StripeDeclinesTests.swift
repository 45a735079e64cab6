import SettleModel
import Testing

@testable import SettleProcessors

struct StripeDeclinesTests {
  @Test(arguments: [
    ("insufficient_funds", FailureReason.insufficientFunds, true), ("card_velocity_exceeded", .insufficientFunds, true),
    ("expired_card", .expiredCard, false), ("processing_error", .processingError, true),
    ("issuer_not_available", .processingError, true), ("do_not_honor", .cardDeclined, true),
    ("generic_decline", .cardDeclined, true), ("try_again_later", .cardDeclined, true),
    ("lost_card", .cardDeclined, false), ("stolen_card", .cardDeclined, false), ("pickup_card", .cardDeclined, false),
    ("fraudulent", .cardDeclined, false), ("authentication_required", .cardDeclined, false),
    ("do_not_try_again", .cardDeclined, false), ("revocation_of_authorization", .cardDeclined, false),
    ("duplicate_transaction", .cardDeclined, false), ("incorrect_cvc", .cardDeclined, false),
    ("a_code_of_next_year", .cardDeclined, false),
  ])
  func readsCodes(code: String, reason: FailureReason, mayRetry: Bool) {
    let body = StripeDeclineBody(type: "card_error", code: "card_declined", declineCode: code)
    #expect(
      StripeDeclines.decline(body, processorPayment: "pi_1")
        == Decline(reason: reason, code: code, processorPayment: "pi_1", mayRetry: mayRetry))
  }

  @Test(arguments: [("expired_card", FailureReason.expiredCard), ("card_declined", .cardDeclined)])
  func fallsBackToTheErrorsCode(code: String, reason: FailureReason) {
    let decline = StripeDeclines.decline(StripeDeclineBody(code: code), processorPayment: nil)
    #expect(decline.code == code)
    #expect(decline.reason == reason)
  }

  @Test(arguments: ["do_not_try_again", "confirm_card_data"])
  func heedsAdvice(advice: String) {
    let body = StripeDeclineBody(declineCode: "insufficient_funds", adviceCode: advice)
    #expect(!StripeDeclines.decline(body, processorPayment: nil).mayRetry)
    let other = StripeDeclineBody(declineCode: "lost_card", adviceCode: "try_again_later")
    #expect(!StripeDeclines.decline(other, processorPayment: nil).mayRetry)
  }

  @Test(arguments: ["4242 4242 4242 4242", "Card_Declined", "", "x\ny"])
  func keepsNoTextThatIsNoCode(code: String) {
    let decline = StripeDeclines.decline(StripeDeclineBody(declineCode: code), processorPayment: nil)
    #expect(decline.code == "unreadable_code")
    #expect(!decline.mayRetry)
  }
}
