import Foundation
import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

/// What happens when a night, or a part of it, is run again.
@Suite(.serialized) struct RerunTests {
  @Test func aDryRunChangesNothingAndAsksNobody() async throws {
    try await Night.with { night in
      try night.put(WholeNightTests.authorizations(20), "authorizations/a.csv")
      try await night.run(.ingest)
      try night.put(WholeNightTests.authorizations(10, prefix: "later"), "authorizations/b.csv")
      let before = try await night.store.fingerprint()
      let asked = try await night.ask("/sandbox/stats")

      let result = try await night.run(dryRun: true)

      #expect(result.exitStatus == .done)
      #expect(result.stages.map(\.stage) == StageName.allCases)
      #expect(result.stages[0].counts.contains { $0 == ("rows_accepted", 10) })
      #expect(result.stages[1].counts.contains { $0 == ("to_charge", 30) })
      #expect(try await night.store.fingerprint() == before)
      #expect(try await night.ask("/sandbox/stats") == asked)
      #expect(!FileManager.default.fileExists(atPath: night.folder + "/out"))
    }
  }

  @Test func importAndReconcileReplayAlone() async throws {
    try await Night.with(anomalies: "duplicate=0.1,missing=0.1") { night in
      try night.put(WholeNightTests.authorizations(60), "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try night.put(try await night.ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/stripe.csv")
      try await night.run(.importing, .reconcile)
      let before = try await night.store.fingerprint()
      let moved = try await night.ledger().count

      let result = try await night.run(.importing, .reconcile)

      #expect(result.exitStatus == .done)
      #expect(result.stages.map(\.stage) == [.importing, .reconcile])
      #expect(try await night.store.fingerprint() == before)
      #expect(try await night.ledger().count == moved)
    }
  }

  @Test func theSameBytesUnderAnotherNameAreNotLoadedAgain() async throws {
    try await Night.with { night in
      try night.put(WholeNightTests.authorizations(10), "authorizations/a.csv")
      try await night.run(.ingest)
      try night.put(WholeNightTests.authorizations(10), "authorizations/b.csv")
      let result = try await night.run(.ingest)
      #expect(result.files.map(\.status) == [.known, .known])
      #expect(result.files.map(\.counts.ignored) == [10, 10])
    }
  }

  @Test func anOldReportStaysWhatItWas() async throws {
    try await Night.with(anomalies: "missing=0.2") { night in
      try night.put(WholeNightTests.authorizations(30), "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try night.put(try await night.ask("/sandbox/reports/payout_reconciliation.csv"), "outcomes/stripe.csv")
      try await night.run(out: "first")
      try await night.run(date: Night.date.adding(days: 1), out: "second")
      try await night.run(.report, out: "again")
      #expect(try night.bytes(out: "again") == night.bytes(out: "first"))
      let first = try night.rows("breaks.csv", out: "first")
      let second = try night.rows("breaks.csv", out: "second")
      #expect(!first.isEmpty)
      #expect(Set(first.map { $0["break_id"] }) == Set(second.map { $0["break_id"] }))
      #expect(second.allSatisfy { $0["age_days"] == "1" })
    }
  }

  @Test func whatFinanceEditedIsKept() async throws {
    try await Night.with(anomalies: "missing=0.3") { night in
      try night.put(WholeNightTests.authorizations(30), "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try await night.run(.reconcile, .report)
      let breaks = night.folder + "/out/breaks.csv"
      try "edited by finance".write(toFile: breaks, atomically: true, encoding: .utf8)
      try "mine".write(toFile: night.folder + "/out/notes.txt", atomically: true, encoding: .utf8)
      try await night.run(.report)
      try await night.run(.report)
      #expect(
        try String(contentsOfFile: night.folder + "/out/breaks.edited-1.csv", encoding: .utf8) == "edited by finance")
      #expect(try String(contentsOfFile: night.folder + "/out/notes.txt", encoding: .utf8) == "mine")
      #expect(!FileManager.default.fileExists(atPath: night.folder + "/out/breaks.edited-2.csv"))
      #expect(try night.rows("breaks.csv").count > 0)
    }
  }
}
