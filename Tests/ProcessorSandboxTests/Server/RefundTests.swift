import Testing

@testable import ProcessorSandbox

@Suite struct RefundTests {
  @Test func refundsNeverExceedWhatWasTaken() async throws {
    try await withSandbox { client in
      let intent = try await client.charge(1000)
      let charge = try #require(intent.json["latest_charge"]?.text)
      let form = [
        ("charge", charge), ("amount", "400"), ("reason", "requested_by_customer"), ("metadata[refund_id]", "r1"),
      ]
      let first = try await client.post("/v1/refunds", form, key: "r1")
      #expect(first.json["status"]?.text == "succeeded")
      #expect(first.json["payment_intent"]?.text == intent.id)
      #expect(first.json["metadata"]?["refund_id"]?.text == "r1")
      #expect(try await client.post("/v1/refunds", form, key: "r1").text == first.text)
      let tooMuch = try await client.post("/v1/refunds", [("charge", charge), ("amount", "601")])
      #expect(tooMuch.status == 400)
      #expect(tooMuch.errorCode == "amount_too_large")
      let rest = try await client.post("/v1/refunds", [("payment_intent", intent.id)])
      #expect(rest.json["amount"]?.integer == 600)
      let again = try await client.post("/v1/refunds", [("charge", charge)])
      #expect(again.errorCode == "charge_already_refunded")
      let shown = try await client.get("/v1/charges/\(charge)").json
      #expect(shown["amount_refunded"]?.integer == 1000)
      #expect(shown["refunded"]?.bool == true)
      #expect(try await client.get("/v1/refunds?charge=\(charge)").ids == [rest.id, first.id])
      #expect(try await client.get("/v1/refunds?payment_intent=\(intent.id)&limit=1").ids == [rest.id])
      #expect(try await client.get("/v1/refunds/\(first.id)").text == first.text)
      let refunds = try await client.ledger().filter { $0["kind"]?.text == "refund" }
      #expect(refunds.map { $0["amount"]?.integer } == [400, 600])
      #expect(refunds[0]["charge"]?.text == charge)
      #expect(refunds[0]["payment_intent"]?.text == intent.id)
    }
  }

  /// Many at once for one charge: as many succeed as there is money for.
  @Test func concurrentRefundsNeverExceedEither() async throws {
    try await withSandbox { client in
      let charge = try #require(try await client.charge(1000).json["latest_charge"]?.text)
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<20 {
          group.addTask {
            try await client.post("/v1/refunds", [("charge", charge), ("amount", "150")], key: "r\(number)").status
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(statuses.filter { $0 == 200 }.count == 6)
      #expect(try await client.ledger().filter { $0["kind"]?.text == "refund" }.count == 6)
    }
  }

  @Test(
    arguments: [
      ([("amount", "1")], "parameter_missing"),
      ([("charge", "ch_none")], "resource_missing"),
      ([("payment_intent", "pi_none")], "resource_missing"),
      ([("charge", "ch_none"), ("amount", "0")], "parameter_invalid_integer"),
      ([("charge", "ch_none"), ("reason", "bored")], nil),
    ] as [([(String, String)], String?)])
  func aMalformedRefundIsRefused(_ form: [(String, String)], _ code: String?) async throws {
    try await withSandbox { client in
      let reply = try await client.post("/v1/refunds", form)
      #expect(reply.status == 400)
      #expect(reply.errorCode == code)
    }
  }

  @Test func whatTookNoMoneyHasNothingToRefund() async throws {
    try await withSandbox { client in
      let held = try await client.charge(and: [("capture_method", "manual")])
      #expect(try await client.post("/v1/refunds", [("payment_intent", held.id)]).status == 400)
      let declined = try await client.charge(method: "pm_card_visa_chargeDeclined")
      let charge = try #require(declined.error["charge"]?.text)
      #expect(try await client.post("/v1/refunds", [("charge", charge)]).status == 400)
      #expect(try await client.ledger().isEmpty)
    }
  }
}
