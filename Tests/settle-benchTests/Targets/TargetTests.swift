import Testing

@testable import settle_bench

@Suite("A bench's target")
struct TargetTests {
  @Test(
    "is met at its bound and on its side, and never where nothing was measured",
    arguments: [
      (0.79, .atMost, .met), (0.8, .atMost, .met), (0.81, .atMost, .notMet), (0.81, .atLeast, .met),
      (0.8, .atLeast, .met), (0.79, .atLeast, .notMet), (nil, .atMost, .notMeasured), (nil, .atLeast, .notMeasured),
    ] as [(Double?, Target.Bound, Target.Verdict)])
  func verdict(figure: Double?, bound: Target.Bound, verdict: Target.Verdict) {
    #expect(Target("a ratio", figure, bound, 0.8).verdict == verdict)
  }

  @Test("tells its figures with their unit")
  func row() {
    #expect(Target("charges", 12_345.6, .atLeast, 5_000, "/s").row == ["charges", "≥ 5,000 /s", "12,345 /s", "met"])
    #expect(Target("a ratio", nil, .atMost, 0.8).row == ["a ratio", "≤ × 0.80", "-", "not measured"])
  }
}

@Suite("A bench's record")
struct BenchRecordTests {
  @Test("says of each target that it was not measured where its part is missing")
  func nothingMeasured() {
    let none = BenchRecord(rows: 1_000, seed: 1).judged
    #expect(none.allSatisfy { $0.verdict == .notMeasured })
    #expect(none.map(\.name) == BenchRecord.sample().judged.map(\.name))
  }

  @Test(
    "judges the other parts where one is missing",
    arguments: [
      (Part.start, "settle --help"), (.charges, "charges a second"),
      (.peers, "a night by the plain psql way, the bar"),
      (.increment, "an increment into 10,000 payments by into none"),
    ])
  func oneMissing(part: Part, target: String) throws {
    var record = BenchRecord.sample()
    switch part {
    case .start: record.start = nil
    case .charges: record.charges = nil
    case .peers: record.peers = nil
    case .increment: record.increment = nil
    case .nights: Issue.record("nights are many")
    }
    #expect(record.judged.first { $0.name == target }?.verdict == .notMeasured)
    let whole = BenchRecord.sample().judged.filter { $0.verdict == .notMeasured }.map(\.name)
    #expect(whole == ["a night by datacompy"])
    #expect(record.judged.contains { $0.verdict == .met })
  }

  @Test("takes ratios of one round with the other's, and the middle one")
  func ratios() {
    let judged = BenchRecord.sample().judged
    #expect(judged.first { $0.name == "a night by the plain psql way, the bar" }?.figure == 2)
    #expect(judged.first { $0.name == "10,000 rows by 1,000" }?.figure == 1)
    #expect(judged.first { $0.name == "an increment into 10,000 payments by into none" }?.figure == 8.0 / 6)
  }

  @Test("has no figures of an earlier time of a part that failed, and says so", arguments: Part.allCases)
  func failed(part: Part) {
    var record = BenchRecord.sample()
    // One of the nights was over before the part failed.
    var stamp = Stamp.sample()
    stamp.at = "2026-11-21T03:00:00Z"
    record.add(.init(stamp: stamp, table: .sample(1_000)))
    let before = record.stamps.map(\.part)
    record.fail(part, "no room", since: stamp.at)
    let gone = [
      Part.nights: ["night of 3,000"], .increment: ["night of 10,000", "increment"], .start: ["start"],
      .charges: ["charges"], .peers: ["peers"],
    ]
    #expect(record.stamps.map(\.part) == before.filter { gone[part]?.contains($0) == false })
    #expect(record.summary.contains("FAILED, and not measured: \(part.rawValue): no room\n"))
    #expect(record.judged.count { $0.verdict == .notMeasured } > 1)
  }

  @Test(
    "counts the files of the report that a second run changed",
    arguments: [
      (["a breaks.csv", "b totals.csv"], 0), (["a breaks.csv", "c totals.csv"], 1), (["a breaks.csv"], 1),
      (["a breaks.csv", "b totals.csv", "d failed.csv"], 1), ([], 2),
    ] as [([String], Int)])
  func changedReports(again: [String], changed: Int) {
    var table = NightTable.sample(1_000)
    table.runs[0].reports = ["a breaks.csv", "b totals.csv"]
    table.runs[1].reports = again
    #expect(table.changedReports == changed)
    table.runs.removeLast()
    #expect(table.changedReports == nil)
  }

  @Test("has no second run where there was none")
  func noSecondRun() {
    var record = BenchRecord(rows: 1_000, seed: 1)
    record.add(.init(stamp: .sample(), table: .sample(1_000, again: nil)))
    #expect(record.judged.first { $0.name == "a second run by the first, 1,000 rows" }?.verdict == .notMeasured)
  }

  @Test("keeps nights in their order, and one of a size")
  func nightsInOrder() {
    var record = BenchRecord.sample()
    record.add(.init(stamp: .sample(), table: .sample(3_000, again: nil)))
    #expect(record.nights.map(\.table.world.authorizations) == [1_000, 3_000, 10_000])
    #expect(record.nights[1].table.runs.count == 1)
  }

  @Test("tells when and with which settle each part was measured")
  func summary() {
    let summary = BenchRecord.sample().summary
    #expect(summary.contains("night of 10,000"))
    #expect(summary.contains("settle 0.1.0 of 1234567 (abc)"))
    #expect(summary.contains("2 cores of a processor, 8.0 GiB"))
    #expect(BenchRecord(rows: 1, seed: 1).summary.contains("nothing was measured"))
  }
}
