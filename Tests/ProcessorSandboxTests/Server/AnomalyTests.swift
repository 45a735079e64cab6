import Testing

@testable import ProcessorSandbox

@Suite struct AnomalyTests {
  @Test func aDuplicateStandsUnderItsOwnIntentWithTheSameMetadata() async throws {
    try await withSandbox {
      $0.anomalies = try AnomalyRates([.duplicate: 1])
    } _: { client in
      let reply = try await client.charge(1000, key: "k", order: "A", and: [("metadata[payment_id]", "p")])
      _ = try await client.charge(1000, key: "k", order: "A", and: [("metadata[payment_id]", "p")])
      let ledger = try await client.ledger()
      #expect(ledger.count == 2, "a replay makes none")
      #expect(ledger[0]["anomaly"] == nil)
      #expect(ledger[0]["payment_intent"]?.text == reply.id)
      #expect(ledger[1]["anomaly"]?.text == "duplicate")
      #expect(ledger[1]["payment_intent"]?.text != reply.id)
      #expect(ledger[1]["metadata"] == ledger[0]["metadata"])
      #expect(ledger[1]["amount"]?.integer == 1000)
      #expect(ledger[1]["idempotency_key"] == nil)
      #expect(try await client.report().map { $0["payment_metadata[payment_id]"] } == ["p", "p"])
      // The duplicate alone is given back; the good charge keeps its allowance.
      let duplicate = try #require(ledger[1]["id"]?.text)
      #expect(try await client.post("/v1/refunds", [("charge", duplicate)]).status == 200)
      let good = try #require(ledger[0]["id"]?.text)
      #expect(try await client.get("/v1/charges/\(good)").json["amount_refunded"]?.integer == 0)
    }
  }

  @Test func anOverchargeIsNotToldAndCanBeRefunded() async throws {
    try await withSandbox {
      $0.anomalies = try AnomalyRates([.overcharge: 1])
    } _: { client in
      let reply = try await client.charge(1000, and: [("expand[]", "latest_charge")])
      #expect(reply.json["amount_received"]?.integer == 1000)
      #expect(reply.json["latest_charge"]?["amount_captured"]?.integer == 1000)
      let movement = try #require(try await client.ledger().first)
      let taken = try #require(movement["amount"]?.integer)
      #expect((1001...1200).contains(taken))
      #expect(movement["anomaly"]?.text == "overcharge")
      let charge = try #require(movement["id"]?.text)
      #expect(try await client.get("/v1/charges/\(charge)").json["amount_captured"]?.integer == taken)
      let row = try #require(try await client.report().first)
      #expect(row["gross"] == StripeCurrency("usd")?.decimal(taken))
      let form = [("charge", charge), ("amount", "\(taken - 1000)")]
      #expect(try await client.post("/v1/refunds", form).status == 200)
      #expect(try await client.post("/v1/refunds", [("charge", charge), ("amount", "1001")]).status == 400)
      #expect(try await client.post("/v1/refunds", [("charge", charge)]).json["amount"]?.integer == 1000)
    }
  }

  @Test(arguments: [("usd", 1, 1), ("kwd", 10, 10), ("isk", 100, 100), ("jpy", 3, 1)])
  func theSmallestOverchargeIsTheCurrencysStep(_ currency: String, _ asked: Int64, _ more: Int64) async throws {
    try await withSandbox {
      $0.anomalies = try AnomalyRates([.overcharge: 1])
    } _: { client in
      _ = try await client.charge(asked, currency)
      #expect(try await client.ledger().first?["amount"]?.integer == asked + more)
    }
  }

  @Test func aMissingChargeIsInNoReportAndNoPayout() async throws {
    try await withSandbox {
      $0.anomalies = try AnomalyRates([.missing: 1])
    } _: { client in
      let reply = try await client.charge()
      #expect(reply.json["status"]?.text == "succeeded")
      #expect(try await client.ledger().first?["anomaly"]?.text == "missing")
      try await client.advance(2 * 86_400)
      #expect(try await client.report().isEmpty)
      #expect(try await client.ledger().count == 1)
      #expect(try await client.stats()["anomalies"]?["missing"]?.integer == 1)
    }
  }

  @Test func anUnexpectedChargeIsNobodys() async throws {
    try await withSandbox {
      $0.anomalies = try AnomalyRates([.unexpected: 1])
    } _: { client in
      _ = try await client.charge(1000, "eur", key: "k")
      let ledger = try await client.ledger()
      #expect(ledger.count == 2)
      #expect(ledger[0]["anomaly"] == nil)
      #expect(ledger[1]["anomaly"]?.text == "unexpected")
      #expect(ledger[1]["metadata"] == .object([:]))
      #expect(ledger[1]["currency"]?.text == "eur")
      #expect(ledger[1]["payment_intent"] != ledger[0]["payment_intent"])
    }
  }

  /// Whatever came before, and whatever order they come in, a key meets the same anomaly.
  @Test func theChoiceDependsOnSeedAndKeyAlone() throws {
    let rates = try AnomalyRates([.duplicate: 0.1, .overcharge: 0.1, .missing: 0.1, .unexpected: 0.1])
    func chosen(_ keys: [String], seed: UInt64) -> [String: String] {
      var bank = Bank(seed: seed, keyLife: 86_400, anomalies: rates)
      var found: [String: String] = [:]
      for key in keys {
        let verdict = bank.execute(.charging(key: key), wall: 1_800_000_000)
        found[key] = verdict.changes.flatMap(\.movements).compactMap { $0.anomaly?.rawValue }.joined(separator: "+")
      }
      return found
    }
    let keys = (0..<400).map { "key-\($0)" }
    let found = chosen(keys, seed: 1)
    #expect(found == chosen(keys.reversed(), seed: 1))
    #expect(found != chosen(keys, seed: 2))
    #expect(Set(found.values) == ["", "duplicate", "overcharge", "missing", "unexpected"])
    #expect((200...280).contains(found.values.filter { $0 == "" }.count))
  }
}
