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
  @Test func aRunThatLosesItsDatabaseEndsWith69AndRetryGoesOn() async throws {
    try await CrashableServer.with { server, settings in
      let folder = try RunSite.folder("outage", orders: 80, charge: "{ concurrency: 4, batch: 20 }")
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
        let site = RunSite(store: store, folder: folder, environment: environment)
        let run = try await site.begin(untilCharged: 10)
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
        #expect(try await site.charged() == 80)
        // The judge is the processor's own ledger.
        #expect(try site.ledger().count == 80)
      }
      await store.close()
    }
  }
}
