import Foundation
import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

@Suite struct NightSamplesTests {
  static let reports = [
    "breaks.csv", "matched.csv", "payouts.csv", "quarantine.csv", "refunds.csv", "retries.csv", "totals.csv",
  ]

  @Test(arguments: SampleDate.allCases)
  func theReportsAreThoseExpected(_ date: SampleDate) async throws {
    let run = try await SampleNight.run(on: date)
    #expect(run.result.exitStatus == .done, "\(run.result.stages.compactMap(\.message)) \(run.result.messages)")
    for report in Self.reports {
      try SampleFolder.expect(run.files[report] ?? "", in: "\(date.expected)/\(report)")
    }
  }

  @Test(arguments: SampleDate.allCases)
  func theBreaksAreThosePlanted(_ date: SampleDate) async throws {
    let found = try await SampleNight.run(on: date).rows("breaks.csv").map(PlantedBreak.init(row:))
    let readMe = try SampleFolder.text("night/README.md")
    var planted = PlantedBreak.listed(in: readMe, under: SampleDate.first.rawValue)
    if date == .second {
      // What the second day does not change is carried over as it was.
      let today = PlantedBreak.listed(in: readMe, under: date.rawValue)
      planted = planted.filter { old in old.isOpen && !today.contains { $0.isSameBreak(as: old) } } + today
    }
    #expect(!planted.isEmpty)
    #expect(planted.map(\.description).sorted() == found.map(\.description).sorted())
  }

  /// What happens between two answers of a processor no file can tell; the bank's reasons are for nights with a bank, and fees and
  /// rates are judged by pipelines that say what was agreed.
  @Test func everyReasonThatFilesCanTellIsPlanted() throws {
    let readMe = try SampleFolder.text("night/README.md")
    let planted = SampleDate.allCases.flatMap { PlantedBreak.listed(in: readMe, under: $0.rawValue) }
    #expect(Set(planted.map(\.reason)).union(Self.untold) == Set(BreakReason.allCases.map(\.rawValue)))
  }

  private static let untold = [
    "outcome_unknown", "payout_not_in_bank", "bank_unexplained", "statement_gap", "ambiguous_match", "file_missing",
    "fee_variance", "fx_variance",
  ]

  /// The buckets of each side and currency sum up to `all`, in count and amount, and what matches matches both ways.
  @Test(arguments: SampleDate.allCases)
  func everyTotalIsTheSumOfItsBuckets(_ date: SampleDate) async throws {
    let totals = try await SampleNight.run(on: date).rows("totals.csv")
    func key(_ row: [String: String]) -> String { "\(row["side"] ?? "") \(row["currency"] ?? "")" }
    let all = totals.filter { $0["bucket"] == "all" }
    let rest = totals.filter { $0["bucket"] != "all" }
    #expect(!all.isEmpty)
    for column in ["count", "amount"] {
      #expect(all.sums(of: { $0[column] }, by: key) == rest.sums(of: { $0[column] }, by: key))
    }
    let matched = totals.filter { $0["bucket"] == "matched" }
    func side(_ side: String) -> Sums {
      matched.filter { $0["side"] == side }.sums(of: { $0["amount"] }, by: { $0["currency"] ?? "" })
    }
    #expect(side("expected") == side("reported"))
  }

  /// What the totals call reported is, currency by currency, what the lines of Stripe's own file sum up to, and what
  /// was carried in open.
  @Test(arguments: SampleDate.allCases)
  func whatIsReportedIsWhatTheFilesSay(_ date: SampleDate) async throws {
    let run = try await SampleNight.run(on: date)
    let reported = run.rows("totals.csv").filter { $0["side"] == "reported" && $0["bucket"] == "all" }
    var expected = try await lines(new: date).sums(
      of: { $0.isPresented ? $0.presented : $0["gross"] },
      by: { ($0.isPresented ? $0["customer_facing_currency"] : $0["currency"])?.uppercased() ?? "" })
    if date == .second {
      let carried = try await SampleNight.run(on: .first).rows("breaks.csv").filter { $0["status"] == "open" }
        .filter { $0["reason"] != "payout_mismatch" }  // A payout's row is an item of its own date only.
        .sums(of: { $0["reported_amount"] }, by: { $0["reported_currency"] ?? "" })
      expected.merge(carried, uniquingKeysWith: +)
    }
    #expect(reported.sums(of: { $0["amount"] }, by: { $0["currency"] ?? "" }) == expected)
  }

  /// The lines of a date's file that are new on it, without those that were refused.
  private func lines(new date: SampleDate) async throws -> [[String: String]] {
    let rows = try CSVRows(SampleFolder.text(date.stripeReport)).rows
    let refused = try await SampleNight.run(on: date).rows("quarantine.csv").filter {
      $0["file"]?.hasSuffix(".stripe.csv") == true
    }.compactMap { $0["line"].flatMap { Int($0) } }
    let known =
      try date == .first ? [] : CSVRows(SampleFolder.text(SampleDate.first.stripeReport)).rows.map(\.rowID)
    return rows.enumerated().filter { index, row in
      // No record of these files spans two lines: the header is line 1.
      !refused.contains(index + 2) && !known.contains(row.rowID)
    }.map(\.element)
  }

  @Test func everyRowOfTheFilesIsAccountedFor() async throws {
    for date in SampleDate.allCases {
      for file in try await SampleNight.run(on: date).result.files {
        let rows = try CSVRows(SampleFolder.text("\(date.inbox)/\(file.path)")).rows.count
        #expect(Int(file.counts.read) == rows, "\(file.path)")
        #expect(file.counts.read == file.counts.accepted + file.counts.quarantined + file.counts.ignored)
      }
    }
  }

  @Test func aSecondRunOfTheSameDateChangesNoByte() async throws {
    let night = try await SampleNight.shared.value
    let first = try #require(night.runs[.first])
    for name in first.files.keys.sorted() where name != "run_results.json" {
      #expect(night.firstAgain.files[name] == first.files[name], "\(name)")
    }
    #expect(night.firstAgain.files.count == first.files.count)
  }
}

extension [String: String] {
  fileprivate var rowID: String? { self["balance_transaction_id"] }
  fileprivate var isPresented: Bool { self["customer_facing_amount"]?.isEmpty == false }

  /// What the customer saw, with the sign of `gross`: Stripe writes a refund's without one.
  fileprivate var presented: String? {
    guard let amount = self["customer_facing_amount"], self["gross"]?.hasPrefix("-") == true else {
      return self["customer_facing_amount"]
    }
    return amount.hasPrefix("-") ? amount : "-\(amount)"
  }
}
