import Foundation
import Glibc
import Postgres
import SettleStore
import SettleTesting
import Testing

/// Two real processes and one store: whatever happens to the first, the second goes on and nothing is charged twice.
@Suite(.serialized) struct SucceededRunTests {
  private static let count = 60

  private func with(_ body: (RunSite) async throws -> Void) async throws {
    try await RunSite.with("succeeded", orders: Self.count, rate: "25/s", body)
  }

  /// A machine that slept, a debugger, a container that was frozen: the lease lapses, and another run takes over.
  @Test func aRunThatWasStoppedPastItsLeaseWritesAndSendsNothingMore() async throws {
    try await with { site in
      let stopped = try await site.begin()
      stopped.send(SIGSTOP)
      let held = try await site.settle(["status", "--json"])
      #expect(held.output.contains("\"process\": \"stopped\"") || held.output.contains("\"process\":\"stopped\""))
      let lapses = try #require(try await site.store.rows("SELECT expires_at::text FROM lease").first)
      var second = try await site.settle(RunSite.arguments)
      while second.status == 75, second.errors.contains("another run holds the store") {
        second = try await site.settle(RunSite.arguments)
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
