import SettleModel
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
      ("", [("Retry-After", "86400")], .pace(retryAfter: 86_400_000_000_000)),
      ("", [("Retry-After", "86401")], .pace(retryAfter: nil)),
      ("", [("Retry-After", "1.5")], .pace(retryAfter: nil)),
      ("", [("Retry-After", "+2")], .pace(retryAfter: nil)),
      ("", [("Retry-After", "")], .pace(retryAfter: nil)),
      ("", [("Retry-After", "soon")], .pace(retryAfter: nil)),
      (
        "",
        [("Retry-After", "Wed, 21 Oct 2026 07:28:05 GMT"), ("Date", "Wed, 21 Oct 2026 07:27:58 GMT")],
        .pace(retryAfter: 7_000_000_000)
      ),
      (
        "",
        [("Retry-After", "Wed, 21 Oct 2026 07:28:05 GMT"), ("Date", "Wed, 21 Oct 2026 07:28:06 GMT")],
        .pace(retryAfter: nil)
      ),
      (
        "",
        [("Retry-After", "Fri, 23 Oct 2026 07:28:05 GMT"), ("Date", "Wed, 21 Oct 2026 07:28:06 GMT")],
        .pace(retryAfter: nil)
      ),
      (Fixture.error("invalid_request_error", code: "lock_timeout"), [], .object(retryAfter: nil)),
      (
        Fixture.error("invalid_request_error", code: "lock_timeout"), [("retry-after", "1")],
        .object(retryAfter: 1_000_000_000)
      ),
      ("", [("Stripe-Rate-Limited-Reason", "resource-specific")], .object(retryAfter: nil)),
      ("", [("Stripe-Rate-Limited-Reason", "global-rate")], .pace(retryAfter: nil)),
      ("", [("Stripe-Rate-Limited-Reason", "endpoint-rate")], .pace(retryAfter: nil)),
      ("", [("Stripe-Rate-Limited-Reason", "something-new")], .pace(retryAfter: nil)),
      ("", [("Stripe-Rate-Limited-Reason", "global-concurrency")], .concurrency(retryAfter: nil)),
      (
        "", [("Stripe-Rate-Limited-Reason", "endpoint-concurrency"), ("Retry-After", "1")],
        .concurrency(retryAfter: 1_000_000_000)
      ),
    ] as [(String, [(String, String)], RateLimit)])
  func tellsPaceFromContention(body: String, headers: [(String, String)], limit: RateLimit) {
    let reply = WireReply(429, body, headers: headers.map { (name: $0.0, value: $0.1) })
    #expect(StripeAnswers.limit(reply) == limit)
  }

  @Test(
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun Nov  6 08:49:37 1994", nil),
      ("Sun, 31 Feb 1994 08:49:37 GMT", nil),
      ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 06 Nov 1994 08:49:37", nil), ("Sun, 6 Nov 1994 08:49:37 GMT", nil),
    ] as [(String, Int64?)])
  func readsDatesOfHTTP(text: String, seconds: Int64?) {
    #expect(Timestamp(httpDate: text) == seconds.map { Timestamp(seconds: $0) })
  }

  @Test(arguments: [200, 400, 409, 500, 503])
  func onlyA429Limits(status: Int) {
    #expect(StripeAnswers.limit(WireReply(status, "", headers: [("Retry-After", "2")])) == nil)
  }
}
