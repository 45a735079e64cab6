import Testing

@testable import ProcessorSandbox

@Suite struct ReportTests {
  @Test func aRowSaysWhatTheLedgerSays() async throws {
    try await withSandbox { client in
      let form = [
        ("metadata[payment_id]", "p1"), ("metadata[attempt]", "1"), ("description", "Order \"A\", first"),
        ("customer", "cus_1"),
      ]
      let intent = try await client.charge(2500, "eur", order: "A", and: form)
      _ = try await client.post(
        "/v1/refunds", [("payment_intent", intent.id), ("amount", "500"), ("metadata[refund_id]", "r1")])
      let text = try await client.get("/sandbox/reports/payout_reconciliation.csv").text
      #expect(text.contains(",\"Order \"\"A\"\", first\","))
      let plain = text.replacing("\"Order \"\"A\"\", first\"", with: "")
      let lines = plain.split(separator: "\r\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      #expect(lines.count == 3)
      let rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
      let charge = try #require(intent.json["latest_charge"]?.text)
      #expect(rows[0]["gross"] == "25.00")
      #expect(rows[0]["fee"] == "1.03")
      #expect(rows[0]["net"] == "23.97")
      #expect(rows[0]["currency"] == "eur")
      #expect(rows[0]["reporting_category"] == "charge")
      #expect(rows[0]["source_id"].map(String.init) == charge)
      #expect(rows[0]["payment_intent_id"].map(String.init) == intent.id)
      #expect(rows[0]["customer_id"] == "cus_1")
      #expect(rows[0]["payment_metadata[payment_id]"] == "p1")
      #expect(rows[0]["payment_metadata[order_id]"] == "A")
      #expect(rows[0]["automatic_payout_id"] == "")
      #expect(rows[1]["gross"] == "-5.00")
      #expect(rows[1]["fee"] == "0.00")
      #expect(rows[1]["net"] == "-5.00")
      #expect(rows[1]["reporting_category"] == "refund")
      #expect(rows[1]["charge_id"].map(String.init) == charge)
      #expect(rows[1]["refund_metadata[refund_id]"] == "r1")
      #expect(rows[1]["payment_metadata[payment_id]"] == "p1")
    }
  }

  /// Conservation over everything at once: what the ledger moved is what the report says, but for what is missing.
  @Test func theTotalsAreTheLedgers() async throws {
    try await withSandbox {
      $0.anomalies = try AnomalyRates([.duplicate: 0.1, .overcharge: 0.1, .missing: 0.1, .unexpected: 0.1])
    } _: { client in
      for number in 0..<120 {
        let currency = ["usd", "jpy", "kwd", "isk"][number % 4]
        let intent = try await client.charge(Int64(number + 1) * 100, currency, key: "k\(number)")
        if number % 5 == 0 { _ = try await client.post("/v1/refunds", [("payment_intent", intent.id)]) }
      }
      try await client.advance(86_400)
      _ = try await client.stats()
      var expected: [String: Int64] = [:]
      for movement in try await client.ledger() where movement["anomaly"]?.text != "missing" {
        let currency = try #require(movement["currency"]?.text)
        let kind = try #require(movement["kind"]?.text)
        let amount = try #require(movement["amount"]?.integer)
        let fee = try #require(movement["fee"]?.integer)
        expected[currency, default: 0] += kind == "charge" ? amount - fee : -amount
      }
      #expect(Set(expected.values) == [0], "payouts pay out exactly what charges and refunds left")
      var reported: [String: Int64] = [:]
      for row in try await client.report() {
        let currency = try #require(StripeCurrency(row["currency"] ?? ""))
        let units = try #require(row["net"].flatMap { Int64($0.filter { $0 != "." }) })
        reported[currency.code, default: 0] += currency.code == "isk" ? units * 100 : units
      }
      #expect(reported == expected)
    }
  }

  @Test func aDayThatIsOverIsPaidOut() async throws {
    try await withSandbox { client in
      let intent = try await client.charge(1000)
      let before = try #require(try await client.report().first)
      #expect(before["automatic_payout_id"] == "")
      try await client.advance(86_400)
      let rows = try await client.report()
      #expect(rows.count == 2)
      let payout = try #require(rows[0]["automatic_payout_id"])
      #expect(payout.hasPrefix("po_"))
      #expect(rows[0]["balance_transaction_id"] == before["balance_transaction_id"])
      #expect(rows[1]["reporting_category"] == "payout")
      #expect(rows[1]["source_id"] == payout)
      #expect(rows[1]["gross"] == "-9.41")
      #expect(rows[1]["automatic_payout_effective_at_utc"]?.hasSuffix(" 00:00:00") == true)
      let movement = try #require(try await client.ledger().last)
      #expect(movement["kind"]?.text == "payout")
      #expect(movement["amount"]?.integer == 941)
      #expect(movement["id"]?.text == payout)
      // What happens later goes into a later payout.
      _ = try await client.post("/v1/refunds", [("payment_intent", intent.id)])
      try await client.advance(86_400)
      #expect(try await client.ledger().last?["amount"]?.integer == -1000)
      #expect(Set(try await client.report().compactMap { $0["automatic_payout_id"] }).count == 2)
    }
  }
}
