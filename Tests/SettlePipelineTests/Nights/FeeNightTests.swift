import SettleModel
import SettleTesting
import Testing

@testable import SettlePipeline

/// What a pipeline file says of fees and rates, from there to the reports.
@Suite struct FeeNightTests {
  private static let yaml =
    Night.yaml.replacing(
      "reconcile: { waiting_days: 0 }",
      with: """
        reconcile:
          fees: [{ processor: stripe, percent: "2.9", fixed: { USD: "0.30" } }]
          fx: { tolerance: "1%", rates: { EUR/USD: "1.10" } }
        """)

  private static let report = """
    balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,payment_metadata[order_id],\
    customer_facing_amount,customer_facing_currency
    txn_1,2026-11-20 23:05:00,usd,10.00,0.59,9.41,charge,ch_1,A-1,,
    txn_2,2026-11-20 23:05:00,usd,10.00,0.65,9.35,charge,ch_2,A-2,,
    txn_3,2026-11-20 23:05:00,usd,10.00,0.59,9.41,charge,ch_3,A-3,10.00,EUR
    txn_4,2026-11-20 23:05:00,eur,10.00,9.99,0.01,charge,ch_4,A-4,,

    """

  @Test func variancesAreReportedAndCountedAndTheMoneyIsMatched() async throws {
    try await Night.with(yaml: Self.yaml) { night in
      try night.put(
        "order_id,amount,currency\nA-1,1000,USD\nA-2,1000,USD\nA-3,1000,EUR\nA-4,1000,EUR\n", "authorizations/a.csv")
      try night.put(Self.report, "outcomes/stripe.csv")
      let stages: [StageName] = [.ingest, .importing, .reconcile, .refund, .report]
      let result = try await night.run(stages)
      let counts = try #require(result.stages.first { $0.stage == .reconcile }?.counts)
      #expect(
        counts.suffix(4).map { "\($0.name) \($0.value)" }
          == ["fees_judged 3", "fees_not_judged 1", "rates_judged 1", "rates_not_judged 0"])
      let breaks = try night.rows("breaks.csv").map { row in
        ["reason", "order_reference", "expected_amount", "reported_amount", "delta", "currency", "rule", "evidence"]
          .map { row[$0] ?? "" }.joined(separator: " ")
      }
      #expect(
        breaks == [
          "fee_variance A-2 0.59 0.65 0.06 USD 2.9% + 0.30 USD authorizations/a.csv:3; outcomes/stripe.csv:3",
          "fx_variance A-3 11.00 10.00 -1.00 USD reference 1.1 authorizations/a.csv:4; outcomes/stripe.csv:4",
        ])
      let buckets = try night.rows("totals.csv").map {
        "\($0["side"] ?? "") \($0["bucket"] ?? "") \($0["amount"] ?? "")"
      }
      #expect(
        buckets == [
          "expected all 20.00", "expected matched 20.00", "expected all 20.00", "expected matched 20.00",
          "reported all 20.00", "reported matched 20.00", "reported all 20.00", "reported matched 20.00",
        ])
      let (before, bytes) = (try await night.store.fingerprint(), try night.bytes())
      try await night.run(stages)
      #expect(try await night.changed(since: before) == [])
      #expect(try night.bytes() == bytes)
    }
  }
}
