import Testing

@testable import ProcessorSandbox

@Suite struct AuthenticationTests {
  @Test(
    arguments: [
      (nil, 401), ("sk_test_x", 200), ("anything", 200), ("sk_live_x", 401), ("sk_test_invalid", 401),
      ("rk_test_restricted", 403),
    ] as [(String?, Int)])
  func keys(_ key: String?, _ status: Int) async throws {
    try await withSandbox { client in
      var client = client
      client.apiKey = key
      let reply = try await client.charge()
      #expect(reply.status == status)
      if status != 200 {
        #expect(reply.error["type"]?.text == "invalid_request_error")
        #expect(!reply.text.contains(key ?? "-"))
      }
      #expect(try await client.ledger().count == (status == 200 ? 1 : 0))
    }
  }

  @Test func theAccountFollowsTheSeed() async throws {
    let first = try await withSandbox { try await $0.get("/v1/account").id }
    let same = try await withSandbox { try await $0.get("/v1/account").id }
    let other = try await withSandbox({ $0.seed = 2 }, { try await $0.get("/v1/account").id })
    #expect(first.hasPrefix("acct_"))
    #expect(first == same)
    #expect(first != other)
  }

  @Test(arguments: ["/v1/nothing", "/v1/payment_intents/pi_none", "/v1/charges/ch_none", "/elsewhere", "/v1/"])
  func unknownPathsAreNotFound(_ path: String) async throws {
    try await withSandbox { client in
      let reply = try await client.get(path)
      #expect(reply.status == 404)
      #expect(reply.error["type"]?.text == "invalid_request_error")
    }
  }

  @Test(arguments: ["", "{}", "{\"advance_seconds\": -1}", "{\"advance_seconds\": 1.5}"])
  func theClockOnlyGoesForward(_ body: String) async throws {
    try await withSandbox { client in
      let reply = try await client.post("/sandbox/clock", [(body, "")])
      #expect(reply.status == 400)
    }
  }
}
