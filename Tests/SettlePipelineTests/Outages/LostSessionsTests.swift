import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// Sessions end and answers get lost, while the server itself lives.
@Suite struct LostSessionsTests {
  /// Every third COMMIT of a whole night is answered to nobody: each is looked up, and the night ends as if nothing had
  /// happened.
  @Test func lostAnswersToCommitGoUnnoticed() async throws {
    try await throughRelay { night, relay in
      relay.cut(.answered, "COMMIT", every: 3)
      let charged = try await night.run(.ingest, .charge)
      #expect(charged.exitStatus == .done, "\(charged.stages.compactMap(\.message))")
      #expect(charged.stages.last?.counts.first { $0.name == "charged" }?.value == 60)
      try night.put(try await night.ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/stripe.csv")
      let rest = try await night.run(.importing, .reconcile, .refund, .report)
      #expect(rest.exitStatus == .done, "\(rest.stages.compactMap(\.message))")
      #expect(relay.cuts > 5)
      try await night.expectEachOrderOnce(60)
    }
  }

  /// Every fourth COMMIT never reaches the server: a run ends with 69, and the next goes on.
  @Test func commitsThatNeverArriveAreDoneAgain() async throws {
    try await throughRelay { night, relay in
      relay.cut(.before, "COMMIT", every: 4)
      for _ in 0..<4 { _ = try await night.tryToRun([.ingest, .charge]) }
      relay.cutNothing()
      #expect(try await night.runUntilDone().exitStatus == .done)
      try await night.expectEachOrderOnce(60)
    }
  }

  /// All sessions of the run are ended again and again, at moments that the seed decides.
  @Test(arguments: StageName.allCases)
  func sessionsMayEndInAnyStage(stage: StageName) async throws {
    try await Night.with(faults: "slow=0.5", anomalies: "duplicate=0.1") { night in
      try night.put(Night.orders(60), "authorizations/a.csv")
      for earlier in StageName.allCases where earlier < stage {
        if earlier == .importing { try await night.putReport() }
        try await night.run(earlier)
      }
      if stage == .importing { try await night.putReport() }
      for round in 0..<3 {
        let seed = UInt64(round) * 10 + UInt64(StageName.allCases.firstIndex(of: stage) ?? 0)
        try await night.endingSessions(seed: seed) { _ = try await night.tryToRun([stage]) }
      }
      try await night.charge()
      try await night.putReport()
      #expect(try await night.runUntilDone().exitStatus == .done)
      try await night.expectEachOrderOnce(60)
      let ledger = try await night.ledger()
      #expect(ledger.count { $0.kind == "refund" } == ledger.count { $0.anomaly == "duplicate" })
      let breaks = try await night.store.rows("SELECT reason FROM breaks WHERE status = 'open'")
      #expect(breaks == [])
    }
  }

  private func throughRelay(_ body: (Night, SocketRelay) async throws -> Void) async throws {
    let direct = try await Store.test(connections: 1)
    let relay = try SocketRelay(to: direct.settings)
    try await Night.with(store: Store(relay.settings)) { night in
      try night.put(Night.orders(60), "authorizations/a.csv")
      try await body(night, relay)
    }
    relay.close()
    await direct.close()
  }
}

extension Night {
  fileprivate func putReport() async throws {
    try put(try await ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/stripe-\(UUID().uuidString).csv")
  }

  /// So that the report has every charge in it.
  fileprivate func charge() async throws {
    for _ in 0..<5 where try await tryToRun([.ingest, .charge])?.exitStatus != .done {}
  }

  /// Ends all sessions of the store but its own while the body runs.
  fileprivate func endingSessions(seed: UInt64, _ body: () async throws -> Void) async throws {
    let settings = store.settings
    let terminator = Task {
      let connection = try await Connection.open(settings)
      var random = Moments(state: seed)
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(random.next()))
        try await connection.run { db in
          _ = try db.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
            """)
        }
      }
      await connection.close()
    }
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    terminator.cancel()
    _ = await terminator.result
    try result.get()
  }
}

/// Pauses of 1 to 60 ms, by SplitMix64.
private struct Moments {
  var state: UInt64

  mutating func next() -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % 60) + 1
  }
}
