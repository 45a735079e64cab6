import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// The database goes away in the middle of a night: the run ends with 69 and words, nothing is lost, the next goes on.
@Suite struct LostDatabaseTests {
  @Test func aServerThatStopsWhileCallsAreUnderWayLosesNothing() async throws {
    try await Outage.with(faults: "slow=1.0") { night, outage in
      try night.put(Night.orders(120), "authorizations/a.csv")
      async let running = night.run()
      try await night.awaitCharges(20)
      outage.server.crash()
      let broken = try await running
      #expect(broken.exitStatus == .unavailable)
      #expect(broken.stages.map(\.status) == [.done, .failed, .skipped, .skipped, .skipped, .skipped])
      let charge = try #require(broken.stages.first { $0.stage == .charge })
      #expect(charge.exitStatus == .unavailable)
      #expect(charge.message?.contains("run this again") == true, "\(charge.message ?? "nothing")")
      #expect(broken.stages.suffix(4).allSatisfy { $0.message == StageOrder.databaseIsAway })
      #expect(broken.messages.contains { $0.contains("`settle retry`") })
      #expect(broken.outFolder == nil)
      // What was on the wire when the server stopped has moved money, and its answers are nowhere.
      let moved = try await night.ledger().count { $0.kind == "charge" }
      #expect(moved < 120)

      try await outage.server.cluster.start()
      #expect(try await night.store.rows("SELECT count(*)::text FROM runs WHERE finished_at IS NULL") == ["1"])
      let known = try await night.store.rows("SELECT count(*)::text FROM payments WHERE state = 'SUCCEEDED'")
      #expect(known.first.flatMap { Int($0) } ?? moved < moved)
      #expect(try await night.runUntilDone().exitStatus == .done)
      try await night.expectEachOrderOnce(120)
    }
  }

  /// A restart within the run's patience: it may even go unnoticed, and never costs more than a second run.
  @Test func aQuickRestartIsWaitedFor() async throws {
    try await Outage.with(patience: .seconds(10), faults: "slow=1.0") { night, outage in
      try night.put(Night.orders(80), "authorizations/a.csv")
      async let running = night.run()
      try await night.awaitCharges(10)
      outage.server.crash()
      try await outage.server.cluster.start()
      let first = try await running
      #expect([.done, .unavailable, .tryLater].contains(first.exitStatus))
      // Whatever the charges met, the stages after them found the database again.
      #expect(first.stages.suffix(2).map(\.status) == [.done, .done])
      #expect(try await night.runUntilDone().exitStatus == .done)
      try await night.expectEachOrderOnce(80)
    }
  }

  @Test func aDatabaseThatBecomesReadOnlyStopsTheRunUntilItIsNot() async throws {
    try await Outage.with(faults: "slow=1.0") { night, outage in
      try night.put(Night.orders(120), "authorizations/a.csv")
      async let running = night.run()
      try await night.awaitCharges(20)
      try await outage.administrate(
        "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
      let broken = try await running
      #expect(broken.exitStatus == .unavailable)
      let charge = try #require(broken.stages.first { $0.stage == .charge })
      #expect(charge.message?.contains("can only be read now") == true, "\(charge.message ?? "nothing")")
      #expect(broken.stages.suffix(4).map(\.status) == [.skipped, .skipped, .skipped, .skipped])
      let refused = await Failure.of { try await night.run() }
      #expect(refused?.status == .unavailable)
      #expect(refused?.message.contains("default_transaction_read_only is on") == true)

      try await outage.administrate(
        "SET default_transaction_read_only = off", "ALTER SYSTEM RESET default_transaction_read_only",
        "SELECT pg_reload_conf()")
      while await !night.store.answers() { try await Task.sleep(for: .milliseconds(10)) }
      #expect(try await night.runUntilDone().exitStatus == .done)
      try await night.expectEachOrderOnce(120)
    }
  }

  /// Nothing runs on a standby: that is a mistake in the settings, and no outage.
  @Test func aStandbyIsRefusedAtTheStart() async throws {
    try await Outage.with { night, outage in
      try await outage.server.cluster.stop()
      let signal = outage.server.cluster.dataFolder + "/standby.signal"
      #expect(FileManager.default.createFile(atPath: signal, contents: nil, attributes: [.posixPermissions: 0o644]))
      try await outage.server.cluster.start()
      for dryRun in [false, true] {
        let refused = await Failure.of { try await night.run(dryRun: dryRun) }
        #expect(refused?.status == .configuration, "\(refused?.message ?? "it ran")")
        #expect(refused?.message.contains("name the primary in DATABASE_URL") == true)
      }
    }
  }

  @Test(.enabled(if: SmallDisk.isPossible, "only who may mount file systems can fill one"))
  func aFullDiskInTheMiddleOfAnImportLosesNothing() async throws {
    try await SmallDisk.with(megabytes: 160) { disk in
      try await Outage.with(home: disk.path) { night, outage in
        let rows = (0..<20_000).map {
          "payment-succeeded,,order-\($0),,1000,USD,ch_\($0),,2026-11-20T01:00:00Z\n"
        }
        try night.put(
          "event,payment_id,order_id,refund_id,amount,currency,processor_reference,reason,occurred_at\n"
            + rows.joined(), "outcomes/a.csv")
        try disk.fill(leaving: 2)
        let broken = try await night.run(.importing, .reconcile)
        #expect(broken.exitStatus == .unavailable)
        #expect(broken.stages.map(\.status) == [.failed, .skipped])
        let message = broken.stages.first?.message ?? ""
        #expect(message.contains("disk is full") || message.contains("cannot be reached"), "\(message)")
        try disk.empty()
        // A server that cannot write its log ahead ends itself.
        try await outage.server.cluster.start()
        let result = try #require(try await night.tryToRun([.importing]))
        #expect(result.exitStatus == .done)
        #expect(
          result.files.map(\.counts) == [FileCounts(read: 20_000, accepted: 20_000, quarantined: 0, ignored: 0)])
        #expect(try await night.store.rows("SELECT count(*)::text FROM outcome_records") == ["20000"])
      }
    }
  }
}

extension Failure {
  /// What a run that could not begin says.
  static func of(_ body: () async throws -> Void) async -> Failure? {
    do { try await body() } catch { return Failure(error) }
    return nil
  }
}
