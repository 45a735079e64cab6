import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Synchronization
import Testing

@testable import ProcessorSandbox

@Suite struct WebhookSenderTests {
  /// The endpoint refuses the first delivery, so that every event that is seen twice was retried.
  @Test func eventsArriveSignedAndAreRetried() async throws {
    let (deliveries, received) = AsyncStream<(signature: String, body: [UInt8])>.makeStream()
    let refusals = Refusals(1)
    let router = Router()
    router.post("/hook") { request, _ -> HTTPResponse.Status in
      let body = try await request.body.collect(upTo: 1 << 20)
      if refusals.take() { return .internalServerError }
      let name = try #require(HTTPField.Name("Stripe-Signature"))
      received.yield((request.headers[name] ?? "", Array(body.readableBytesView)))
      return .ok
    }
    let endpoint = Application(router: router, logger: .quiet)
    try await endpoint.test(.live) { hook in
      let port = try #require(hook.port)
      try await withSandbox {
        $0.webhookURL = "http://localhost:\(port)/hook"
        $0.webhookSecret = "whsec_test"
      } _: { client in
        let paid = try await client.charge(key: "k1")
        _ = try await client.charge(method: "pm_card_visa_chargeDeclined")
        _ = try await client.post("/v1/refunds", [("payment_intent", paid.id)])
        var types: Set<String> = []
        for await (signature, body) in deliveries {
          let event = try #require(JSONValue(parsing: body))
          let time = try #require(signature.split(separator: ",").first?.dropFirst(2))
          let expected = WebhookSender.signature(of: body, secret: "whsec_test", at: try #require(Int64(time)))
          #expect(signature == expected)
          let type = try #require(event["type"]?.text)
          if type == "payment_intent.succeeded" {
            #expect(event["data"]?["object"]?["id"]?.text == paid.id)
            #expect(event["request"]?["idempotency_key"]?.text == "k1")
          }
          types.insert(type)
          if types.count == 5 { break }
        }
        #expect(
          types == [
            "payment_intent.succeeded", "payment_intent.payment_failed", "refund.created", "charge.refunded",
            "refund.updated",
          ])
      }
    }
  }

  @Test func anEndpointThatIsDownDelaysNothing() async throws {
    try await withSandbox {
      $0.webhookURL = "http://127.0.0.1:1/hook"
      $0.webhookSecret = "whsec_test"
    } _: { client in
      let replies = [try await client.charge(), try await client.charge()]
      #expect(replies.map(\.status) == [200, 200])
    }
  }

  /// The value was computed with `openssl dgst -sha256 -hmac whsec_test` over `1700000000.{}`.
  @Test func theSignatureIsStripes() {
    #expect(
      WebhookSender.signature(of: Array("{}".utf8), secret: "whsec_test", at: 1_700_000_000)
        == "t=1700000000,v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91")
  }

  @Test func aSecretIsNeeded() async throws {
    try await withFolder { folder in
      let configuration = SandboxConfiguration(dataDirectory: folder, webhookURL: "http://127.0.0.1:1/")
      #expect(throws: SandboxError.self) { try Sandbox(configuration: configuration, logger: .quiet) }
    }
  }
}

/// Gives so many refusals, then none.
private final class Refusals: Sendable {
  private let left: Mutex<Int>

  init(_ count: Int) {
    left = Mutex(count)
  }

  func take() -> Bool {
    left.withLock { left in
      defer { left -= 1 }
      return left > 0
    }
  }
}
