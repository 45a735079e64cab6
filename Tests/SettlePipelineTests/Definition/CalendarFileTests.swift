import Foundation
import SettleModel
import Testing

@testable import SettlePipeline

@Suite struct CalendarFileTests {
  @Test(arguments: BankingCalendar.Rule.allCases)
  func aRuleIsNamed(_ rule: BankingCalendar.Rule) throws {
    let pipeline = try PipelineDefinition(
      yaml: "pipeline: n\nprocessor: stripe\nreconcile: { waiting_days: 3, calendar: \(rule.rawValue) }", file: "n.yaml"
    )
    #expect(pipeline.reconcile.calendar == BankingCalendar(rule))
  }

  @Test func aFileBesideThePipelineFileAddsClosedDays() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "calendar-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder) } }
    try "based_on: uk\nclosed: [2026-12-24, 2026-12-31]\n".write(
      toFile: folder + "/days.yaml", atomically: true, encoding: .utf8)
    let pipeline = try PipelineDefinition(
      yaml: "pipeline: n\nprocessor: stripe\nreconcile: { calendar: days.yaml }", file: folder + "/n.yaml")
    let closed = try ["2026-12-24", "2026-12-31"].map { try #require(BusinessDate($0)) }
    #expect(pipeline.reconcile.calendar == BankingCalendar(.uk, closed: Set(closed)))
  }

  @Test(arguments: [
    ("closed: []", "d.yaml:1: needs based_on, such as based_on: target2"),
    ("based_on: target2", "d.yaml:1: needs closed, such as closed: [2026-12-24, 2026-12-31]"),
    ("based_on: target\nclosed: []", "d.yaml:1: based_on: \"target\" is not known here; did you mean target2?"),
    ("based_on: uk\nclosd: []", "d.yaml:2: closd: unknown key; did you mean closed?"),
    (
      "based_on: uk\nclosed: [2026-02-29]",
      "d.yaml:2: closed[0]: \"2026-02-29\" is no date; write one such as 2026-12-24"
    ),
    ("based_on: uk\nclosed: [2026-12-24, 2026-12-24]", "d.yaml:2: closed[1]: is given twice; keep one"),
  ])
  func whatIsWrongIsSaid(yaml: String, message: String) throws {
    #expect(throws: PipelineFileError.self) { try BankingCalendar(yaml: yaml, file: "d.yaml") }
    do { _ = try BankingCalendar(yaml: yaml, file: "d.yaml") } catch { #expect("\(error)" == message) }
  }
}
