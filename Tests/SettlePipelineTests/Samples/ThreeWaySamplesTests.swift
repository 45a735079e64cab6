import Foundation
import SettleFiles
import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

/// `samples/three-way`: orders, the files of two processors and a bank's statements, with a difference of every kind
/// that files can show.
@Suite struct ThreeWaySamplesTests {
  @Test(arguments: ThreeWayDate.allCases)
  func theReportsAreThoseExpected(_ date: ThreeWayDate) async throws {
    let night = try await ThreeWayNights.night(of: date)
    #expect(night.result.exitStatus == .done, "\(night.result.stages.compactMap(\.message)) \(night.result.messages)")
    let reports = night.files.keys.filter { $0.hasSuffix(".csv") }.sorted()
    for report in reports { try SampleFolder.expect(night.files[report] ?? "", in: "\(date.expected)/\(report)") }
    let expected = try SampleFolder.entries(of: date.expected)
    #expect(expected == reports)
  }

  @Test(arguments: ThreeWayDate.allCases)
  func theBreaksAreThosePlantedAndNothingElse(_ date: ThreeWayDate) async throws {
    let found = try await ThreeWayNights.night(of: date).rows("breaks.csv").map(PlantedBreak.init(row:))
    let planted = try Self.planted(by: date)
    #expect(!planted.isEmpty)
    #expect(planted.map(\.description).sorted() == found.map(\.description).sorted())
  }

  /// What a date does not change is carried over from the one before as it was.
  private static func planted(by date: ThreeWayDate) throws -> [PlantedBreak] {
    let readMe = try SampleFolder.text("three-way/README.md")
    return ThreeWayDate.allCases.prefix { $0.rawValue <= date.rawValue }.reduce(into: []) { planted, date in
      let today = PlantedBreak.listed(in: readMe, under: "\(date)")
      planted = planted.filter { old in old.isOpen && !today.contains { $0.isSameBreak(as: old) } } + today
    }
  }

  /// What the others are, the README says: refunds that settle asked for, and answers that no file tells.
  @Test func everyReasonThatTheseFilesCanShowIsPlanted() throws {
    let planted = Set(try ThreeWayDate.allCases.flatMap(Self.planted).map(\.reason))
    let readMe = try SampleFolder.text("three-way/README.md")
    let elsewhere = ["missing_refund", "refund_amount_mismatch", "refund_failed", "outcome_unknown"]
    #expect(planted.union(elsewhere) == Set(BreakReason.allCases.map(\.rawValue)))
    #expect(planted.isDisjoint(with: elsewhere))
    for reason in elsewhere { #expect(readMe.contains("`\(reason)`")) }
  }

  @Test(arguments: ThreeWayDate.allCases)
  func aSecondRunChangesNothing(_ date: ThreeWayDate) async throws {
    let night = try await ThreeWayNights.night(of: date)
    #expect(night.again == night.files)
    #expect(night.changed == [])
  }

  /// As it was known then, told when later dates have changed what is known; and written anew, which may not know it.
  @Test(arguments: ThreeWayDate.allCases)
  func anEarlierReportIsToldAgainByteForByte(_ date: ThreeWayDate) async throws {
    let night = try await ThreeWayNights.night(of: date)
    #expect(!night.told.isEmpty)
    for name in Set(night.files.keys).union(night.told.keys).sorted() {
      #expect(night.told[name] == night.files[name], "\(name)")
    }
    for name in night.files.keys.sorted() where name.hasSuffix(".csv") {
      #expect(night.rewritten[name] == night.files[name], "\(name)")
    }
  }

  /// What a later date changes names the report, the row and both values, and just what that date explains.
  @Test func whatComesLateIsRestated() async throws {
    let nights = try await ThreeWayNights.shared.value
    let first = try nights.night(of: .first)
    #expect(first.rows("restatements.csv") == [])
    for date in [ThreeWayDate.second, .third] {
      let night = try nights.night(of: date)
      let explained = night.rows("breaks.csv").filter { $0["resolution"] == "explained" }
      let restated = night.rows("restatements.csv")
      let breaks = restated.filter { $0["file"] == "breaks.csv" }
      #expect(breaks.compactMap { $0["key"] }.sorted() == explained.compactMap { $0["break_id"] }.sorted())
      #expect(breaks.allSatisfy { $0["from"] == "open" && $0["to"] == "resolved" && $0["column"] == "status" })
      let moved = restated.filter { $0["file"] == "totals.csv" }.map { "\($0["from"] ?? "") \($0["to"] ?? "")" }
      #expect(moved.sorted() == (try ThreeWayBuckets().moved(on: date)))
      for row in restated {
        let earlier = try ThreeWayDate.allCases.filter { "\($0)" == row["report_date"] }.map(nights.night(of:)).first
        let told = try #require(earlier?.rows(row["file"] ?? ""))
        #expect(row["evidence"]?.isEmpty == false, "\(row)")
        guard row["file"] != "totals.csv" else { continue }
        let keys = ["payment_id", "break_id", "payout_id"]
        #expect(told.contains { told in keys.contains { told[$0] == row["key"] } }, "\(row)")
      }
    }
  }

  @Test func theStoreHolds() async throws {
    let faults = try await ThreeWayNights.shared.value.faults
    #expect(faults == [])
  }
}
