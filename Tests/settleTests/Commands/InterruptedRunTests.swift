import Foundation
import Glibc
import Postgres
import SettleStore
import Testing

@Suite struct InterruptedRunTests {
  @Test func aRunThatIsToldToStopEndsWith75AndRetryGoesOnWhereItEnded() async throws {
    try await RunSite.with("interrupted", orders: 80, rate: "40/s") { site in
      let run = try await site.begin()
      let stopped = try await run.stop(SIGTERM)
      #expect(stopped.status == 75, "\(stopped.errors)")
      #expect(stopped.errors.contains("settle: stopping at the next safe point"))
      let charged = try await site.charged()
      #expect(charged < 80)
      let before = try #require(try await site.store.pool.session { try $0.recentRuns(limit: 1).first })
      #expect(before.exitStatus == 75, "the stop is in the journal")
      #expect(before.stageRuns.first { $0.stage == "report" }?.status == .skipped)

      let again = try await Binary.run("retry", environment: site.environment, in: "/")
      #expect(again.status == 0, "\(again.errors)")
      #expect(again.errors.hasPrefix("settle: interrupted, 2026-11-20, again from charge\n"))
      #expect(try await site.charged() == 80)
      #expect(try site.report()["breaks.csv"] != nil)
      let once = try await Binary.run("retry", environment: site.environment, in: "/")
      #expect(once.errors == "settle: the last run (interrupted, 2026-11-20) ended well: nothing to retry\n")
    }
  }
}
