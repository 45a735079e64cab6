import Foundation
import Postgres
import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

/// A report that nothing has changed since is told again as it was published, and any other is written anew.
@Suite(.serialized) struct StandingReportTests {
  /// Runs the report, which is to tell again what was published, or to be written anew.
  private func expect(
    _ night: Night, stands: Bool, date: BusinessDate = Night.date, out: String = "out",
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let result = try await night.run(.report, date: date, out: out)
    #expect(result.stages.map(\.status) == [.done], "\(result.stages.compactMap(\.message))", sourceLocation: location)
    #expect(
      result.stages.flatMap(\.counts).map(\.name).contains("files_unchanged") == stands, sourceLocation: location)
  }

  private func withReport(_ body: (Night) async throws -> Void) async throws {
    try await Night.with(anomalies: "missing=0.3") { night in
      try night.put(WholeNightTests.authorizations(10), "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try await night.import("stripe.csv")
      try await night.run()
      try await body(night)
    }
  }

  @Test func nothingHasChanged() async throws {
    try await withReport { night in
      let (bytes, rows) = (try night.bytes(), try await night.store.fingerprint())
      let whole = try await night.run()
      #expect(whole.totals.contains { $0.bucket == "matched" })
      #expect(whole.stages.last?.counts.first?.name == "files_unchanged")
      #expect(whole.stages.last?.counts.contains { $0.name == "breaks" && $0.value > 0 } == true)
      try await expect(night, stands: true, out: "elsewhere")
      #expect(try night.bytes(out: "elsewhere") == bytes)
      #expect(try night.bytes() == bytes)
      #expect(try await night.store.fingerprint() == rows)
    }
  }

  @Test func aFileHasCome() async throws {
    try await withReport { night in
      try night.put(WholeNightTests.authorizations(1, prefix: "later"), "authorizations/b.csv")
      try await night.run(.ingest)
      try await expect(night, stands: false)
      try await expect(night, stands: true)
    }
  }

  @Test func aFileOfRefusedRowsHasCome() async throws {
    try await withReport { night in
      try night.put("order_id,amount,currency,payment_method\nA,none,USD,pm_card_visa\n", "authorizations/b.csv")
      try await night.run(.ingest)
      try await expect(night, stands: false)
    }
  }

  @Test func itIsAskedForAnew() async throws {
    try await withReport { night in
      let result = try await night.run(.report, anew: true)
      #expect(result.stages[0].counts.first?.name == "files_written")
      try await expect(night, stands: true)
    }
  }

  @Test func anotherPipelineTellsItOtherwise() async throws {
    try await withReport { night in
      var night = night
      night.pipeline = try PipelineDefinition(
        yaml: Night.yaml.replacing("pipeline: test", with: "pipeline: other"), file: "other.yaml")
      try await expect(night, stands: false)
    }
  }

  @Test func aStageWasLeftUndone() async throws {
    try await withReport { night in
      try night.put("no such header\n1\n", "authorizations/b.csv")
      #expect(try await night.run(.ingest).exitStatus == .inputRefused)
      try await expect(night, stands: false)
      try await expect(night, stands: true)
    }
  }

  /// The page tells of the dates before it that have a report.
  @Test func anEarlierDateHasItsFirstReport() async throws {
    try await withReport { night in
      let (earlier, later) = (Night.date.adding(days: 1), Night.date.adding(days: 2))
      try await expect(night, stands: false, date: later, out: "later")
      try await expect(night, stands: true, date: later, out: "later")
      try await expect(night, stands: false, date: earlier, out: "earlier")
      try await expect(night, stands: false, date: later, out: "later")
    }
  }

  @Test func whatWasPublishedIsDamaged() async throws {
    try await Night.with(proving: false) { night in
      try night.put(WholeNightTests.authorizations(5), "authorizations/a.csv")
      try await night.run(.ingest, .report)
      let bytes = try night.bytes()
      try await night.store.pool.session { db in
        _ = try db.execute("RESET ROLE")
        _ = try db.execute(
          "UPDATE edition_chunks SET content = overlay(content placing '!'::bytea from 1) WHERE file = 'totals.csv'")
      }
      let result = try await night.run(.report)
      #expect(result.stages.map(\.status) == [.done])
      #expect(result.messages.contains { $0.contains("totals.csv") && $0.contains("settle verify") })
      #expect(try night.bytes() == bytes)
    }
  }
}
