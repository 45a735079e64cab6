/// Reading single objects. A charge shows what was really taken, so that an overcharge can be seen and refunded.
extension StripeAPI {
  func showIntent(_ id: String, _ parameters: inout Parameters) async throws -> Answer {
    let expands = try parameters.expansion(of: ["latest_charge", "latest_charge.balance_transaction"])
    parameters.ignore(["client_secret"])
    try parameters.finish()
    let (intent, charge) = try await desk.read { bank throws(StripeError) in
      guard let intent = bank.intents[id] else { throw .missing("payment_intent", id, param: "intent") }
      return (intent, expands ? intent.latestCharge.flatMap { bank.charges[$0] } : nil)
    }
    return Answer { intent.writeAPI(to: &$0, expanding: charge) }
  }

  func showCharge(_ id: String, _ parameters: inout Parameters) async throws -> Answer {
    _ = try parameters.expansion(of: ["balance_transaction"])
    try parameters.finish()
    let (charge, intent) = try await desk.read { bank throws(StripeError) in
      guard let charge = bank.charges[id] else { throw .missing("charge", id, param: "id") }
      return (charge, bank.intents[charge.intent])
    }
    return Answer { charge.writeAPI(to: &$0, intent: intent) }
  }

  func showRefund(_ id: String, _ parameters: inout Parameters) async throws -> Answer {
    try parameters.finish()
    let refund = try await desk.read { bank throws(StripeError) in
      guard let refund = bank.refunds[id] else { throw .missing("refund", id, param: "id") }
      return refund
    }
    return Answer { refund.writeAPI(to: &$0) }
  }

  /// One merchant account a seed, always in test mode.
  func showAccount(_ parameters: inout Parameters) async throws -> Answer {
    try parameters.finish()
    let id = try await desk.read { bank throws(StripeError) in bank.identifiers.id("acct", serial: .max) }
    return Answer { json in
      json.object {
        $0.field("id", id)
        $0.field("object", "account")
        $0.field("charges_enabled", true)
        $0.field("country", "US")
        $0.field("default_currency", "usd")
        $0.field("livemode", false)
        $0.field("payouts_enabled", true)
        $0.field("type", "standard")
      }
    }
  }
}

extension Answer {
  init(_ write: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    write(&json)
    self.init(status: 200, body: json.bytes)
  }
}
