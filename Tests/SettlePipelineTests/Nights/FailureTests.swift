import Foundation
import Postgres
import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

/// Failures stay small: what does not depend on the failed part goes on, and the exit status says what to do.
@Suite(.serialized) struct FailureTests {
  @Test func aRefusedFileStopsNeitherTheOthersNorTheReport() async throws {
    try await Night.with(anomalies: "duplicate=0.5") { night in
      try night.put(WholeNightTests.authorizations(20), "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try night.put("nobody,knows,this\n1,2,3\n", "outcomes/a-foreign.csv")
      try night.put(try await night.ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/stripe.csv")
      let result = try await night.run(.importing, .reconcile, .refund, .report)
      #expect(result.exitStatus == .inputRefused)
      #expect(result.stages.map(\.status) == [.failed, .done, .skipped, .done])
      #expect(result.files.map(\.status) == [.refused, .loaded])
      #expect(try await night.ledger().allSatisfy { $0.kind != "refund" })
      #expect(try String(contentsOfFile: night.folder + "/out/report.html", encoding: .utf8).contains("a-foreign.csv"))
    }
  }

  @Test func anUnreachableProcessorLeavesTheRestOfTheNightAlone() async throws {
    try await Night.with { night in
      try night.put(WholeNightTests.authorizations(5), "authorizations/a.csv")
      let away = Night(
        store: night.store, sandbox: "http://127.0.0.1:9", folder: night.folder, pipeline: night.pipeline)
      let result = try await away.run()
      #expect(result.exitStatus == .unavailable)
      #expect(result.stages.map(\.status) == [.done, .failed, .done, .done, .skipped, .done])
      #expect(try String(contentsOfFile: night.folder + "/out/report.html", encoding: .utf8).contains("charge"))
      #expect(try await night.run().exitStatus == .done)
      #expect(try await night.ledger().count == 5)
    }
  }

  @Test func aStoreBelongsToOneAccount() async throws {
    try await Night.with { night in
      try night.put(WholeNightTests.authorizations(3), "authorizations/a.csv")
      try await night.store.pool.transaction { db in
        try db.bind(to: ProcessorAccount(id: "acct_other", live: true), of: "stripe")
      }
      let result = try await night.run(.ingest, .charge)
      #expect(result.exitStatus == .configuration)
      #expect(try await night.ledger().isEmpty)
    }
  }

  @Test func onlyOneRunAtATime() async throws {
    try await Night.with { night in
      let lease = try await Lease.acquire(night.store.settings, run: UUID(), holder: "another run")
      await #expect(throws: StoreError.self) { try await night.run(.ingest) }
      await lease.release()
      #expect(try await night.run(.ingest).exitStatus == .done)
    }
  }

  @Test func tooManyQuarantinedRowsEndTheRunWithOne() async throws {
    let yaml = Night.yaml + "\nfail_on: { quarantined: 1 }\n"
    try await Night.with(yaml: yaml) { night in
      try night.put("order_id,amount,currency\na,0,USD\nb,-1,USD\nc,1,USD\n", "authorizations/a.csv")
      let result = try await night.run(.ingest)
      #expect(result.exitStatus == .exceeded)
      #expect(result.files.map(\.counts) == [FileCounts(read: 3, accepted: 1, quarantined: 2, ignored: 0)])
    }
  }

  @Test(arguments: [
    ([SettlePipeline.ExitStatus.tryLater, .inputRefused, .exceeded], SettlePipeline.ExitStatus.inputRefused),
    ([.exceeded, .done], .exceeded), ([.notPermitted, .configuration, .unavailable], .configuration),
    ([.defect, .configuration], .defect), ([.unavailable, .tryLater], .unavailable), ([], .done),
  ])
  func theMostUrgentStatusCounts(statuses: [SettlePipeline.ExitStatus], first: SettlePipeline.ExitStatus) {
    #expect(SettlePipeline.ExitStatus.first(of: statuses) == first)
  }
}
