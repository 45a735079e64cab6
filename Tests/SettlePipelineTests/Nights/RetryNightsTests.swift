import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// Several nights of payments that are declined at first. The sandbox's ledger judges.
@Suite(.serialized) struct RetryNightsTests {
  static let yaml = Night.yaml.replacing(
    "batch: 50 }",
    with: "batch: 50, retry: [{ when: INSUFFICIENT_FUNDS, attempts: 2, after_days: 3 }, "
      + "{ when: CARD_DECLINED, attempts: 3, after_days: 1 }] }")
  static let insufficientFundsOnly = Night.yaml.replacing(
    "batch: 50 }", with: "batch: 50, retry: [{ when: INSUFFICIENT_FUNDS, attempts: 3, after_days: 30 }] }")
  static let header = "order_id,amount,currency,payment_method\n"

  @Test func aDeclineIsTriedAgainAtTheSamePaymentAndThenGivenUp() async throws {
    try await Night.with(yaml: Self.yaml) { night in
      try night.put(
        Self.header + "POOR,1000,USD,pm_card_visa_chargeDeclinedInsufficientFunds\nGOOD,2000,USD,pm_card_visa\n"
          + "LOST,3000,USD,pm_card_visa_chargeDeclinedLostCard\n", "authorizations/a.csv")
      var result = try await night.run()
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.states() == ["GOOD SUCCEEDED", "LOST FAILED", "POOR REQUESTED 2026-11-23"])
      #expect(try night.rows("failed.csv").map { $0["order_reference"] } == ["LOST"])
      #expect(try night.bucket("retrying") == "1 10.00")
      #expect(try retries(night) == ["POOR 10.00 USD INSUFFICIENT_FUNDS insufficient_funds 1 2026-11-20 2026-11-23"])
      let page = try String(contentsOfFile: night.folder + "/out/report.html", encoding: .utf8)
      #expect(page.contains("1 declined payment is to be charged again, the next from Monday, 23 November 2026: see"))
      let first = try Data(contentsOf: URL(fileURLWithPath: night.folder + "/out/retries.csv"))
      // What is tried again now and what is planned for later never go by the same word.
      #expect(result.stages.flatMap(\.counts).contains { $0 == ("retries_planned", 1) })
      #expect(!result.stages.flatMap(\.counts).contains { $0.name == "to_retry" })
      let sooner = try await night.run(date: Night.date.adding(days: 1), dryRun: true)
      #expect(sooner.messages.contains("charge: 1 retry is planned for later, the next on 2026-11-23"))
      let open = try #require(try await night.processorPayment("POOR"))
      #expect(try await night.cancellations() == ["LOST canceled"])
      try await night.expectFixpoint()

      for day in 1...2 {
        result = try await night.run(date: Night.date.adding(days: day))
        #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
        #expect(try night.bucket("retrying") == "1 10.00")
        #expect(try night.rows("failed.csv").isEmpty)
        #expect(try retries(night).count == 1)
      }
      let fourth = Night.date.adding(days: 3)
      let rehearsed = try await night.run(date: fourth, dryRun: true)
      #expect(
        rehearsed.messages.contains(
          "charge: of these, 10.00 USD in 1 payment would be retried after INSUFFICIENT_FUNDS"))
      #expect(rehearsed.stages.flatMap(\.counts).contains { $0 == ("to_retry", 1) })
      #expect(try await night.count("charge_attempts") == 3)

      result = try await night.run(date: fourth)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.states() == ["GOOD SUCCEEDED", "LOST FAILED", "POOR FAILED"])
      #expect(try night.bucket("retrying") == nil)
      #expect(try retries(night).isEmpty)
      #expect(try night.bucket("declined") == "1 10.00")
      #expect(try night.rows("failed.csv").map { $0["order_reference"] } == ["POOR"])
      let keys = try await night.keys("POOR")
      #expect(keys.map(\.path) == ["/v1/payment_intents", "/v1/payment_intents/\(open)/confirm"])
      #expect(Set(keys.map(\.key)).count == 2)
      #expect(try await night.cancellations() == ["LOST canceled", "POOR canceled"])
      #expect(try await night.events("PaymentFailed") == 2)
      #expect(try await night.ledger().map(\.amount) == [2000])
      try await night.expectFixpoint(date: fourth)
      // The first night's list, made again, is what it was, although the retry has been made since.
      try await night.run(.report, out: "again")
      #expect(try Data(contentsOf: URL(fileURLWithPath: night.folder + "/again/retries.csv")) == first)
    }
  }

  /// The rows of `retries.csv`, without their payments' ids.
  private func retries(_ night: Night) throws -> [String] {
    let columns = [
      "order_reference", "amount", "currency", "reason", "processor_code", "attempts", "last_attempt_on", "retry_on",
    ]
    return try night.rows("retries.csv").map { row in columns.map { row[$0] ?? "" }.joined(separator: " ") }
  }

  /// Whoever takes a rule away means it: what was planned by it is not asked for.
  @Test func aRuleThatIsTakenAwayIsNotFollowed() async throws {
    try await Night.with(yaml: Self.yaml) { night in
      try night.put(
        Self.header + "POOR,1000,USD,pm_card_visa_chargeDeclinedInsufficientFunds\n", "authorizations/a.csv")
      try await night.run()
      var later = night
      later.pipeline = try PipelineDefinition(yaml: Night.yaml, file: "night.yaml")
      let fourth = Night.date.adding(days: 3)
      let result = try await later.run(date: fourth)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.states() == ["POOR FAILED"])
      #expect(try await night.count("charge_attempts") == 1)
      #expect(try await night.cancellations() == ["POOR canceled"])
      #expect(try await night.events("PaymentFailed") == 1)
      #expect(try night.rows("failed.csv").map { $0["order_reference"] } == ["POOR"])
      try await later.expectFixpoint(date: fourth)
    }
  }

  /// A retry whose decline is hidden behind a saved 500 is told from the decline before it by the number of tries.
  @Test func aRetryBehindASavedErrorIsSettledByLookUp() async throws {
    try await Night.with(faults: "server-error=0.4", seed: 11, yaml: Self.yaml) { night in
      let rows = (0..<30).map { "P-\($0),\(1_000 + $0),USD,pm_card_visa_chargeDeclinedInsufficientFunds\n" }
      try night.put(Self.header + rows.joined(), "authorizations/a.csv")
      for date in [Night.date, Night.date.adding(days: 3)] {
        var result = try await night.run(date: date)
        for _ in 0..<5 where result.exitStatus == .tryLater { result = try await night.run(date: date) }
        #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      }
      #expect(try await night.count("charge_attempts") == 60)
      #expect(try await night.count("charge_attempts WHERE state = 'declined'") == 60)
      #expect(try await night.count("payments WHERE state = 'FAILED'") == 30)
    }
  }

  /// A new card for a payment that waits for its retry confirms the same processor payment at the next run.
  @Test func aNewCardIsChargedBeforeTheRetryWouldBe() async throws {
    try await Night.with(yaml: Self.yaml) { night in
      try night.put(
        Self.header + "A,1000,USD,pm_card_visa_chargeDeclinedInsufficientFunds\n", "authorizations/a.csv")
      try await night.run()
      let open = try await night.processorPayment("A")
      try night.put(Self.header + "A,1000,USD,pm_card_mastercard\n", "authorizations/b.csv")
      let result = try await night.run(date: Night.date.adding(days: 1))
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.states() == ["A SUCCEEDED"])
      #expect(try await night.processorPayment("A") == open)
      try await night.run(date: Night.date.adding(days: 3))
      #expect(try await night.ledger().map(\.amount) == [1000])
      #expect(try await night.events("PaymentFailed") == 0)
    }
  }

  @Test func aNewCardAfterTheCancellationMakesANewPaymentAndIsChargedOnce() async throws {
    try await Night.with { night in
      try night.put(Self.header + "A,1000,USD,pm_card_visa_chargeDeclined\n", "authorizations/a.csv")
      try await night.run()
      #expect(try await night.states() == ["A FAILED"])
      #expect(try await night.cancellations() == ["A canceled"])
      #expect(try await night.processorPayment("A") == nil)
      try night.put(Self.header + "A,1000,USD,pm_card_visa\n", "authorizations/b.csv")
      let second = Night.date.adding(days: 1)
      let result = try await night.run(date: second)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.states() == ["A SUCCEEDED"])
      #expect(try await night.keys("A").map(\.path) == ["/v1/payment_intents", "/v1/payment_intents"])
      #expect(Set(try await night.keys("A").map(\.key)).count == 2)
      #expect(try await night.ledger().map(\.amount) == [1000])
      try night.put(try await night.ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/stripe.csv")
      #expect(try await night.run(date: second).exitStatus == .done)
      #expect(try night.openBreaks().isEmpty)
      #expect(try night.rows("matched.csv").count == 1)
      try await night.expectFixpoint(date: second)
    }
  }
}
