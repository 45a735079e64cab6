import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// A night on a server of its own, which may be taken away from it.
struct Outage {
  let server: CrashableServer
  let direct: ConnectionSettings

  /// - Parameters:
  ///   - home: where the server's data lie; a new folder where nil.
  ///   - patience: of the night's store. Short, since most servers here come back only when the run has ended.
  static func with(
    home: String? = nil, settings: [String: String] = [:], patience: Duration = .milliseconds(300),
    faults: String = "", anomalies: String = "", _ body: (Night, Outage) async throws -> Void
  ) async throws {
    try await CrashableServer.with(home: home, settings: settings) { server, direct in
      let store = Store(direct, connections: 4, patience: patience)
      _ = try await store.migrate()
      try await Night.with(faults: faults, anomalies: anomalies, store: store) { night in
        try await body(night, Outage(server: server, direct: direct))
      }
    }
  }

  /// A statement of the server's administrator, who is not the owner of the store.
  func administrate(_ statements: String...) async throws {
    var administrator = direct
    administrator.conninfo = direct.conninfo.replacing("user=settle", with: "user=postgres")
    let connection = try await Connection.open(administrator)
    for statement in statements { try await connection.run { db in try db.script(statement) } }
    await connection.close()
  }
}

extension Night {
  /// Runs again, as cron would, until nothing is left to do.
  func runUntilDone() async throws -> RunResult {
    var last = try await tryToRun([])
    for _ in 0..<5 where last?.exitStatus != .done { last = try await tryToRun([]) }
    return try #require(last)
  }

  /// Nil where no run could even begin, for want of a database.
  func tryToRun(_ stages: [StageName]) async throws -> RunResult? {
    do {
      // A run that lost its database could not give its lease back. Its process, which the next run would find to be
      // gone, is this one.
      try await store.execute("UPDATE lease SET expires_at = now() - interval '1 second' WHERE run_id IS NOT NULL")
      return try await run(stages)
    } catch {
      let failure = Failure(error)
      #expect([.unavailable, .tryLater].contains(failure.status), "\(failure)")
      return nil
    }
  }

  /// The judge is the processor's ledger: each order at most once, and just those that the store knows to be paid.
  func expectEachOrderOnce(_ count: Int, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let charges = try await ledger().filter { $0.kind == "charge" && $0.anomaly == nil }
    let payments = Set(charges.compactMap { $0.metadata?["payment_id"] })
    #expect(charges.count == count, sourceLocation: sourceLocation)
    #expect(payments.count == count, sourceLocation: sourceLocation)
    let paid = try await store.rows("SELECT payment_id::text FROM payments WHERE state = 'SUCCEEDED'")
    #expect(Set(paid) == payments, sourceLocation: sourceLocation)
    let open = try await store.rows("SELECT payment_id::text FROM charge_attempts WHERE state = 'open'")
    #expect(open == [], sourceLocation: sourceLocation)
  }

  /// Returns once the processor has taken this many payments.
  func awaitCharges(_ count: Int) async throws {
    while try await ledger().count(where: { $0.kind == "charge" }) < count {
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  static func orders(_ count: Int) -> String {
    "order_id,amount,currency,payment_method\n"
      + (0..<count).map { "order-\($0),\(1_000 + $0),USD,pm_card_visa\n" }.joined()
  }
}
