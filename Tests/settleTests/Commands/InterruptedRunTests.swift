import Foundation
import Glibc
import Logging
import Postgres
import ProcessorSandbox
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import settle

@Suite struct InterruptedRunTests {
  private static let pipeline = """
    pipeline: interrupted
    processor: stripe
    ingest: { sources: [{ path: "authorizations/*" }] }
    charge: { rate: 40/s, concurrency: 2, batch: 10 }
    import: { sources: [{ path: "outcomes/*" }] }
    """

  @Test func aRunThatIsToldToStopEndsWith75AndRetryGoesOnWhereItEnded() async throws {
    let folder = NSTemporaryDirectory() + "settle-interrupted-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/inbox/authorizations", withIntermediateDirectories: true)
    try Self.pipeline.write(toFile: folder + "/pipeline.yaml", atomically: true, encoding: .utf8)
    let rows = (0..<80).map { "order-\($0),1000,USD,pm_card_visa\n" }.joined()
    try ("order_id,amount,currency,payment_method\n" + rows)
      .write(toFile: folder + "/inbox/authorizations/a.csv", atomically: true, encoding: .utf8)
    let store = try await Store.test()
    let sandbox = try Sandbox(
      configuration: SandboxConfiguration(port: 0, dataDirectory: folder + "/sandbox"),
      logger: Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() })
    try await sandbox.withServer { url in
      let environment = [
        "DATABASE_URL": store.settings.conninfo, "STRIPE_API_BASE": url, "STRIPE_API_KEY": "sk_test_interrupted",
      ]
      let run = try RunningBinary(
        ["run", "--pipeline", "pipeline.yaml", "--date", "2026-11-20"], environment: environment, in: folder)
      while try await Self.charged(in: store) == 0, run.isRunning { try await Task.sleep(for: .milliseconds(10)) }
      let stopped = try await run.stop(SIGTERM)
      #expect(stopped.status == 75, "\(stopped.errors)")
      #expect(stopped.errors.contains("settle: stopping at the next safe point"))
      let charged = try await Self.charged(in: store)
      #expect(charged < 80)
      let before = try #require(try await store.pool.session { try $0.recentRuns(limit: 1).first })
      #expect(before.exitStatus == 75, "the stop is in the journal")
      #expect(before.stageRuns.first { $0.stage == "report" }?.status == .skipped)

      let again = try await Binary.run("retry", environment: environment, in: "/")
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.errors.hasPrefix("settle: interrupted, 2026-11-20, again from charge\n"))
      #expect(try await Self.charged(in: store) == 80)
      #expect(FileManager.default.fileExists(atPath: folder + "/reports/2026-11-20/breaks.csv"))
      let once = try await Binary.run("retry", environment: environment, in: "/")
      #expect(once.errors == "settle: the last run (interrupted, 2026-11-20) ended well: nothing to retry\n")
    }
    await store.close()
  }

  private static func charged(in store: Store) async throws -> Int64 {
    try await store.pool.session { db in
      try db.first("SELECT count(*) AS payments FROM payments WHERE state = 'SUCCEEDED'")?.get("payments") ?? 0
    }
  }
}
