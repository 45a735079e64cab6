import Foundation
import Postgres
import SettlePipeline
import SettleTesting
import Testing

@testable import settle_bench

/// Rows are counted instead of seconds: they are the same on every machine, however busy.
@Suite("What a night costs the database")
struct StageCostsTests {
  private struct Kept: Codable {
    var orders: Int
    var first: [String: StageCosts]
    var again: [String: StageCosts]
  }

  @Test(
    "is no more than was kept, in rows and in records of WAL, and writes the same rows",
    .enabled("no row operations are kept for this version of PostgreSQL: scripts/figures keeps them") {
      if KeptFigures.areWritten { return true }
      return KeptFigures.areKept(try await CountedNights.kept(by: TestCluster.server()))
    })
  func isKept() async throws {
    let night = try await CountedNights.measured.value.once
    let kept = try KeptFigures.keptOrFound(
      try await CountedNights.kept(by: TestCluster.server()),
      found: Kept(orders: night.orders, first: night.first, again: night.again))
    #expect(kept.orders == night.orders)
    for (run, found, kept) in [("first", night.first, kept.first), ("again", night.again, kept.again)] {
      for (stage, found) in found.sorted(by: { $0.key < $1.key }) {
        let kept = try #require(kept[stage])
        let largest = Self.largest(run == "first" ? night.statements[stage] : nil)
        // Less than one further pass over a file's rows would be.
        KeptFigures.expect(
          found.rowOperations, within: 2, of: kept.rowOperations, "row operations of \(stage), \(run)\(largest)")
        KeptFigures.expect(
          found.walRecords, within: 5, of: kept.walRecords, "records of WAL of \(stage), \(run)")
        #expect(
          found.writes == kept.writes,
          "rows written by \(stage), \(run); where that is meant, run scripts/figures and read the diff")
      }
    }
  }

  /// A statement is known by its text; what is not bound in it is the same for each night.
  @Test("grows no faster than its orders, and asks no statement for each of them", arguments: CountedNight.stages)
  func grows(stage: StageName) async throws {
    let nights = try await CountedNights.measured.value
    let stage = stage.rawValue
    let small = try #require(nights.once.statements[stage])
    // Where a table has a page or two, going through it for every row is the cheapest there is.
    for (text, operations) in try #require(nights.twice.statements[stage]) where operations > nights.twice.orders {
      Self.expectGrowth(from: small[text] ?? 0, to: operations, "row operations of \(stage), by \(text.prefix(200))")
    }
    for (run, small, large) in [
      ("first", nights.once.first, nights.twice.first), ("again", nights.once.again, nights.twice.again),
    ] {
      let small = try #require(small[stage])
      let large = try #require(large[stage])
      Self.expectGrowth(from: small.rowOperations, to: large.rowOperations, "row operations of \(stage), \(run)")
      Self.expectGrowth(from: small.walRecords, to: large.walRecords, "records of WAL of \(stage), \(run)")
      #expect(large.statements <= small.statements + 10, "statements of \(stage), \(run)")
    }
  }

  @Test("writes each fact once, and nothing at all when it is run again")
  func writesOnce() async throws {
    let nights = try await CountedNights.measured.value
    for night in [nights.once, nights.twice] {
      let payments = try #require(night.first["ingest"]?.writes["payments"])
      #expect(payments.inserted == night.orders)
      #expect(payments.updated == 0)
      let imported = try #require(night.first["import"])
      #expect(imported.writes["outcome_records"]?.inserted == Int64(night.made.outcomes))
      #expect(imported.writes["outcome_records"]?.updated == 0)
      // Each order's charge tells once that it succeeded; one of another amount proves nothing by its order alone.
      let matched = Int64(night.orders - night.made.missing - night.made.otherAmount)
      #expect(imported.writes["payments"]?.updated == matched)
      #expect(night.first["reconcile"]?.writes["matches"]?.inserted == matched)
      #expect(night.first["reconcile"]?.writes["matches"]?.updated == 0)
      for (stage, costs) in night.again { #expect(costs.writes == [:], "\(stage), again") }
    }
  }

  @Test("is seen where a join goes through every row for every row")
  func seesNestedLoops() async throws {
    let nights = try await CountedNights.measured.value
    for night in [nights.once, nights.twice] { #expect(night.nestedLoop > night.joined * night.joined) }
    #expect(nights.twice.nestedLoop > 3 * nights.once.nestedLoop)
  }

  /// The larger night has twice the orders; a tenth more is let pass, as n log n has it, and a few rows.
  private static func expectGrowth(
    from small: Int, to large: Int, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      large * 10 <= small * 22 + 500, "\(what): \(small) for a night, \(large) for one of twice the orders",
      sourceLocation: sourceLocation)
  }

  private static func largest(_ statements: [String: Int]?) -> String {
    (statements ?? [:]).sorted { $0.value > $1.value }.prefix(5).map { "\n\($0.value) by \($0.key.prefix(200))" }
      .joined()
  }
}
