import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// Nights in which only one guard stands between a mistake and somebody's money. The sandbox's ledger judges.
@Suite(.serialized) struct LastLineTests {
  private static let header = "event,payment_id,order_id,amount,currency,processor_reference,reason,occurred_at\n"

  /// A database restored from before the night, keys long pruned at the processor, the same inbox: nothing is charged again.
  @Test func aLostStoreChargesNothingAgain() async throws {
    try await Night.with { night in
      try night.put(WholeNightTests.authorizations(20), "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try await night.advance(hours: 72)
      let empty = Night(
        store: try await Store.test(), sandbox: night.sandbox, folder: night.folder, pipeline: night.pipeline)
      let result = try await empty.run(.ingest, .charge)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.ledger().filter { $0.kind == "charge" }.count == 18)
      #expect(try await empty.count("payments WHERE state = 'SUCCEEDED' AND proof = 'look_up'") == 18)
      #expect(try await empty.store.faults() == [])
      await empty.store.close()
    }
  }

  /// At least once means twice sometimes: the same event, and the same charge under its other id, are no second charge.
  @Test func aChargeToldTwiceIsNotRefunded() async throws {
    try await Night.with { night in
      try night.put("order_id,amount,currency,payment_method\nA-1,2599,USD,pm_card_visa\n", "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      let own = try await night.onlyCharge()
      let event = "payment-succeeded,\(own.payment),A-1,2599,USD,\(own.processorPayment),,2026-11-20T10:00:00Z\n"
      try night.put(Self.header + event + event, "outcomes/twice.csv")
      try night.put(Self.header + event.replacing("10:00", with: "10:05"), "outcomes/later.csv")
      try night.put(
        Self.header + event.replacing(own.processorPayment, with: own.processorCharge), "outcomes/other-id.csv")
      let result = try await night.run()
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.ledger().map(\.kind) == ["charge"])
      #expect(try night.rows("breaks.csv").isEmpty)
      #expect(try night.rows("matched.csv").count == 1)
    }
  }

  /// The shopper's own failed try for the same order says nothing of settle's attempt, whose answer was lost.
  @Test func somebodyElsesDeclineClosesNoAttempt() async throws {
    try await Night.with(proving: false) { night in
      try night.put("order_id,amount,currency,payment_method\nA-1,2599,USD,pm_card_visa\n", "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try await night.store.pool.transaction { db in
        try db.script(
          """
          UPDATE charge_attempts SET state = 'open', answered_at = NULL, unknown_why = 'reset';
          UPDATE payments SET state = 'REQUESTED', succeeded_at = NULL, succeeded_on = NULL, proof = NULL,
            processor_payment = NULL, processor_charge = NULL;
          """)
      }
      try night.put(
        Self.header + "payment-failed,,A-1,2599,USD,pi_shopper,CARD_DECLINED,2026-12-24T10:00:00Z\n", "outcomes/a.csv")
      try await night.run(.importing)
      try night.put(
        "order_id,amount,currency,payment_method\nA-1,2599,USD,pm_card_mastercard\n", "authorizations/b.csv")
      let result = try await night.run()
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.ledger().count == 1)
      #expect(try await night.count("payments WHERE state = 'SUCCEEDED'") == 1)
      #expect(try await night.count("quarantine WHERE reason = 'attempt_open'") == 1)
    }
  }

  /// Another system's charge for the same order, of another amount: not ours, and not ours to refund.
  @Test func aChargeThatOnlySharesTheOrderIsLeftToAPerson() async throws {
    try await Night.with { night in
      try night.put("order_id,amount,currency,payment_method\nA-1,10000,USD,pm_card_visa\n", "authorizations/a.csv")
      try night.put(
        Self.header + "payment-succeeded,,A-1,13000,USD,pi_webshop,,2026-11-20T10:00:00Z\n", "outcomes/a.csv")
      try await night.run(.ingest, .importing, .reconcile)
      let result = try await night.run()
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.ledger().map(\.kind) == ["charge"])
      #expect(try await night.ledger().map(\.amount) == [10000])
    }
  }

  /// A processor that goes away in the middle: what was claimed and never sent is simply claimed again.
  @Test func whatWasNeverSentIsGivenBack() async throws {
    try await Night.with { night in
      try night.put(WholeNightTests.authorizations(60), "authorizations/a.csv")
      try await night.run(.ingest)
      let away = Night(
        store: night.store, sandbox: "http://127.0.0.1:9", folder: night.folder, pipeline: night.pipeline)
      #expect(try await away.run(.charge).exitStatus == .unavailable)
      #expect(try await night.run(.charge).exitStatus == .done)
      #expect(try await night.ledger().count == 54)
      #expect(try await night.count("charge_attempts WHERE state = 'open'") == 0)
    }
  }

  /// Amounts whose sum fits no 64 bits are refused where they come in, and stop no night.
  @Test func absurdAmountsAreQuarantined() async throws {
    try await Night.with { night in
      try night.put(
        "order_id,amount,currency,payment_method\nA,9223372036854775807,USD,pm_card_visa\nB,500,USD,pm_card_visa\n",
        "authorizations/a.csv")
      let result = try await night.run()
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.ledger().map(\.amount) == [500])
    }
  }

  /// An older date may be run again; what a later one found missing stays found.
  @Test func anOlderDateTakesNoBreakBack() async throws {
    try await Night.with(anomalies: "missing=1", yaml: Night.yaml.replacing("waiting_days: 0", with: "waiting_days: 2"))
    {
      night in
      try night.put(WholeNightTests.authorizations(5), "authorizations/a.csv")
      try await night.run()
      try await night.run(date: Night.date.adding(days: 2), out: "later")
      #expect(try night.rows("breaks.csv", out: "later").count == 5)
      let before = try await night.store.fingerprint()
      try await night.run(date: Night.date.adding(days: 1), out: "between")
      // But that date's own report is kept, since it was never published before.
      #expect(try await night.changed(since: before) == ["edition_chunks", "report_editions"])
    }
  }
}

extension Night {
  /// The only payment's id and its processor payment and charge.
  fileprivate func onlyCharge() async throws -> (payment: PaymentID, processorPayment: String, processorCharge: String)
  {
    try await store.pool.session { db in
      let row = try #require(try db.first("SELECT payment_id, processor_payment, processor_charge FROM payments"))
      return (
        payment: try row.get("payment_id"), processorPayment: try row.get("processor_payment"),
        processorCharge: try row.get("processor_charge")
      )
    }
  }
}
