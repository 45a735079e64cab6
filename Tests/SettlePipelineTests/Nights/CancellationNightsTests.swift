import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Synchronization
import Testing

@testable import SettlePipeline

/// Nights in which cancelling goes wrong. It never costs anybody money, and the next run goes on with it.
@Suite(.serialized) struct CancellationNightsTests {
  private static let header = RetryNightsTests.header

  /// Killed between storing and sending: until the cancellation is answered, another card is not charged.
  @Test func aKillBeforeTheCancellationLeavesItToTheNextRun() async throws {
    try await Night.with { night in
      try night.put(Self.header + "A,1000,USD,pm_card_visa_chargeDeclined\n", "authorizations/a.csv")
      let dying: (any ProcessorAdapter) -> any ProcessorAdapter = { base in
        Interposed(base: base) { _, _ in throw Died() }
      }
      try await night.run(.ingest, .charge, through: dying)
      #expect(try await night.cancellations() == ["A open"])
      let open = try #require(try await night.processorPayment("A"))
      try night.put(Self.header + "A,1000,USD,pm_card_visa\n", "authorizations/b.csv")
      let second = Night.date.adding(days: 1)
      try await night.run(.ingest, .charge, date: second, through: dying)
      #expect(try await night.ledger().isEmpty)
      #expect(try await night.count("charge_attempts") == 1)

      let result = try await night.run(date: second)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.cancellations() == ["A canceled"])
      #expect(try await night.states() == ["A SUCCEEDED"])
      #expect(try await night.processorPayment("A") != open)
      #expect(try await night.ledger().map(\.amount) == [1000])
      try await night.expectFixpoint(date: second)
    }
  }

  /// The customer completes it in the very moment in which settle gives it up: the money has moved, and settle knows it.
  @Test func moneyThatMovedFirstIsKnown() async throws {
    try await Night.with { night in
      try night.put(Self.header + "A,1000,USD,pm_card_visa_chargeDeclined\n", "authorizations/a.csv")
      let result = try await night.run(through: { base in
        Interposed(base: base) { base, request in
          let reference = request.path.split(separator: "/")[2]
          let payment = try #require(PaymentID(request.idempotencyKey.dropFirst(7).prefix(36)))
          let order = ChargeOrder(
            payment: payment, orderReference: "A", attempt: 9, amount: Money(1_000, "USD"),
            instrument: Instrument(paymentMethod: "pm_card_visa"))
          let customer = try base.request(for: .confirm(order, processorPayment: String(reference)))
          _ = try await base.send(customer, permit: {})
          return try await base.send(request, permit: {})
        }
      })
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.states() == ["A SUCCEEDED"])
      #expect(try await night.count("payments WHERE proof = 'look_up' AND revived") == 1)
      #expect(try await night.cancellations() == ["A succeeded"])
      try night.put(try await night.ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/stripe.csv")
      try await night.run()
      #expect(try night.openBreaks() == ["status_mismatch"])
      #expect(try await night.ledger().map(\.amount) == [1000])
    }
  }

  /// Whatever the processor answers, a night that cannot cancel ends with “later” and does the rest of its work.
  @Test(arguments: [
    ProcessorAnswer.notPermitted(why: "it answers HTTP 403"), .unreachable(why: "refused"), .later(why: "429"),
    .unknown(why: "reset", replayed: true),
  ])
  func whatStopsCancellationsStopsNothingElse(answer: ProcessorAnswer) async throws {
    try await Night.with { night in
      try night.put(
        Self.header + "A,1000,USD,pm_card_visa_chargeDeclined\nB,1000,USD,pm_card_visa\n", "authorizations/a.csv")
      let result = try await night.run(through: { base in Interposed(base: base) { _, _ in answer } })
      #expect(result.exitStatus == .tryLater, "\(result.stages.compactMap(\.message))")
      #expect(result.stages.map(\.status) == [.done, .failed, .done, .done, .done, .done])
      #expect(try await night.states() == ["A FAILED", "B SUCCEEDED"])
      #expect(try await night.cancellations() == ["A open"])
      let again = try await night.run()
      #expect(again.exitStatus == .done, "\(again.stages.compactMap(\.message))")
      #expect(try await night.cancellations() == ["A canceled"])
    }
  }

  /// Holds come for payments whose first cards are to be tried again. Where the cancellations stop early, a hold whose old
  /// payment nobody has asked to give up waits as one does whose request has no answer.
  @Test func aHoldBehindACancellationThatWasNeverAskedForWaits() async throws {
    let yaml = RetryNightsTests.insufficientFundsOnly.replacing("batch: 50", with: "batch: 1")
    try await Night.with(yaml: yaml) { night in
      let orders = ["A", "B", "C"]
      try night.put(
        Self.header + orders.map { "\($0),1000,USD,pm_card_visa_chargeDeclinedInsufficientFunds\n" }.joined(),
        "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      var rows = "order_id,amount,currency,processor_reference\n"
      for order in orders {
        let answer = try await night.post(
          "/v1/payment_intents",
          "amount=1000&currency=usd&confirm=true&off_session=true&payment_method=pm_card_visa&capture_method=manual")
        rows += "\(order),1000,USD,\(answer.split(separator: "\"").first { $0.hasPrefix("pi_") } ?? "none")\n"
      }
      try night.put(rows, "authorizations/b.csv")
      let second = Night.date.adding(days: 1)
      let stopped = try await night.run(
        .ingest, .charge, date: second, through: { base in Interposed(base: base) { _, _ in .later(why: "429") } })
      #expect(stopped.exitStatus == .tryLater)
      #expect(try await night.count("cancellations") == 1)
      #expect(try await night.ledger().isEmpty)
      let result = try await night.run(.charge, date: second)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.cancellations() == ["A canceled", "B canceled", "C canceled"])
      #expect(try await night.states() == ["A SUCCEEDED", "B SUCCEEDED", "C SUCCEEDED"])
      #expect(try await night.ledger().map(\.amount) == [1000, 1000, 1000])
    }
  }

  /// Past the life of a key it is looked up first, and then asked for again: cancelling takes no money.
  @Test func anAnswerThatWasLostLongAgoIsLookedUp() async throws {
    try await Night.with { night in
      try night.put(Self.header + "A,1000,USD,pm_card_visa_chargeDeclined\n", "authorizations/a.csv")
      try await night.run(
        .ingest, .charge,
        through: { base in
          Interposed(base: base) { base, request in
            _ = try await base.send(request, permit: {})
            throw Died()
          }
        })
      try await night.store.pool.transaction { db in
        try db.script("UPDATE cancellations SET created_at = created_at - interval '3 days'")
      }
      let sent = Mutex(0)
      let result = try await night.run(through: { base in
        Interposed(base: base) { base, request in
          sent.withLock { $0 += 1 }
          return try await base.send(request, permit: {})
        }
      })
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.cancellations() == ["A canceled"])
      #expect(sent.withLock { $0 } == 0)
    }
  }

  @Test func everyFaultOfTheNetworkEndsInOneCancellationEach() async throws {
    try await Night.with(faults: "lost-response=0.1,reset=0.1,server-error=0.1,rate-limited=0.05", seed: 3) { night in
      var text = Self.header
      for number in 0..<60 { text += "F-\(number),\(1000 + number),USD,pm_card_visa_chargeDeclined\n" }
      try night.put(text, "authorizations/a.csv")
      var result = try await night.run(.ingest, .charge)
      // A saved 500 keeps its cancellation open for as long as the processor remembers the key.
      for day in 1...8 where result.exitStatus == .tryLater {
        try await night.store.pool.transaction { db in
          try db.script("UPDATE cancellations SET created_at = created_at - interval '1 day' WHERE state = 'open'")
        }
        try await night.advance(days: 1)
        result = try await night.run(.charge, date: Night.date.adding(days: day))
      }
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.count("payments WHERE state = 'FAILED' AND processor_payment IS NULL") == 60)
      #expect(try await night.count("cancellations WHERE state = 'canceled'") == 60)
      #expect(try await night.ledger().isEmpty)
    }
  }

  /// Half of the orders wait for a retry, half have failed and are cancelled, all amid faults; then each gets a good card.
  @Test func newCardsAmidFaultsAreChargedOnceEach() async throws {
    let faults = "lost-response=0.06,reset=0.06,server-error=0.04,rate-limited=0.03"
    try await Night.with(faults: faults, seed: 11, yaml: RetryNightsTests.insufficientFundsOnly) { night in
      func orders(_ method: (Int) -> String) -> String {
        (0..<40).reduce(into: Self.header) { $0 += "N-\($1),\(1000 + $1),USD,\(method($1))\n" }
      }
      try night.put(
        orders { $0 % 2 == 0 ? "pm_card_visa_chargeDeclinedInsufficientFunds" : "pm_card_visa_chargeDeclined" },
        "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try night.put(orders { _ in "pm_card_mastercard" }, "authorizations/b.csv")
      for day in 1...10 {
        let result = try await night.run(.ingest, .charge, date: Night.date.adding(days: day))
        if result.exitStatus == .done { break }
        // What an earlier run left open is not taken from a file; the row comes again with the next one.
        try night.put(orders { _ in "pm_card_mastercard" } + "\n", "authorizations/c-\(day).csv")
      }
      let charged = try await night.ledger().compactMap { $0.metadata?["order_id"] }
      #expect(charged.count == 40)
      #expect(Set(charged).count == 40)
      #expect(try await night.count("payments WHERE state = 'SUCCEEDED'") == 40)
      #expect(try await night.count("cancellations WHERE state = 'canceled'") == 20)
      #expect(try await night.count("(SELECT DISTINCT idempotency_key FROM charge_attempts) k") >= 80)
    }
  }
}
