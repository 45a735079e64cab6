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

/// Two real processes and one store: whatever happens to the first, the second goes on and nothing is charged twice.
@Suite(.serialized) struct SucceededRunTests {
  private static let pipeline = """
    pipeline: succeeded
    processor: stripe
    ingest: { sources: [{ path: "authorizations/*" }] }
    charge: { rate: 25/s, concurrency: 2, batch: 10 }
    import: { sources: [{ path: "outcomes/*" }] }
    """
  private static let count = 60

  private struct Site {
    let store: Store
    let folder: String
    let environment: [String: String]

    /// Starts a run in a process of its own, and returns when it has charged something.
    func begin() async throws -> RunningBinary {
      let run = try RunningBinary(SucceededRunTests.arguments, environment: environment, in: folder)
      while try await charged() == 0, run.isRunning { try await Task.sleep(for: .milliseconds(10)) }
      return run
    }

    func settle(_ arguments: [String]) async throws -> Binary {
      try await RunningBinary(arguments, environment: environment, in: folder).ended()
    }

    func charged() async throws -> Int64 {
      try await store.pool.session { db in
        try db.first("SELECT count(*) AS payments FROM payments WHERE state = 'SUCCEEDED'")?.get("payments") ?? 0
      }
    }

    /// The ids of the charges in the ledger's own file.
    func ledger() throws -> [String] {
      try String(contentsOfFile: folder + "/sandbox/ledger.jsonl", encoding: .utf8).split(separator: "\n").map(
        String.init
      )
      .filter { $0.contains("\"charge\"") }
    }

    func report() throws -> [String: Data] {
      let path = folder + "/reports/2026-11-20"
      return try FileManager.default.contentsOfDirectory(atPath: path)
        .reduce(into: [:]) { $0[$1] = FileManager.default.contents(atPath: "\(path)/\($1)") }
    }
  }

  private static let arguments = ["run", "--pipeline", "pipeline.yaml", "--date", "2026-11-20"]

  private func with(_ body: (Site) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "settle-succeeded-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/inbox/authorizations", withIntermediateDirectories: true)
    try Self.pipeline.write(toFile: folder + "/pipeline.yaml", atomically: true, encoding: .utf8)
    let rows = (0..<Self.count).map { "order-\($0),1000,USD,pm_card_visa\n" }.joined()
    try ("order_id,amount,currency,payment_method\n" + rows)
      .write(toFile: folder + "/inbox/authorizations/a.csv", atomically: true, encoding: .utf8)
    let store = try await Store.test()
    let sandbox = try Sandbox(
      configuration: SandboxConfiguration(port: 0, dataDirectory: folder + "/sandbox"),
      logger: Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() })
    try await sandbox.withServer { url in
      let environment = [
        "DATABASE_URL": store.settings.conninfo, "STRIPE_API_BASE": url, "STRIPE_API_KEY": "sk_test_succeeded",
      ]
      try await body(Site(store: store, folder: folder, environment: environment))
    }
    await store.close()
  }

  /// A machine that slept, a debugger, a container that was frozen: the lease lapses, and another run takes over.
  @Test func aRunThatWasStoppedPastItsLeaseWritesAndSendsNothingMore() async throws {
    try await with { site in
      let stopped = try await site.begin()
      stopped.send(SIGSTOP)
      let held = try await site.settle(["status", "--json"])
      #expect(held.output.contains("\"process\": \"stopped\"") || held.output.contains("\"process\":\"stopped\""))
      let lapses = try #require(try await site.store.rows("SELECT expires_at::text FROM lease").first)
      var second = try await site.settle(Self.arguments)
      while second.status == 75, second.errors.contains("another run holds the store") {
        second = try await site.settle(Self.arguments)
      }
      #expect(second.status == 0, "\(second.errors)")
      // It lived, so nobody took the store from it before its lease had lapsed.
      #expect(
        try await site.store.rows(
          "SELECT (started_at >= \(lapses)::timestamptz)::text FROM runs ORDER BY token DESC LIMIT 1") == ["true"])
      #expect(try await site.charged() == Self.count)
      #expect(try site.ledger().count == Self.count)
      let (rows, report) = (try await site.store.fingerprint(), try site.report())

      let first = try await stopped.stop(SIGCONT)

      #expect(first.status == 75, "\(first.errors)")
      let sentence = "this run lost its lease and wrote nothing after that: another run has taken over"
      #expect(first.errors.components(separatedBy: sentence).count == 2, "\(first.errors)")
      #expect(!first.errors.contains("defect"), "\(first.errors)")
      #expect(try await site.store.fingerprint() == rows)
      #expect(try site.report() == report)
      #expect(try site.ledger().count == Self.count)
    }
  }

  /// Nobody waits for the lease of a process that is gone; what it had sent is asked for again with its own keys.
  @Test func aKilledRunIsSucceededAtOnceAndRetryGoesOnFromItsStage() async throws {
    try await with { site in
      let killed = try await site.begin()
      _ = try await killed.stop(SIGKILL)
      let status = try await site.settle(["status"])
      #expect(status.output.contains("its process is gone: the next run takes it"), "\(status.output)")
      let retry = try await site.settle(["retry"])
      #expect(retry.status == 0, "\(retry.errors)")
      #expect(retry.errors.hasPrefix("settle: succeeded, 2026-11-20, again from charge\n"))
      #expect(try await site.charged() == Self.count)
      #expect(try site.ledger().count == Self.count)
      #expect(try site.report()["breaks.csv"] != nil)
    }
  }
}
