import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

/// Days on which a processor has nothing to tell: its file has no rows, and the same bytes as the one before.
@Suite(.serialized) struct QuietDaysTests {
  private static let empty = "event,order_id,amount,currency,processor_reference,occurred_at\n"

  @Test func aFileWithoutRowsIsItsDaysFile() async throws {
    let yaml = Night.yaml.replacing(
      "import: { sources: [{ path: \"outcomes/*\" }] }",
      with: "import: { sources: [{ path: \"outcomes/*\", expected: daily }] }")
    try await Night.with(yaml: yaml) { night in
      func missing(after files: [String], on day: Int) async throws -> [String] {
        for file in files { try night.put(Self.empty, "outcomes/\(file).csv") }
        let (date, out) = (Night.date.adding(days: day), "day-\(day)")
        let result = try await night.run(.importing, .reconcile, .report, date: date, out: out)
        #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
        #expect(
          result.stages.flatMap(\.files).filter { $0.status == .loaded }.map(\.path).sorted()
            == files.map { "outcomes/\($0).csv" })
        let bytes = try night.bytes(out: out)
        let again = try await night.run(.importing, .reconcile, .report, date: date, out: out)
        #expect(again.stages.flatMap(\.files).allSatisfy { $0.status == .known })
        #expect(try night.bytes(out: out) == bytes)
        return try night.rows("breaks.csv", out: out).map { "\($0["status"] ?? "") \($0["evidence"] ?? "")" }
      }
      let says = "no file of stripe came on 2026-11-22 though one was expected"
      var found: [[String]] = []
      for (day, files) in [["20"], ["21"], [], ["22", "23"]].enumerated() {
        found.append(try await missing(after: files, on: day))
      }
      #expect(found == [[], [], ["open \(says)"], ["resolved \(says)"]])
      let restated = try night.rows("restatements.csv", out: "day-3")
      #expect(
        restated.map { "\($0["file"] ?? "") \($0["evidence"] ?? "")" }
          == ["breaks.csv outcomes/22.csv; outcomes/23.csv"])
    }
  }
}
