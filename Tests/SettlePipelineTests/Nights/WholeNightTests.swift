import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

@Suite(.serialized) struct WholeNightTests {
  /// Orders of three currencies, a tenth of them declined.
  static func authorizations(_ count: Int, prefix: String = "order") -> String {
    var text = "order_id,amount,currency,payment_method\n"
    for number in 0..<count {
      let currency = ["USD", "EUR", "JPY"][number % 3]
      let method = number % 10 == 9 ? "pm_card_visa_chargeDeclined" : "pm_card_visa"
      text += "\(prefix)-\(number),\(1000 + number),\(currency),\(method)\n"
    }
    return text
  }

  @Test func aNightChargesEachOrderOnceAndExplainsEverything() async throws {
    try await Night.with(
      faults: "lost-response=0.03,reset=0.02,server-error=0.04,rate-limited=0.03",
      anomalies: "duplicate=0.03,overcharge=0.03,missing=0.03,unexpected=0.03"
    ) { night in
      try night.put(Self.authorizations(300), "authorizations/a.csv")
      var result = try await night.run(.ingest, .charge)
      for _ in 0..<5 where result.exitStatus == .tryLater { result = try await night.run(.charge) }
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      let charges = try await night.ledger().filter { $0.kind == "charge" }
      let asked = charges.filter { $0.anomaly != "duplicate" && $0.anomaly != "unexpected" }
      #expect(asked.count == 270)
      #expect(Set(asked.compactMap { $0.metadata?["order_id"] }).count == 270)

      try night.put(try await night.ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/stripe.csv")
      result = try await night.run(.importing, .reconcile, .refund, .report)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      try night.put(try await night.ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/stripe-later.csv")
      result = try await night.run(.importing, .reconcile, .refund, .report)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")

      let breaks = Dictionary(grouping: try night.rows("breaks.csv"), by: { $0["reason"] ?? "" }).mapValues(\.count)
      let made = Dictionary(grouping: charges.compactMap(\.anomaly), by: { $0 }).mapValues(\.count)
      #expect(breaks["duplicate_charge"] == made["duplicate"])
      #expect(breaks["amount_mismatch"] == made["overcharge"])
      #expect(breaks["missing_at_processor"] == made["missing"])
      #expect(breaks["unexpected_charge"] == made["unexpected"])
      #expect(breaks.count == 4)

      let before = try night.bytes()
      let moved = try await night.ledger().count
      result = try await night.run()
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try night.bytes() == before)
      #expect(try await night.ledger().count == moved)
      let seal = try #require(result.seal)
      #expect(seal.number > 1)
      #expect(try await night.store.pool.session { try $0.latestSeal() } == seal)
    }
  }
}
