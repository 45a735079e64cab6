import Testing

@testable import ProcessorSandbox

@Suite struct HoldTests {
  @Test func aHoldTakesMoneyOnlyWhenCaptured() async throws {
    try await withSandbox { client in
      let held = try await client.charge(1000, and: [("capture_method", "manual")])
      #expect(held.json["status"]?.text == "requires_capture")
      #expect(held.json["amount_capturable"]?.integer == 1000)
      #expect(held.json["amount_received"]?.integer == 0)
      #expect(try await client.ledger().isEmpty)
      let captured = try await client.post("/v1/payment_intents/\(held.id)/capture", key: "c")
      #expect(captured.json["status"]?.text == "succeeded")
      #expect(captured.json["amount_received"]?.integer == 1000)
      #expect(try await client.post("/v1/payment_intents/\(held.id)/capture", key: "c").replayed)
      let again = try await client.post("/v1/payment_intents/\(held.id)/capture", key: "d")
      #expect(again.errorCode == "payment_intent_unexpected_state")
      let ledger = try await client.ledger()
      #expect(ledger.map { $0["idempotency_key"]?.text } == ["c"])
    }
  }

  @Test func aPartialCaptureReleasesTheRestAndIsTwoRowsOfTheReport() async throws {
    try await withSandbox { client in
      let held = try await client.charge(1000, and: [("capture_method", "manual")])
      let path = "/v1/payment_intents/\(held.id)/capture"
      #expect(try await client.post(path, [("amount_to_capture", "1001")]).errorCode == "amount_too_large")
      let form = [("amount_to_capture", "300"), ("metadata[attempt]", "2")]
      let captured = try await client.post(path, form, key: "c")
      #expect(captured.json["amount_received"]?.integer == 300)
      #expect(captured.json["metadata"]?["attempt"]?.text == "2")
      #expect(captured.json["metadata"]?["order_id"]?.text == "order-1")
      #expect(try await client.ledger().map { $0["amount"]?.integer } == [300])
      let rows = try await client.report()
      #expect(rows.map { $0["reporting_category"] } == ["charge", "partial_capture_reversal"])
      #expect(rows.map { $0["gross"] } == ["10.00", "-7.00"])
      #expect(rows[0]["balance_transaction_id"] != rows[1]["balance_transaction_id"])
      let refund = try await client.post("/v1/refunds", [("payment_intent", held.id)])
      #expect(refund.json["amount"]?.integer == 300)
    }
  }

  @Test func aCancelledOrLapsedHoldCannotBeCaptured() async throws {
    try await withSandbox { client in
      let first = try await client.charge(and: [("capture_method", "manual")])
      let cancelled = try await client.post(
        "/v1/payment_intents/\(first.id)/cancel", [("cancellation_reason", "abandoned")])
      #expect(cancelled.json["status"]?.text == "canceled")
      #expect(cancelled.json["cancellation_reason"]?.text == "abandoned")
      let second = try await client.charge(and: [("capture_method", "manual")])
      try await client.advance(7 * 86_400)
      #expect(
        try await client.get("/v1/payment_intents/\(second.id)").json["cancellation_reason"]?.text == "automatic")
      for id in [first.id, second.id] {
        let reply = try await client.post("/v1/payment_intents/\(id)/capture")
        #expect(reply.errorCode == "payment_intent_unexpected_state")
      }
      #expect(try await client.ledger().isEmpty)
    }
  }

  @Test func aSucceededIntentCannotBeCancelled() async throws {
    try await withSandbox { client in
      let intent = try await client.charge()
      let reply = try await client.post("/v1/payment_intents/\(intent.id)/cancel")
      #expect(reply.status == 400)
      #expect(reply.errorCode == "payment_intent_unexpected_state")
    }
  }
}
