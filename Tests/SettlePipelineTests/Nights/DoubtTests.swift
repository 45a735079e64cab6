import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// A store that was restored knows less than the processor. The sandbox's ledger judges.
@Suite(.serialized) struct DoubtTests {
  /// A night after which the store of the moment before its charges is brought back.
  private func restored(
    _ night: Night, keysPruned: Bool = true, inPlace: Bool = false
  ) async throws -> (night: Night, charged: Int) {
    try night.put(WholeNightTests.authorizations(3, prefix: "before"), "authorizations/a.csv")
    try await night.run(.ingest, .charge)
    try night.put(WholeNightTests.authorizations(20), "authorizations/b.csv")
    try await night.run(.ingest)
    let backup = try await TestCluster.copy(of: night.store.settings)
    #expect(try await night.run(.charge).exitStatus == .done)
    if keysPruned { try await night.advance(hours: 72) }
    var old = night
    old.store = Store(backup)
    if inPlace {
      // The files of the same cluster put back: the database says of itself what it always said.
      try await old.store.execute(
        "UPDATE store_identity SET database_oid = (SELECT oid::bigint FROM pg_database WHERE datname = current_database())"
      )
    }
    return (old, try await night.charges())
  }

  @Test func aDumpRestoredElsewhereChargesNothingAgain() async throws {
    try await Night.with { night in
      let (old, charged) = try await restored(night)
      #expect(charged == 21)
      let result = try await old.run(.ingest, .charge)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(result.messages.contains { $0.contains("in another database than before") }, "\(result.messages)")
      #expect(result.messages.contains("18 payments were charged before, and are not charged again"))
      #expect(try await night.charges() == charged)
      #expect(try await old.run(.ingest, .charge).messages == [])
      await old.store.close()
    }
  }

  /// A snapshot put back in place shows only by what the processor knows.
  @Test(arguments: [true, false])
  func aSnapshotPutBackIsToldByTheProcessor(keysPruned: Bool) async throws {
    try await Night.with { night in
      let (old, charged) = try await restored(night, keysPruned: keysPruned, inPlace: true)
      let result = try await old.run(.ingest, .charge)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(result.messages.contains { $0.contains("older than the processor") }, "\(result.messages)")
      #expect(try await night.charges() == charged)
      // The new night's charges are known, and say nothing of another restore.
      try old.put(WholeNightTests.authorizations(3, prefix: "after"), "authorizations/c.csv")
      let next = try await old.run(.ingest, .charge)
      #expect(next.stages.last?.counts.contains { $0 == ("charged", 3) } == true)
      #expect(try await night.charges() == charged + 3)
      await old.store.close()
    }
  }

  /// Another system's charges hide the processor's newest of settle's.
  @Test func aSnapshotPutBackIsToldBehindTheChargesOfOthers() async throws {
    try await Night.with { night in
      let (old, charged) = try await restored(night, inPlace: true)
      for number in 0..<110 {
        try await night.post(
          "/v1/payment_intents",
          "amount=\(500 + number)&currency=usd&payment_method=pm_card_visa&payment_method_types[]=card&confirm=true"
            + "&off_session=true", headers: [("Idempotency-Key", "other-\(number)")])
      }
      let result = try await old.run(.ingest, .charge)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(result.messages.contains { $0.contains("older than the processor") }, "\(result.messages)")
      #expect(try await night.charges() == charged + 110)
      await old.store.close()
    }
  }

  /// The store was lost and made anew. A file of its predecessor comes back only after the first nights, behind more
  /// charges than the processor's newest page tells of.
  @Test func aLostStoresFileThatComesBackLateIsNotChargedAgain() async throws {
    try await Night.with { night in
      let late = WholeNightTests.authorizations(8, prefix: "late")
      try night.put(late, "authorizations/late.csv")
      try await night.run(.ingest, .charge)
      try FileManager.default.removeItem(atPath: night.folder + "/inbox/authorizations/late.csv")
      try await night.advance(hours: 72)
      var anew = night
      anew.store = try await Store.test()
      try anew.put(WholeNightTests.authorizations(120), "authorizations/new.csv")
      #expect(try await anew.run(.ingest, .charge).exitStatus == .done)
      let charged = try await night.charges()
      try anew.put(late, "authorizations/late.csv")
      let result = try await anew.run(.ingest, .charge, date: Night.date.adding(days: 1))
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(
        result.messages.contains("8 payments were charged before, and are not charged again"), "\(result.messages)")
      #expect(try await night.charges() == charged)
      await anew.store.close()
    }
  }

  /// The restored store has one attempt, the processor two: the third must not go out under the second's key.
  @Test func theNextAttemptIsNumberedAfterAllThatTheProcessorSaw() async throws {
    try await Night.with { night in
      let header = "order_id,amount,currency,payment_method\n"
      try night.put(header + "A-1,2599,USD,pm_card_visa_chargeDeclined\n", "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      let backup = try await TestCluster.copy(of: night.store.settings)
      try night.put(header + "A-1,2599,USD,pm_card_visa_chargeDeclinedInsufficientFunds\n", "authorizations/b.csv")
      try await night.run(.ingest, .charge)
      try FileManager.default.removeItem(atPath: night.folder + "/inbox/authorizations/b.csv")
      try night.put(header + "A-1,2599,USD,pm_card_visa\n", "authorizations/c.csv")
      var old = night
      old.store = Store(backup)
      let result = try await old.run(.ingest, .charge)
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      #expect(try await night.ledger().map(\.idempotency_key).map { $0?.hasSuffix("-3") } == [true])
      #expect(
        try await old.store.rows("SELECT attempt::text, state FROM charge_attempts ORDER BY 1") == [
          "1 declined", "2 superseded", "3 succeeded",
        ])
      await old.store.close()
    }
  }

  /// An attempt that was sent and whose answer nobody recorded, and one that never left. Within the key's life the very
  /// same bytes go out again; past it nothing is posted any more.
  @Test(arguments: [(22, "answer"), (24, "look_up"), (72, "look_up")])
  func anOldAttemptIsLookedUpAndNeverPosted(hours: Int, proof: String) async throws {
    try await Night.with(proving: false) { night in
      try night.put(WholeNightTests.authorizations(9), "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try await night.forgetAnswers()
      if proof == "look_up" {
        try night.put("order_id,amount,currency,payment_method\nlost,100,USD,pm_card_visa\n", "authorizations/b.csv")
        try await night.run(.ingest)
        try await night.claimAndDie()
      }
      try await night.advance(hours: hours)
      var later = night
      later.ahead = .seconds(hours * 3_600)
      let result = try await later.run(.charge)
      #expect(try await night.charges() == 9)
      #expect(try await night.store.rows("SELECT DISTINCT proof FROM payments WHERE state = 'SUCCEEDED'") == [proof])
      guard proof == "look_up" else {
        #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
        return
      }
      #expect(result.exitStatus == .tryLater)
      // One look a run, and no more than are worth it: then a person decides, and no run is held up by it.
      #expect(try await later.run(.charge).exitStatus == .tryLater)
      let last = try await later.run(.charge, .reconcile)
      #expect(last.exitStatus == .done, "\(last.stages.compactMap(\.message))")
      #expect(last.stages[0].counts.contains { $0 == ("left_to_person", 1) })
      #expect(try await night.store.rows("SELECT look_ups::text FROM charge_attempts WHERE state = 'open'") == ["3"])
      #expect(
        try await night.store.rows("SELECT reason, rule FROM breaks WHERE reason = 'outcome_unknown'") == [
          "outcome_unknown left_to_person"
        ])
      #expect(try await later.run(.charge).exitStatus == .done)
      #expect(try await night.charges() == 9)
    }
  }
}

extension Night {
  fileprivate func charges() async throws -> Int { try await ledger().filter { $0.kind == "charge" }.count }

  /// What a run leaves that died after its calls and before it recorded their answers.
  fileprivate func forgetAnswers() async throws {
    try await store.execute(
      """
      UPDATE payments SET state = 'REQUESTED', succeeded_at = NULL, succeeded_on = NULL, proof = NULL,
        processor_payment = NULL, processor_charge = NULL
      """)
    try await store.execute("UPDATE charge_attempts SET state = 'open', answered_at = NULL")
    let owner = try await Connection.open(store.settings)
    try await owner.run { try $0.execute("DELETE FROM payment_references") }
    await owner.close()
  }

  /// What a run leaves that died before the first byte.
  fileprivate func claimAndDie() async throws {
    let now = Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    let context = LoadContext(merchant: "default", processor: "stripe", date: Night.date, now: now)
    try await store.pool.transaction { db in
      guard let row = try db.first("SELECT run_id, token FROM runs ORDER BY token DESC LIMIT 1") else { return }
      let run = RunIdentity(id: try row.get("run_id"), fence: Fence(token: try row.get("token")))
      _ = try db.claimBatch(of: 9, run: run, context: context, keyLife: .seconds(82_800)) { operation in
        guard case .charge(let order) = operation else { throw ProcessorRefusal.unsupported("only charges here") }
        return ProcessorRequest(
          path: "/v1/payment_intents", body: "amount=\(order.amount.minor)",
          idempotencyKey: "settle-\(order.payment)-1", apiVersion: "2024-06-20")
      }
    }
  }
}
