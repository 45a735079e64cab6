import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Postgres
import SettleModel
import SettleProcessors
import SettleStore
import Testing

@testable import SettlePipeline

// What nights of several dates do at the processor beside their runs.

extension Night {
  var now: Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

  func token() async throws -> Int64 {
    try await store.pool.session { try $0.first("SELECT token FROM lease")?.get("token") } ?? 0
  }

  /// Puts the processor's report, as it is now, into the inbox.
  func `import`(_ name: String) async throws {
    try put(try await ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/\(name)")
  }

  func nextDay() async throws {
    try await post("/sandbox/clock", "{\"advance_seconds\":\(86_400 + 60)}")
  }

  /// Tables that have changed, but those in which a run journals itself.
  func changed(since before: [String: String]) async throws -> [String] {
    let journal: Set = ["runs", "stage_runs", "lease", "charge_batches", "published_reports"]
    return try await store.fingerprint().filter { before[$0.key] != $0.value && !journal.contains($0.key) }.keys
      .sorted()
  }

  /// The processor's adapter, as a run has it.
  func connected(_ body: (any ConnectedProcessor) async throws -> Void) async throws {
    let settings = ProcessorSettings(
      apiKey: Secret("sk_test_night"), apiBase: sandbox, rate: nil, concurrency: 8,
      timeouts: .init(connect: .seconds(2), request: .seconds(5)))
    let adapter = try ProcessorCatalogue.adapter(named: "stripe", settings: settings, logger: Logger(label: "stripe"))
    do { try await body(adapter) } catch {
      await adapter.close()
      throw error
    }
    await adapter.close()
  }
}
