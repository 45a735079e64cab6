import Testing

@testable import SettlePipeline

@Suite struct StageReportTests {
  private static let stop = Failure(status: .unavailable, message: "the processor cannot be reached")

  @Test(
    arguments: [
      ([("charged", 0), ("declined", 0)], nil, "nothing to do"),
      ([("charged", 0), ("declined", 0)], stop, "stopped before anything was done"),
      ([("charged", 2), ("declined", 0), ("unknown", 1)], stop, "2 charged, 1 unknown"),
      ([("files_loaded", 1), ("rows_read", 1_234)], nil, "1 file loaded, 1,234 rows read"),
    ] as [([(String, Int64)], Failure?, String)])
  func theSummarySaysWhatHappened(counts: [(String, Int64)], stop: Failure?, summary: String) {
    var report = StageReport(counts: counts.map { (name: $0.0, value: $0.1) })
    report.stop = stop
    #expect(report.summary == summary)
  }

  /// Also on a night on which none of them has a row.
  @Test func aReportSaysThatItsFilesWereWritten() async throws {
    try await Night.with { night in
      let result = try await night.run(.report)
      let written = try #require(result.stages.first?.counts.first { $0.name == "files_written" }).value
      // All but run_results.json, which tells of it.
      #expect(Int(written) == (try night.bytes().keys.count { !$0.hasPrefix(".") }))
      #expect(written > 5)
    }
  }
}
