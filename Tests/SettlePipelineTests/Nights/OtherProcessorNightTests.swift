import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// Nights with orders that another processor charged: they are reconciled, by written rules, and nothing else.
@Suite(.serialized) struct OtherProcessorNightTests {
  private static let yaml = """
    pipeline: test
    processor: stripe
    ingest:
      sources:
        - { path: "authorizations/online*", processor: adyen }
        - { path: "authorizations/*" }
    import:
      sources:
        - { path: "outcomes/online*", processor: adyen }
        - { path: "outcomes/*" }
    reconcile:
      waiting_days: 2
      match:
        - { by: id }
        - { by: reference, tolerance: { USD: "0.05" } }
        - { by: [amount, date], within: 1d }
    """

  private static let outcomes = "event,order_id,amount,currency,processor_reference,occurred_at\n"

  private func tell(_ body: (Night) async throws -> Void) async throws {
    try await Night.with(yaml: Self.yaml) { night in
      try night.put(
        "order_id,amount,currency\nN-1,1000,USD\nN-2,2000,USD\nN-3,1250,KWD\n", "authorizations/online.csv")
      try night.put(
        "order_id,amount,currency,payment_method,processor\nS-1,500,USD,pm_card_visa,stripe\nS-2,700,JPY,,adyen\n",
        "authorizations/shop.csv")
      try night.put(
        Self.outcomes + "payment-succeeded,N-1,1004,USD,psp1,2026-11-20T09:00:00Z\n"
          + "payment-succeeded,N-2,2000,USD,psp2,2026-11-20T09:00:00Z\n", "outcomes/online.csv")
      try await body(night)
    }
  }

  @Test func theyAreReconciledAndNeverCharged() async throws {
    try await tell { night in
      let result = try await night.run()
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.ledger().filter { $0.kind == "charge" }.map(\.amount) == [500])
      let columns = ["order_reference", "rule", "amount", "tolerated"]
      #expect(
        try night.rows("matched.csv").map { row in columns.map { row[$0] ?? "?" }.joined(separator: " ") }.sorted()
          == ["N-1 order_reference_tolerated 10.00 0.04", "N-2 order_reference 20.00 "])
      #expect(try night.rows("breaks.csv") == [])
      let totals = try night.rows("totals.csv").map { row in
        ["side", "bucket", "currency", "count", "amount"].map { row[$0] ?? "" }.joined(separator: " ")
      }
      #expect(totals.contains("expected awaited KWD 1 1.250"))
      #expect(totals.contains("expected awaited JPY 1 700"))
      #expect(totals.contains("reported matched USD 2 30.00"))
      #expect(totals.contains("reported tolerated USD 0 0.04"))
      #expect(try await night.count("outbox") == 1)
      let before = try night.bytes()
      try await night.run()
      #expect(try night.bytes() == before)
    }
  }

  @Test func aDryRunCallsNothingAndTellsWhatOtherRulesWouldChange() async throws {
    try await tell { night in
      try await night.run(.ingest, .importing, .reconcile)
      var night = night
      night.rules = .standard
      let result = try await night.run(.reconcile, dryRun: true)
      #expect(
        result.flips?.map { "\($0.date) \($0.subject.rawValue) \($0.orderReference ?? "") \($0.from) \($0.to)" } == [
          "2026-11-20 payment N-1 matched by order_reference_tolerated amount_mismatch",
          "2026-11-20 reported N-1 matched by order_reference_tolerated amount_mismatch",
        ])
      #expect(try result.json().contains("\"from\" : \"matched by order_reference_tolerated\""))
      #expect(try await night.run(.reconcile).stages.flatMap(\.counts).allSatisfy { $0.value == 0 })
    }
  }
}
