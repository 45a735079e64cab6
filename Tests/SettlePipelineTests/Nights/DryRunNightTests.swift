import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

/// What a dry run says would happen.
@Suite(.serialized) struct DryRunNightTests {
  @Test func theMoneyThatWouldBeGivenBackIsNamedByCurrency() async throws {
    try await Night.with(anomalies: "duplicate=1") { night in
      let rows = ["A,2000,USD", "B,500,USD", "C,300,EUR"].map { "\($0),pm_card_visa\n" }.joined()
      try night.put("order_id,amount,currency,payment_method\n\(rows)", "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try await night.import("1.csv")
      try await night.run(.importing, .reconcile)
      let rehearsed = try await night.run(.refund, dryRun: true)
      #expect(
        rehearsed.messages.filter { $0.hasPrefix("refund: ") } == [
          "refund: 3.00 EUR in 1 refund would be asked for", "refund: 25.00 USD in 2 refunds would be asked for",
        ])
    }
  }
}
