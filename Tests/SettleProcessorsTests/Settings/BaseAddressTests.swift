import Testing

@testable import SettleProcessors

struct BaseAddressTests {
  @Test(arguments: [
    ("https://api.stripe.com", "https://api.stripe.com", false),
    ("HTTPS://API.Stripe.com/", "https://api.stripe.com", false),
    ("https://127.0.0.1:8443", "https://127.0.0.1:8443", true),
    ("http://127.0.0.1:4242", "http://127.0.0.1:4242", true),
    ("http://127.255.1.9:1", "http://127.255.1.9:1", true),
    ("http://localhost:4242/", "http://localhost:4242", true),
    ("http://[::1]:4242", "http://[::1]:4242", true),
  ])
  func readsHostAndPort(given: String, text: String, isLoopback: Bool) throws {
    let base = try BaseAddress(given, variable: "STRIPE_API_BASE")
    #expect(base.text == text)
    #expect(base.isLoopback == isLoopback)
  }

  @Test(arguments: [
    ("", "no address"), ("api.stripe.com", "no address"), ("https://", "no address"),
    ("https://api.stripe.com\n", "no address"), ("https://a b", "no address"), ("https://höst", "no address"),
    ("ftp://api.stripe.com", "not ftp"), ("unix:///tmp/socket", "no address"),
    ("http://api.stripe.com", "plain http"), ("http://127.0.0.1.example.com", "plain http"),
    ("http://127.1", "plain http"), ("http://0177.0.0.1", "plain http"), ("http://127.0.0.256", "plain http"),
    ("http://128.0.0.1", "plain http"), ("http://localhost.example.com", "plain http"), ("http://[::2]", "plain http"),
    ("https://key@api.stripe.com", "user"), ("https://:pass@api.stripe.com", "password"),
    ("https://api.stripe.com/v1", "without /v1"), ("https://api.stripe.com?a=b", "after the host"),
    ("https://api.stripe.com#f", "after the host"), ("https://api.stripe.com:0", "port"),
    ("https://api.stripe.com:65536", "port"),
  ])
  func refuses(given: String, why: String) {
    let refusal = #expect(throws: ProcessorSettingsError.self) {
      try BaseAddress(given, variable: "STRIPE_API_BASE")
    }
    #expect(refusal?.description.contains(why) == true)
    #expect(refusal?.description.contains("STRIPE_API_BASE") == true)
  }
}
