import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// A `breaks.csv` that was edited in a spreadsheet comes back, whatever the country made of its numbers and dates.
@Suite(.serialized) struct DecisionSamplesTests {
  /// Five breaks in three currencies of two, none and three digits, one of them negative, one of nobody's.
  private func with(_ body: (Story) async throws -> Void) async throws {
    try await Story.tell { story in
      try await story.authorize(
        .order("W-1001", 123_456_789), .order("J-7", 1_234_567, "JPY"), .order("K-3", 1_234_567, "KWD"))
      try await story.charge("W-1001", "J-7", "K-3")
      try await story.report(
        .charge("W-1001", 123_567_890), .charge("J-7", 1_300_000, "JPY"), .charge("K-3", 1_000_004, "KWD"),
        .refund("W-1001", -123_450, re: "re_1"), .charge("X", 700))
      try await story.reconcile()
      try await body(story)
    }
  }

  /// As finance writes it.
  private func edited(_ story: Story) async throws -> String {
    try await story.sheet { row in
      switch (row.reason, row.orderReference) {
      case (.amountMismatch, "W-1001"): .says("Accept", "per Anruf geklärt; \"Gebühr\", siehe Akte")
      case (.amountMismatch, "J-7"): .says("write_off")
      case (.amountMismatch, "K-3"): .says("wait:2026-12-24")
      case (.unexpectedRefund, _): .says("accept", "by hand, yes")
      default: nil
      }
    }
  }

  private func take(_ text: String, in story: Story, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let result = try await story.result(of: text)
    #expect(result.refused.map(\.why) == [], sourceLocation: sourceLocation)
    #expect(
      result.counts.filter { $0.value > 0 }.map { "\($0.name) \($0.value)" } == ["decided 4", "without_decision 1"])
    #expect(
      try await story.store.rows(
        "SELECT action || coalesce(': ' || note, '') FROM decisions ORDER BY action, note NULLS FIRST") == [
          "accept: by hand, yes", "accept: per Anruf geklärt; \"Gebühr\", siehe Akte", "wait", "write_off",
        ])
    try await story.seal()
    #expect(try await story.store.faults() == [])
  }

  /// Files that LibreOffice wrote, kept: they test the reader where it is not installed.
  @Test(.enabled(if: !SampleFolder.isWritten, "the samples are being written"), arguments: Spreadsheet.all)
  func whatLibreOfficeWroteIsTakenBack(_ spreadsheet: Spreadsheet) async throws {
    try await with { story in
      try SampleFolder.expect(try await edited(story), in: "decisions/breaks.csv")
      try await take(try SampleFolder.text("decisions/libreoffice-\(spreadsheet.name).csv"), in: story)
    }
  }

  /// The same program that a person would use, where it is there.
  @Test(
    .enabled(if: Spreadsheet.program != nil, "LibreOffice is not installed (apt-get install libreoffice-calc)"),
    arguments: Spreadsheet.all)
  func whatLibreOfficeWritesIsTakenBack(_ spreadsheet: Spreadsheet) async throws {
    try await with { story in
      let saved = String(decoding: try await spreadsheet.saved(try await edited(story)), as: UTF8.self)
      if SampleFolder.isWritten {
        try SampleFolder.expect(try await edited(story), in: "decisions/breaks.csv")
        try SampleFolder.expect(saved, in: "decisions/libreoffice-\(spreadsheet.name).csv")
      }
      // The country's own spelling is there, or nothing would be tried.
      #expect(!saved.contains("1234567.89"))
      try await take(saved, in: story)
    }
  }
}
