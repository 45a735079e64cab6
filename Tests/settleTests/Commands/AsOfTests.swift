import Foundation
import Postgres
import SettleTesting
import Testing

@testable import settle

/// `settle run --stage report --as-of`, as it is called.
@Suite struct AsOfTests {
  @Test func theReportOfAnInstantIsWrittenBesideTheOneOfNow() async throws {
    let folder = NSTemporaryDirectory() + "settle-as-of-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: folder + "/inbox/authorizations", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let environment = ["DATABASE_URL": try await TestCluster.database().conninfo]
    _ = try await Binary.run("db", "migrate", environment: environment)
    let run = ["run", "--stage", "ingest", "--stage", "report", "--date", "2026-11-20"]
    func authorize(_ order: String) throws {
      try "order_id,amount,currency,payment_method\n\(order),100,USD,pm_card_visa\n".write(
        toFile: folder + "/inbox/authorizations/\(order).csv", atomically: true, encoding: .utf8)
    }
    func totals(_ suffix: String = "") throws -> String {
      try String(contentsOfFile: folder + "/reports/2026-11-20\(suffix)/totals.csv", encoding: .utf8)
    }
    try authorize("A")
    #expect(try await Binary.run(run, environment: environment, in: folder).status == 0)
    let first = try totals()
    let results = try Data(contentsOf: URL(fileURLWithPath: folder + "/reports/2026-11-20/run_results.json"))
    let told = try #require(try JSONSerialization.jsonObject(with: results) as? [String: Any])
    let instant = try #require(told["finished_at"] as? String)
    try authorize("B")
    #expect(try await Binary.run(run, environment: environment, in: folder).status == 0)
    let second = try totals()
    #expect(first != second)

    let report = ["run", "--stage", "report", "--date", "2026-11-20", "--as-of"]
    let then = try await Binary.run(report + [instant], environment: environment, in: folder)
    #expect(then.status == 0, "\(then.errors)")
    let suffix = ".as-of-" + instant.filter { $0 != "-" && $0 != ":" }
    #expect(try totals(suffix) == first)
    #expect(try totals() == second)
    let early = try await Binary.run(report + ["2020-01-01T00:00:00Z"], environment: environment, in: folder)
    #expect(early.status == 65)
    #expect((early.output + early.errors).contains(instant))
    let usage = try await Binary.run(["run", "--as-of", instant], environment: environment, in: folder)
    #expect(usage.status == 64)
  }
}
