import Testing

@testable import SettleProcessors

struct StripeWordsTests {
  @Test(arguments: [
    ("No such PaymentMethod: 'pm_1'", "No such PaymentMethod: 'pm_1'"),
    ("Card 4242424242424242 is no token", "Card […]is no token"),
    ("Card 4242 4242 4242 4242", "Card […]"), ("Card 4242-4242-4242-4242.", "Card […]."),
    ("Amount 99999999999 is too large", "Amount 99999999999 is too large"),
    ("at most 8 digits, 12 or 30 days", "at most 8 digits, 12 or 30 days"),
    ("Invalid API Key provided: sk_test_abc123", "Invalid API Key provided: […]"),
    ("line\nbreak\u{1B}[31m", "line break [31m"), ("", ""),
  ])
  func redacts(message: String, kept: String) {
    #expect(StripeWords.redacted(message) == kept)
  }

  @Test func isBounded() {
    #expect(StripeWords.redacted(String(repeating: "ab ", count: 100_000)).count == 300)
    #expect(!StripeWords.redacted(String(repeating: "x", count: 1_995) + "4242424242424242").contains("4242"))
  }

  @Test(arguments: [("amount_too_small", "amount_too_small"), ("", "unreadable_code"), ("A b", "unreadable_code")])
  func keepsCodes(code: String, kept: String) {
    #expect(StripeWords.code(code) == kept)
    #expect(StripeWords.code(String(repeating: "a", count: 65)) == "unreadable_code")
  }
}
