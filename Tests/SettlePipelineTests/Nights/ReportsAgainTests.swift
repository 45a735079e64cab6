import Foundation
import Postgres
import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

/// Reports as they were known at an instant.
@Suite(.serialized) struct ReportsAgainTests {
  @Test func eachInstantHasItsReportByteForByte() async throws {
    try await Night.with { night in
      try night.put(WholeNightTests.authorizations(30), "authorizations/a.csv")
      let early = night.now
      let first = try await night.run(.ingest, .charge, .reconcile, .report)
      let known = try night.bytes()
      try await night.import("stripe.csv")
      let second = try await night.run(.importing, .reconcile, .report)
      let now = try night.bytes()
      #expect(known != now)
      let rows = try await night.store.fingerprint()

      let then = try await night.run(.report, out: "then", asOf: first.finishedAt)
      #expect(then.exitStatus == .done, "\(then.stages.compactMap(\.message)) \(then.messages)")
      #expect(try night.bytes(out: "then") == known)
      try await night.run(.report, out: "later", asOf: second.finishedAt)
      #expect(try night.bytes(out: "later") == now)
      #expect(try night.bytes() == now)
      #expect(try await night.store.fingerprint() == rows)

      let tooEarly = try await night.run(.report, out: "never", asOf: early)
      #expect(tooEarly.exitStatus == .inputRefused)
      #expect(tooEarly.stages.first?.message?.contains("the first one was at \(first.finishedAt)") == true)
      #expect(!FileManager.default.fileExists(atPath: night.folder + "/never"))
      let noDate = try await night.run(.report, date: Night.date.adding(days: 9), out: "never", asOf: early)
      #expect(noDate.stages.first?.message?.contains("no report of 2026-11-29 was ever published") == true)
    }
  }

  @Test func aReportThatIsWrittenAgainIsNoNewEdition() async throws {
    try await Night.with { night in
      try night.put(WholeNightTests.authorizations(5), "authorizations/a.csv")
      try await night.run(.ingest, .report)
      let editions = try await night.count("report_editions")
      #expect(editions > 8)
      try await night.run(.report)
      #expect(try await night.count("report_editions") == editions)
      let dry = try await night.run(.report, out: "dry", dryRun: true, asOf: night.now)
      #expect(dry.stages.first?.counts.first?.value == editions)
    }
  }

  @Test func theTrendGrowsByADateAndIsTheSameAgain() async throws {
    try await Night.with { night in
      try night.put(WholeNightTests.authorizations(5), "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      try await night.import("stripe.csv")
      try await night.run()
      let first = try night.bytes()
      try night.put(WholeNightTests.authorizations(4, prefix: "later"), "authorizations/b.csv")
      let later = Night.date.adding(days: 3)
      try await night.run(.ingest, .charge, date: later)
      try await night.import("stripe-2.csv")
      try await night.run([], date: later, out: "second")
      let second = try night.bytes(out: "second")
      let page = try String(contentsOfFile: night.folder + "/second/report.html", encoding: .utf8)
      #expect(page.contains("The last 2 dates that have a report"))
      #expect(page.contains("<th scope=\"row\">2026-11-23</th><td class=\"figure\">4</td>"))
      #expect(page.contains("<th scope=\"row\">2026-11-20</th><td class=\"figure\">5</td>"))

      try await night.run([], date: later, out: "second")
      #expect(try night.bytes(out: "second") == second)
      // The older date knows nothing of the later one.
      try await night.run(.report)
      #expect(try night.bytes() == first)
      #expect(
        try String(contentsOfFile: night.folder + "/out/report.html", encoding: .utf8)
          .contains("This is the first date that has a report."))
    }
  }

  @Test func whatWasChangedInTheStoreIsNotTold() async throws {
    try await Night.with(proving: false) { night in
      try night.put(WholeNightTests.authorizations(5), "authorizations/a.csv")
      try await night.run(.ingest, .report)
      try await night.store.pool.session { db in
        _ = try db.execute("RESET ROLE")
        _ = try db.execute(
          "UPDATE edition_chunks SET content = overlay(content placing '!'::bytea from 1) WHERE file = 'totals.csv'")
      }
      let told = try await night.run(.report, out: "then", asOf: night.now)
      #expect(told.exitStatus == .inputRefused)
      #expect(told.stages.first?.message?.contains("totals.csv") == true)
    }
  }

  /// The day's file did not come: one break. It comes on the next day: a restatement of the first day's report.
  @Test func aLateFileIsToldOfInItsOwnDatesReport() async throws {
    let yaml = Night.yaml.replacing(
      "import: { sources: [{ path: \"outcomes/*\" }] }",
      with: "import: { sources: [{ path: \"outcomes/*\", expected: daily }] }")
    try await Night.with(yaml: yaml) { night in
      try night.put(
        "order_id,amount,currency,payment_method\nA,1000,USD,pm_card_visa\nB,2000,EUR,pm_card_visa\n",
        "authorizations/a.csv")
      try await night.run()
      let breaks = try night.rows("breaks.csv")
      #expect(breaks.map { $0["reason"] } == ["file_missing"])
      #expect(breaks.first?["processor"] == "stripe")
      #expect(try night.bucket("file_missing") != nil)
      #expect(try night.rows("restatements.csv").isEmpty)
      let first = try night.bytes()

      try await night.import("stripe.csv")
      // The charges happened on this machine's date, which must lie before the run's for them to be late.
      let later = BusinessDate(daysSinceEpoch: 30_000)
      let result = try await night.run([], date: later, out: "second")
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message)) \(result.messages)")
      let restated = try night.rows("restatements.csv", out: "second")
      #expect(restated.compactMap { $0["file"] } == ["breaks.csv", "totals.csv", "totals.csv"])
      #expect(restated.allSatisfy { $0["report_date"] == Night.date.description })
      #expect(Set(restated.dropFirst().map { "\($0["from"] ?? "") \($0["to"] ?? "")" }) == ["file_missing matched"])
      let counts = result.stages.flatMap(\.counts)
      #expect(counts.contains { $0 == ("restated", 3) })
      #expect(counts.contains { $0 == ("awaited_then_matched", 0) })
      try await night.run(.report)
      #expect(try night.bytes() == first)
    }
  }
}
