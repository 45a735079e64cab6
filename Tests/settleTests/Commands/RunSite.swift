import Foundation
import Logging
import Postgres
import ProcessorSandbox
import SettleStore
import SettleTesting
import Testing

/// A folder with orders and a pipeline, a store and a processor, for runs in processes of their own.
struct RunSite {
  let store: Store
  let folder: String
  let environment: [String: String]

  static let arguments = ["run", "--pipeline", "pipeline.yaml", "--date", "2026-11-20"]

  /// Makes a site with so many orders of 10.00 USD, and takes it away again.
  ///
  /// - Parameter rate: how fast the pipeline charges, such as `25/s`: slow enough to be met in the middle of it.
  static func with(
    _ name: String, orders count: Int, rate: String, _ body: (RunSite) async throws -> Void
  ) async throws {
    let folder = try folder(name, orders: count, charge: "{ rate: \(rate), concurrency: 2, batch: 10 }")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let store = try await Store.test()
    let sandbox = try Sandbox(
      configuration: SandboxConfiguration(port: 0, dataDirectory: folder + "/sandbox"),
      logger: Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() })
    try await sandbox.withServer { url in
      let environment = [
        "DATABASE_URL": store.settings.conninfo, "STRIPE_API_BASE": url, "STRIPE_API_KEY": "sk_test_\(name)",
      ]
      try await body(RunSite(store: store, folder: folder, environment: environment))
    }
    await store.close()
  }

  /// A new folder with a pipeline and an inbox.
  static func folder(_ name: String, orders count: Int, charge: String) throws -> String {
    let folder = NSTemporaryDirectory() + "settle-\(name)-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder + "/inbox/authorizations", withIntermediateDirectories: true)
    let pipeline = """
      pipeline: \(name)
      processor: stripe
      ingest: { sources: [{ path: "authorizations/*" }] }
      charge: \(charge)
      import: { sources: [{ path: "outcomes/*" }] }
      """
    try pipeline.write(toFile: folder + "/pipeline.yaml", atomically: true, encoding: .utf8)
    let rows = (0..<count).map { "order-\($0),1000,USD,pm_card_visa\n" }.joined()
    try ("order_id,amount,currency,payment_method\n" + rows)
      .write(toFile: folder + "/inbox/authorizations/a.csv", atomically: true, encoding: .utf8)
    return folder
  }

  /// Starts a run in a process of its own, and returns when it has charged so many.
  func begin(untilCharged least: Int64 = 1) async throws -> RunningBinary {
    let run = try RunningBinary(Self.arguments, environment: environment, in: folder)
    while try await charged() < least, run.isRunning { try await Task.sleep(for: .milliseconds(10)) }
    return run
  }

  func settle(_ arguments: [String]) async throws -> Binary {
    try await Binary.run(arguments, environment: environment, in: folder)
  }

  func charged() async throws -> Int64 {
    try await store.pool.session { db in
      try db.first("SELECT count(*) AS payments FROM payments WHERE state = 'SUCCEEDED'")?.get("payments") ?? 0
    }
  }

  /// The ids of the charges in the ledger's own file.
  func ledger() throws -> [String] {
    try String(contentsOfFile: folder + "/sandbox/ledger.jsonl", encoding: .utf8).split(separator: "\n")
      .map(String.init).filter { $0.contains(#""kind":"charge""#) }
  }

  func report() throws -> [String: Data] {
    let path = folder + "/reports/2026-11-20"
    return try FileManager.default.contentsOfDirectory(atPath: path)
      .reduce(into: [:]) { $0[$1] = FileManager.default.contents(atPath: "\(path)/\($1)") }
  }
}
