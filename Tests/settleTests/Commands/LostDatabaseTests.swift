import Foundation
import Logging
import Postgres
import ProcessorSandbox
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import settle

/// A whole process whose database server is ended under it.
@Suite struct LostDatabaseTests {
  private static let pipeline = """
    pipeline: outage
    processor: stripe
    ingest: { sources: [{ path: "authorizations/*" }] }
    charge: { concurrency: 4, batch: 20 }
    import: { sources: [{ path: "outcomes/*" }] }
    """

  @Test func aRunThatLosesItsDatabaseEndsWith69AndRetryGoesOn() async throws {
    try await CrashableServer.with { server, settings in
      let folder = try Self.folder(orders: 80)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let store = Store(settings, connections: 1)
      _ = try await store.migrate()
      let sandbox = try Sandbox(
        configuration: SandboxConfiguration(
          port: 0, dataDirectory: folder + "/sandbox", faults: FaultRates(parsing: "slow=1.0"),
          slowness: .milliseconds(50)),
        logger: Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() })
      try await sandbox.withServer { url in
        let environment = [
          "DATABASE_URL": settings.conninfo, "STRIPE_API_BASE": url, "STRIPE_API_KEY": "sk_test_outage",
          "SETTLE_DATABASE_WAIT": "0s",
        ]
        let run = try RunningBinary(
          ["run", "--pipeline", "pipeline.yaml", "--date", "2026-11-20"], environment: environment, in: folder)
        while try await Self.charged(in: store) < 10, run.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        server.crash()
        let broken = try await run.stop(0)
        #expect(broken.status == 69, "\(broken.errors)")
        #expect(broken.output.contains("left out, because the database cannot be reached"), "\(broken.output)")
        #expect(broken.errors.contains("start the database, then `settle retry`"), "\(broken.errors)")
        let away = try await Binary.run("status", environment: environment)
        #expect(away.status == 69)

        try await server.cluster.start()
        let status = try await Binary.run("status", environment: environment)
        #expect(status.output.contains("it was killed, or lost its database or its lease: `settle retry` goes on"))
        let again = try await Binary.run("retry", environment: environment, in: "/")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try await Self.charged(in: store) == 80)
        // The judge is the processor's own ledger.
        let ledger = try String(contentsOfFile: folder + "/sandbox/ledger.jsonl", encoding: .utf8)
        #expect(ledger.split(separator: "\n").count { $0.contains(#""kind":"charge""#) } == 80)
      }
      await store.close()
    }
  }

  private static func folder(orders: Int) throws -> String {
    let folder = NSTemporaryDirectory() + "settle-outage-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder + "/inbox/authorizations", withIntermediateDirectories: true)
    try pipeline.write(toFile: folder + "/pipeline.yaml", atomically: true, encoding: .utf8)
    let rows = (0..<orders).map { "order-\($0),1000,USD,pm_card_visa\n" }.joined()
    try ("order_id,amount,currency,payment_method\n" + rows)
      .write(toFile: folder + "/inbox/authorizations/a.csv", atomically: true, encoding: .utf8)
    return folder
  }

  private static func charged(in store: Store) async throws -> Int64 {
    try await store.pool.session { db in
      try db.first("SELECT count(*) AS payments FROM payments WHERE state = 'SUCCEEDED'")?.get("payments") ?? 0
    }
  }
}
