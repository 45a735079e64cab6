import Testing

@testable import ProcessorSandbox

@Suite struct PaymentIntentTests {
  @Test func aConfirmedIntentTakesTheMoneyAndTheLedgerTells() async throws {
    try await withSandbox { client in
      let reply = try await client.charge(1999, key: "k1", order: "A-1", and: [("metadata[payment_id]", "p1")])
      #expect(reply.status == 200)
      #expect(reply.json["status"]?.text == "succeeded")
      #expect(reply.json["amount_received"]?.integer == 1999)
      #expect(reply.json["metadata"]?["payment_id"]?.text == "p1")
      #expect(reply.header("Request-Id")?.hasPrefix("req_") == true)
      let ledger = try await client.ledger()
      let movement = try #require(ledger.first)
      #expect(ledger.count == 1)
      #expect(movement["kind"]?.text == "charge")
      #expect(movement["amount"]?.integer == 1999)
      #expect(movement["currency"]?.text == "usd")
      #expect(movement["payment_intent"]?.text == reply.id)
      #expect(movement["id"]?.text == reply.json["latest_charge"]?.text)
      #expect(movement["metadata"]?["order_id"]?.text == "A-1")
      #expect(movement["idempotency_key"]?.text == "k1")
      #expect(movement["anomaly"] == nil)
      #expect(try await client.get("/v1/payment_intents/\(reply.id)").json["status"]?.text == "succeeded")
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let method: String
    let code: String
    var declineCode: String?
    var testDescription: String { method }
  }

  @Test(arguments: [
    Refusal(method: "pm_card_visa_chargeDeclined", code: "card_declined", declineCode: "generic_decline"),
    Refusal(
      method: "pm_card_visa_chargeDeclinedInsufficientFunds", code: "card_declined", declineCode: "insufficient_funds"),
    Refusal(method: "pm_card_visa_chargeDeclinedLostCard", code: "card_declined", declineCode: "lost_card"),
    Refusal(method: "pm_card_visa_chargeDeclinedStolenCard", code: "card_declined", declineCode: "stolen_card"),
    Refusal(method: "pm_card_chargeDeclinedFraudulent", code: "card_declined", declineCode: "fraudulent"),
    Refusal(method: "pm_card_chargeCustomerFail", code: "card_declined", declineCode: "generic_decline"),
    Refusal(method: "pm_card_chargeDeclinedExpiredCard", code: "expired_card"),
    Refusal(method: "pm_card_visa_chargeDeclinedExpiredCard", code: "expired_card"),
    Refusal(method: "pm_card_chargeDeclinedProcessingError", code: "processing_error"),
    Refusal(method: "pm_card_chargeDeclinedIncorrectCvc", code: "incorrect_cvc"),
  ])
  func aDeclineSaysWhyAndMovesNothing(_ refusal: Refusal) async throws {
    try await withSandbox { client in
      let reply = try await client.charge(method: refusal.method, key: "k")
      #expect(reply.status == 402)
      #expect(reply.error["type"]?.text == "card_error")
      #expect(reply.errorCode == refusal.code)
      #expect(reply.error["decline_code"]?.text == refusal.declineCode)
      #expect(reply.error["charge"]?.text?.hasPrefix("ch_") == true)
      let intent = try #require(reply.error["payment_intent"])
      #expect(intent["status"]?.text == "requires_payment_method")
      #expect(intent["last_payment_error"]?["code"]?.text == refusal.code)
      #expect(try await client.ledger().isEmpty)
    }
  }

  @Test func aDeclinedIntentCanBeConfirmedWithAnotherMethodOnlyUntilItSucceeds() async throws {
    try await withSandbox { client in
      let declined = try await client.charge(method: "pm_card_visa_chargeDeclined", key: "k1")
      let id = try #require(declined.error["payment_intent"]?["id"]?.text)
      let again = try await client.post("/v1/payment_intents/\(id)/confirm", key: "k2")
      #expect(again.errorCode == "payment_intent_unexpected_state", "a decline takes the method off the intent")
      let form = [("payment_method", "pm_card_mastercard"), ("off_session", "true")]
      let other = try await client.post("/v1/payment_intents/\(id)/confirm", form, key: "k3")
      #expect(other.status == 200)
      #expect(other.id == id)
      #expect(other.json["status"]?.text == "succeeded")
      let third = try await client.post("/v1/payment_intents/\(id)/confirm", form, key: "k4")
      #expect(third.status == 400)
      #expect(third.errorCode == "payment_intent_unexpected_state")
      #expect(third.error["payment_intent"]?["status"]?.text == "succeeded")
      #expect(try await client.ledger().count == 1)
      #expect(try await client.get("/v1/charges?payment_intent=\(id)").ids.count == 2)
    }
  }

  @Test func authenticationIsAskedForOnSessionAndDeclinedOffSession() async throws {
    try await withSandbox { client in
      let method = "pm_card_authenticationRequired"
      let here = try await client.charge(method: method)
      #expect(here.json["status"]?.text == "requires_action")
      let away = try await client.charge(method: method, and: [("off_session", "true")])
      #expect(away.status == 402)
      #expect(away.errorCode == "authentication_required")
    }
  }

  @Test func processingTakesADay() async throws {
    try await withSandbox { client in
      let reply = try await client.charge(method: "pm_sandbox_processing")
      #expect(reply.json["status"]?.text == "processing")
      #expect(try await client.ledger().isEmpty)
      try await client.advance(86_400)
      #expect(try await client.get("/v1/payment_intents/\(reply.id)").json["status"]?.text == "succeeded")
      #expect(try await client.ledger().count == 1)
    }
  }

  struct Malformed: Sendable, CustomTestStringConvertible {
    let form: [String: String?]
    let code: String?
    let param: String
    var testDescription: String { "\(param) \(form)" }
  }

  @Test(arguments: [
    Malformed(form: ["amount": nil], code: "parameter_missing", param: "amount"),
    Malformed(form: ["currency": nil], code: "parameter_missing", param: "currency"),
    Malformed(form: ["amount": "12.50"], code: "parameter_invalid_integer", param: "amount"),
    Malformed(form: ["amount": "-5"], code: "parameter_invalid_integer", param: "amount"),
    Malformed(form: ["amount": "0"], code: "parameter_invalid_integer", param: "amount"),
    Malformed(form: ["amount": "99999999999"], code: "amount_too_large", param: "amount"),
    Malformed(form: ["amount": "99999999999999999999"], code: "parameter_invalid_integer", param: "amount"),
    Malformed(form: ["currency": "xyz"], code: nil, param: "currency"),
    Malformed(form: ["currency": "kwd", "amount": "1001"], code: nil, param: "amount"),
    Malformed(form: ["currency": "isk", "amount": "150"], code: nil, param: "amount"),
    Malformed(form: ["card": "x"], code: "parameter_unknown", param: "card"),
    Malformed(form: ["payment_method": "pm_nobody"], code: "resource_missing", param: "payment_method"),
    Malformed(form: ["payment_method": nil], code: "parameter_missing", param: "payment_method"),
    Malformed(form: ["confirm": "yes"], code: nil, param: "confirm"),
    Malformed(form: ["expand[]": "nonsense"], code: nil, param: "expand"),
  ])
  func aMalformedRequestIsRefused(_ malformed: Malformed) async throws {
    try await withSandbox { client in
      var form: [String: String] = [
        "amount": "1000", "currency": "usd", "payment_method": "pm_card_visa", "confirm": "true",
      ]
      for (name, value) in malformed.form { form[name] = value }
      let reply = try await client.post("/v1/payment_intents", form.map { ($0.key, $0.value) })
      #expect(reply.status == 400)
      #expect(reply.error["type"]?.text == "invalid_request_error")
      #expect(reply.errorCode == malformed.code)
      #expect(reply.error["param"]?.text == malformed.param)
      #expect(try await client.ledger().isEmpty)
    }
  }

  @Test func theLatestChargeIsShownInFullWhereAsked() async throws {
    try await withSandbox { client in
      let reply = try await client.charge(700, and: [("expand[]", "latest_charge")])
      #expect(reply.json["latest_charge"]?["amount_captured"]?.integer == 700)
      let shown = try await client.get("/v1/payment_intents/\(reply.id)?expand%5B%5D=latest_charge")
      #expect(shown.json["latest_charge"]?["id"] == reply.json["latest_charge"]?["id"])
    }
  }

  @Test func listsGoFromTheNewestInPages() async throws {
    try await withSandbox { client in
      var made: [String] = []
      for number in 1...5 {
        made.append(try await client.charge(100, order: "\(number)").id)
        try await client.advance(10)
      }
      let first = try await client.get("/v1/payment_intents?limit=2")
      #expect(first.ids == [made[4], made[3]])
      #expect(first.json["has_more"]?.bool == true)
      let second = try await client.get("/v1/payment_intents?limit=3&starting_after=\(made[3])")
      #expect(second.ids == [made[2], made[1], made[0]])
      #expect(second.json["has_more"]?.bool == false)
      let created = try #require(try await client.get("/v1/payment_intents/\(made[2])").json["created"]?.integer)
      let range = "created[gte]=\(created)&created[lte]=\(created + 9)".replacing("[", "%5B").replacing("]", "%5D")
      #expect(try await client.get("/v1/payment_intents?\(range)").ids == [made[2]])
      #expect(try await client.get("/v1/payment_intents?limit=0").status == 400)
      #expect(try await client.get("/v1/payment_intents?starting_after=pi_none").errorCode == "resource_missing")
    }
  }
}

extension String {
  fileprivate func replacing(_ letter: Character, _ text: String) -> String {
    map { $0 == letter ? text : String($0) }.joined()
  }
}
