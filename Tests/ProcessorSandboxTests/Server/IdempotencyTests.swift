import Testing

@testable import ProcessorSandbox

@Suite struct IdempotencyTests {
  @Test func aRepeatGetsTheSavedBytesAndMovesNothing() async throws {
    try await withSandbox { client in
      let first = try await client.charge(key: "k")
      // What has happened since does not show in a saved answer.
      _ = try await client.post("/v1/refunds", [("payment_intent", first.id)])
      let second = try await client.charge(key: "k")
      #expect(second.text == first.text)
      #expect(second.status == 200)
      #expect(!first.replayed)
      #expect(second.replayed)
      #expect(try await client.ledger().filter { $0["kind"]?.text == "charge" }.count == 1)
    }
  }

  @Test func aDeclineIsSavedToo() async throws {
    try await withSandbox { client in
      let first = try await client.charge(method: "pm_card_visa_chargeDeclined", key: "k")
      let second = try await client.charge(method: "pm_card_visa_chargeDeclined", key: "k")
      #expect(second.status == 402)
      #expect(second.text == first.text)
      #expect(second.replayed)
      let id = try #require(first.error["payment_intent"]?["id"]?.text)
      let succeeded = try await client.post(
        "/v1/payment_intents/\(id)/confirm", [("payment_method", "pm_card_visa")], key: "k2")
      #expect(succeeded.json["status"]?.text == "succeeded")
      let refused = try await client.post("/v1/payment_intents/\(id)/confirm", key: "k3")
      #expect(try await client.post("/v1/payment_intents/\(id)/confirm", key: "k3").text == refused.text)
    }
  }

  @Test func otherParametersOrAnotherEndpointAreRefused() async throws {
    try await withSandbox { client in
      let first = try await client.charge(1000, key: "k")
      let other = try await client.charge(1001, key: "k")
      #expect(other.status == 400)
      #expect(other.error["type"]?.text == "idempotency_error")
      #expect(!other.replayed)
      let elsewhere = try await client.post("/v1/refunds", [("payment_intent", first.id)], key: "k")
      #expect(elsewhere.error["type"]?.text == "idempotency_error")
      #expect(try await client.charge(1000, key: "k").text == first.text)
      #expect(try await client.ledger().count == 1)
    }
  }

  @Test func theSameKeyOfAnotherAccountIsAnotherKey() async throws {
    try await withSandbox { client in
      var other = client
      other.apiKey = "sk_test_two"
      let first = try await client.charge(key: "k")
      let second = try await other.charge(key: "k")
      #expect(second.id != first.id)
      #expect(!second.replayed)
    }
  }

  @Test func whatFailsValidationIsNotSaved() async throws {
    try await withSandbox { client in
      let malformed = try await client.post("/v1/payment_intents", [("amount", "x"), ("currency", "usd")], key: "k")
      #expect(malformed.status == 400)
      #expect(try await client.charge(key: "k").status == 200)
      #expect(try await client.charge(key: String(repeating: "k", count: 256)).status == 400)
    }
  }

  @Test func aKeyInUseIsRefusedUntilItsAnswerIsOut() async throws {
    try await withSandbox {
      $0.faults = try FaultRates([.slow: 1])
      $0.slowness = .seconds(8)
    } _: { client in
      async let first = client.charge(key: "k")
      // The money moves at once and the answer comes later, so the ledger tells when the first is under way.
      while try await client.ledger().isEmpty { await Task.yield() }
      let second = try await client.charge(key: "k")
      #expect(second.status == 409)
      #expect(second.errorCode == "idempotency_key_in_use")
      #expect(second.error["type"]?.text == "idempotency_error")
      #expect(try await first.status == 200)
      #expect(try await client.ledger().count == 1)
    }
  }

  @Test func aPrunedKeyExecutesAnew() async throws {
    try await withSandbox {
      $0.keyLife = 3600
    } _: { client in
      let first = try await client.charge(key: "k")
      // Short by far more than this test can take.
      try await client.advance(3600 - 900)
      #expect(try await client.charge(key: "k").replayed)
      try await client.advance(900)
      let late = try await client.charge(key: "k")
      #expect(!late.replayed)
      #expect(late.id != first.id)
      // In the last hour of a day the clock has gone past midnight, and the ledger has a payout, too.
      #expect(try await client.ledger().filter { $0["kind"]?.text == "charge" }.count == 2)
    }
  }
}
