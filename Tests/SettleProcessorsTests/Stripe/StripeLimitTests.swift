import Testing

@testable import SettleProcessors

struct StripeLimitTests {
  @Test(
    arguments: [
      (Fixture.error("invalid_request_error", code: "rate_limit"), [], RateLimit.pace(retryAfter: nil)),
      ("", [], .pace(retryAfter: nil)), ("<html>", [], .pace(retryAfter: nil)),
      ("", [("Retry-After", "2")], .pace(retryAfter: 2_000_000_000)),
      ("", [("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT")], .pace(retryAfter: nil)),
      ("", [("Retry-After", "-1")], .pace(retryAfter: nil)),
      ("", [("Retry-After", "99999999999")], .pace(retryAfter: nil)),
      (Fixture.error("invalid_request_error", code: "lock_timeout"), [], .object(retryAfter: nil)),
      (
        Fixture.error("invalid_request_error", code: "lock_timeout"), [("retry-after", "1")],
        .object(retryAfter: 1_000_000_000)
      ),
      ("", [("Stripe-Rate-Limited-Reason", "resource-specific")], .object(retryAfter: nil)),
      ("", [("Stripe-Rate-Limited-Reason", "global-rate")], .pace(retryAfter: nil)),
    ] as [(String, [(String, String)], RateLimit)])
  func tellsPaceFromContention(body: String, headers: [(String, String)], limit: RateLimit) {
    let reply = WireReply(429, body, headers: headers.map { (name: $0.0, value: $0.1) })
    #expect(StripeAnswers.limit(reply) == limit)
  }

  @Test(arguments: [200, 400, 409, 500, 503])
  func onlyA429Limits(status: Int) {
    #expect(StripeAnswers.limit(WireReply(status, "", headers: [("Retry-After", "2")])) == nil)
  }
}
