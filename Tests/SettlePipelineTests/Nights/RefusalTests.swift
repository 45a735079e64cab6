import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// What the processor refuses, and what a stage does about it.
@Suite(.serialized) struct RefusalTests {
  private static func orders(_ count: Int, method: String) -> String {
    "order_id,amount,currency,payment_method\n" + (0..<count).map { "A-\($0),1000,USD,\(method)\n" }.joined()
  }

  /// Another body under the same key is a defect of settle's, never a reason to try another key.
  @Test func aKeyThatWasUsedOtherwiseEndsTheRunWith70() async throws {
    try await Night.with { night in
      try night.put(Self.orders(1, method: "pm_card_visa"), "authorizations/a.csv")
      let key = "settle-\(PaymentID(merchant: "default", order: "A-0"))-1"
      try await night.post(
        "/v1/payment_intents", "amount=5&currency=usd",
        headers: [
          ("Authorization", "Bearer sk_test_night"), ("Idempotency-Key", key),
          ("Content-Type", "application/x-www-form-urlencoded"),
        ])
      let result = try await night.run(.ingest, .charge)
      #expect(result.exitStatus == .defect)
      #expect(try await night.ledger().isEmpty)
      #expect(try await night.store.rows("SELECT state FROM payments") == ["REQUESTED"])
      #expect(try await night.store.rows("SELECT attempt::text, state FROM charge_attempts") == ["1 open"])
    }
  }

  @Test func tenRefusalsAlikeStopTheStage() async throws {
    try await Night.with { night in
      try night.put(Self.orders(60, method: "pm_that_nobody_knows"), "authorizations/a.csv")
      let result = try await night.run(.ingest, .charge)
      #expect(result.exitStatus == .configuration)
      #expect(result.stages.last?.message?.contains("in a row (resource_missing)") == true, "\(result.stages)")
      let states = try await night.store.rows(
        "SELECT state, failure_reason, (charge_due_on IS NOT NULL)::text, count(*)::text FROM payments GROUP BY 1, 2, 3"
      )
      let failed = states.first { $0.hasPrefix("FAILED PROCESSING_ERROR false") }
      // So many as were under way when the tenth came.
      #expect((10...18).contains(failed.flatMap { Int($0.split(separator: " ")[3]) } ?? 0), "\(states)")
      #expect(states.allSatisfy { $0.hasPrefix("FAILED") || $0.hasPrefix("REQUESTED - true") }, "\(states)")
    }
  }

  @Test(arguments: ["sk_test_invalid", "rk_test_restricted"])
  func aKeyThatIsRefusedFailsNothing(apiKey: String) async throws {
    try await Night.with { night in
      try night.put(Self.orders(5, method: "pm_card_visa"), "authorizations/a.csv")
      var refused = night
      refused.apiKey = apiKey
      let result = try await refused.run(.ingest, .charge)
      #expect(result.exitStatus == .notPermitted)
      #expect(
        try await night.store.rows(
          "SELECT state, (charge_due_on IS NOT NULL)::text, count(*)::text FROM payments GROUP BY 1, 2")
          == ["REQUESTED true 5"])
    }
  }

  /// A hold is captured up to what it holds; more than that moves nothing.
  @Test func aHoldGivesWhatItHoldsAndNoMore() async throws {
    try await Night.with { night in
      var holds: [String] = []
      for _ in 0..<3 {
        let answer = try await night.post(
          "/v1/payment_intents",
          "amount=1000&currency=usd&confirm=true&off_session=true&payment_method=pm_card_visa&capture_method=manual",
          headers: [
            ("Authorization", "Bearer sk_test_night"), ("Content-Type", "application/x-www-form-urlencoded"),
          ])
        holds.append(String(answer.split(separator: "\"").first { $0.hasPrefix("pi_") } ?? "none"))
      }
      let amounts = [1_000, 300, 1_001]
      let rows = zip(holds, amounts).enumerated().map { "H-\($0),\($1.1),USD,\($1.0)\n" }.joined()
      try night.put("order_id,amount,currency,processor_reference\n" + rows, "authorizations/a.csv")
      let result = try await night.run(.ingest, .charge)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.ledger().map(\.amount).sorted() == [300, 1_000])
      #expect(
        try await night.store.rows("SELECT order_reference, state, failure_code FROM payments ORDER BY 1")
          == ["H-0 SUCCEEDED -", "H-1 SUCCEEDED -", "H-2 FAILED amount_too_large"])
    }
  }
}
