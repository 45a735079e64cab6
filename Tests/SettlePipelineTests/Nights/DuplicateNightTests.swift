import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// A further charge goes back only while the payment's own still pays for the order: a person who saw both at the
/// processor may have given back either.
@Suite(.serialized) struct DuplicateNightTests {
  private func chargedTwice(_ body: (Night) async throws -> Void) async throws {
    try await Night.with(anomalies: "duplicate=1") { night in
      try await night.beChargedTwice(2_000)
      try await body(night)
    }
  }

  private func refunds(_ night: Night) async throws -> [Int64] {
    try await night.ledger().filter { $0.kind == "refund" }.map(\.amount)
  }

  @Test func theFurtherOneGoesBack() async throws {
    try await chargedTwice { night in
      try await night.run(.importing, .reconcile, .refund, .report)
      #expect(try await refunds(night).map(abs) == [2_000])
      #expect(try night.rows("breaks.csv").map { $0["resolution"] } == ["refunded"])
    }
  }

  @Test(arguments: ["2000", "1"])
  func itStaysWhereSomebodyGaveBackOfTheOther(amount: String) async throws {
    try await chargedTwice { night in
      let own = try #require(try await night.store.rows("SELECT processor_charge FROM payments").first)
      _ = try await night.post("/v1/refunds", "charge=\(own)&amount=\(amount)")
      let result = try await night.run(.importing, .reconcile, .refund, .report)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await refunds(night).count == 1)
      #expect(try night.rows("breaks.csv").map { $0["held_back"] } == ["refunded_elsewhere"])
    }
  }

  /// Events tell of both charges, and the further one goes back. Then the processor's own rows come, which speak for the
  /// charge from then on: its break is another one, of the whole amount, and the money has gone back all the same.
  @Test(arguments: [2_000, 900])
  func whatWentBackStaysBackWhicheverRowSpeaksForIt(told: Int64) async throws {
    try await Night.with(anomalies: "duplicate=1") { night in
      try night.put("order_id,amount,currency,payment_method\nA-1,2000,USD,pm_card_visa\n", "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try await night.nextDay()
      let own = try #require(try await night.store.rows("SELECT processor_charge FROM payments").first)
      let payment = try #require(try await night.store.rows("SELECT payment_id::text FROM payments").first)
      let report = try await night.ask("/sandbox/reports/payout_reconciliation.csv")
      let charges = Set(report.matches(of: /ch_\w+/).map { String($0.output) })
      #expect(charges.count == 2)
      let events = charges.sorted().map { charge in
        "payment-succeeded,\(payment),\(charge == own ? 2_000 : told),USD,\(charge),2026-11-20T12:00:00Z\n"
      }
      try night.put(
        "event,payment_id,amount,currency,processor_reference,occurred_at\n" + events.joined(), "outcomes/0.csv")
      try await night.run(.importing, .reconcile, .refund, .report)
      #expect(try await refunds(night).map(abs) == [told])
      let first = try night.rows("breaks.csv").map { $0["break_id"] }

      let next = Night.date.adding(days: 1)
      try await night.import("1.csv")
      for _ in 0..<2 { try await night.run(.importing, .reconcile, .refund, .report, date: next) }
      #expect(try await refunds(night).map(abs) == [told])
      let second = try night.rows("breaks.csv").filter { $0["reason"] == "duplicate_charge" }
      #expect(second.map { $0["held_back"] } == ["already_returned"])
      #expect(second.map { $0["reported_amount"] } == ["20.00"])
      #expect(first.count == 1 && second.map { $0["break_id"] } != first)
      // A person may give back what is left, and no more.
      let asked = try await night.decide("refund", date: next)
      try await night.run(.refund, .report, date: next)
      #expect(try await refunds(night).map(abs).reduce(0, +) == 2_000)
      #expect(asked.refused.contains { $0.why.reason == .notRefundable } == (told == 2_000))
    }
  }

  /// The run is told to stop while its refund is under way: what the processor has said is kept all the same.
  @Test func anAnswerThatComesWhileTheRunIsStoppedIsKept() async throws {
    try await chargedTwice { night in
      try await night.run(.importing, .reconcile)
      let stopped = Task {
        try await night.run(.refund) { base in
          Interposed(base: base, path: "/refunds") { base, request in
            let answer = try await base.send(request, permit: {})
            withUnsafeCurrentTask { $0?.cancel() }
            return answer
          }
        }
      }
      _ = try await stopped.value
      #expect(try await night.store.rows("SELECT state FROM refunds") == ["PROCESSED"])
      try await night.run(.refund)
      #expect(try await refunds(night).count == 1)
    }
  }
}
