import Foundation
import SettleModel
import Testing

@testable import SettlePipeline

/// `--rules FILE`: a whole pipeline file, or its rules alone.
struct OtherRulesTests {
  private func read(_ text: String, processors: KnownProcessors? = nil) throws -> OtherRules {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("rules-\(UUID()).yaml").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      return try OtherRules(path: path, processors: processors)
    } catch var error as PipelineFileError {
      error.file = "new.yaml"
      throw error
    }
  }

  private static let ids = MatchRules([MatchRule(by: [.id])])

  @Test func rulesAloneNeedNoWord() throws {
    let other = try read("reconcile:\n  match: [{ by: id }]\n")
    #expect(other.rules == Self.ids)
    #expect(other.note == nil)
  }

  @Test(arguments: [
    (
      "pipeline: n\nprocessor: stripe\nreconcile: { waiting_days: 5, match: [{ by: id }] }\nfail_on: { breaks: 1 }\n",
      "pipeline, processor, fail_on, reconcile.waiting_days"
    ),
    ("reconcile:\n  calendar: target2\n  match: [{ by: id }]\n", "reconcile.calendar"),
  ])
  func whatElseIsThereIsChecked(text: String, leftOut: String) throws {
    let other = try read(text)
    #expect(other.rules == Self.ids)
    #expect(
      other.note
        == "of this file only reconcile.match is compared; what else it says is left out of account: \(leftOut)")
  }

  @Test(arguments: [
    (
      "pipeline: n\nprocessor: stripe\n",
      "new.yaml:1: has no matching rules, and those are what is compared; add reconcile: { match: [{ by: id }, { by: "
        + "reference }] }"
    ),
    (
      "pipeline: n\nprocessor: stripe\nreconcile: { waiting_days: 1 }\n",
      "new.yaml:3: reconcile: has no matching rules, and those are what is compared; add match: [{ by: id }, { by: "
        + "reference }]"
    ),
    (
      "reconcile: { waiting_days: 1 }\n",
      "new.yaml:1: reconcile: has no matching rules, and those are what is compared; add match: [{ by: id }, { by: "
        + "reference }]"
    ),
    (
      "match: [{ by: id }]\n",
      "new.yaml:1: match: unknown key; known here: pipeline, merchant, timezone, processor, "
        + "layouts, ingest, charge, import, reconcile, bank, refund, fail_on"
    ),
    (
      "pipeline: n\nprocessor: stripe\ncharge: { rates: 25/s }\nreconcile: { match: [{ by: id }] }\n",
      "new.yaml:3: charge.rates: unknown key; did you mean rate?"
    ),
    (
      "pipeline: n\nprocessor: strype\nreconcile: { match: [{ by: id }] }\n",
      "new.yaml:2: processor: there is no processor \"strype\"; settle knows adyen, stripe"
    ),
    (
      "reconcile: { match: [{ by: di }] }\n",
      "new.yaml:1: reconcile.match[0].by: \"di\" is not known here; did you mean id?"
    ),
    (
      "pipeline: n\nprocessor: stripe\nimport: { sources: [{ path: \"a/*\", layout: camt-053 }] }\n"
        + "reconcile: { match: [{ by: id }] }\n",
      "new.yaml:3: import.sources[0].layout: there is no layout \"camt-053\"; did you mean camt053?"
    ),
  ])
  func aMistakeAnywhereIsTold(text: String, message: String) {
    let error = #expect(throws: PipelineFileError.self) { try read(text, processors: KnownProcessorsTests.known) }
    #expect(error?.description == message)
  }
}
