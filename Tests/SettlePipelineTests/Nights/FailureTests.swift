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

  private static let wrongBalance = """
    :20:ST1
    :25:DE1234
    :28C:1/1
    :60F:C261120USD1000,00
    :61:2611211121C497,49NTRF00000003AAAA//BR1
    :62F:C261121USD1495,00
    -

    """

  /// A bank tells nothing of what was charged or given back.
  @Test func aRefusedStatementStopsNoRefund() async throws {
    let yaml = Night.yaml.replacing("\"outcomes/*\" }", with: "\"outcomes/*\" }, { path: \"bank/*\" }")
    try await Night.with(anomalies: "duplicate=1", yaml: yaml) { night in
      try night.put(WholeNightTests.authorizations(2), "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try await night.import("1.csv")
      try night.put(Self.wrongBalance, "bank/b.sta")
      let imported = try await night.run(.importing, .reconcile)
      #expect(imported.files.map(\.status) == [.loaded, .refused])
      #expect(imported.stages.first?.counts.last.map { "\($0.name) \($0.value)" } == "statements_refused 1")
      // Whether the same run has seen the refusal or an earlier one of the date.
      #expect(try await night.run(.refund, dryRun: true).stages.last?.counts.first?.value == 2)
      #expect(try await night.run(.refund).stages.map(\.status) == [.done])
      #expect(try await night.ledger().count { $0.kind == "refund" } == 2)
      let again = try await night.run(.importing, .refund, .report)
      #expect(again.stages.map(\.status) == [.failed, .done, .done])
      #expect(try String(contentsOfFile: night.folder + "/out/report.html", encoding: .utf8).contains("b.sta"))
      try night.put("nobody,knows,this\n1,2,3\n", "bank/c.csv")
      try await night.run(.importing)
      #expect(try await night.run(.refund).stages.map(\.status) == [.skipped])
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
