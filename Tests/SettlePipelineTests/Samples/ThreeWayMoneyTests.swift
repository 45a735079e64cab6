import Foundation
import SettleFiles
import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

/// Each unit of money of `samples/three-way` is in exactly one bucket, and in the right one. The files are read here
/// without any code of settle's.
@Suite struct ThreeWayMoneyTests {
  @Test func eachLineHasOneBucketOnTheDateThatBringsIt() throws {
    let buckets = try ThreeWayBuckets()
    let all = try ThreeWayDate.allCases.flatMap { try ThreeWayLine.all(of: $0) }
    let places = buckets.places()
    #expect(Set(places).count == places.count)
    #expect(Set(all.map(\.place)) == Set(places))
    #expect(all.count == places.count)
    var known: Set<String> = []
    for date in ThreeWayDate.allCases {
      let today = buckets.buckets(on: date)
      for line in try ThreeWayLine.all(of: date) {
        let isNew = line.id.map { known.insert($0).inserted } ?? true
        #expect((today[line.place] != nil) == isNew, "\(line.place)")
      }
    }
  }

  /// Bucket by bucket, in count and amount; and for each side and currency `all` is what the files hold.
  @Test(arguments: ThreeWayDate.allCases)
  func theTotalsAreTheSumsOfTheFiles(_ date: ThreeWayDate) async throws {
    let lines = try ThreeWayDate.allCases.flatMap { try ThreeWayLine.all(of: $0) }
    let told = ThreeWayBuckets.totals(in: try await ThreeWayNights.night(of: date).rows("totals.csv"))
    let summed = try ThreeWayBuckets().totals(of: lines, on: date)
    for key in Set(told.keys).union(summed.keys).sorted() {
      #expect(
        told[key] == summed[key], "\(key) is \(told[key]?.description ?? "-"), not \(summed[key]?.description ?? "-")")
    }
    guard date == .first else { return }
    // On the first date nothing is carried in: all is what the files hold, whatever the buckets.
    let today = Dictionary(grouping: try ThreeWayLine.all(of: date)) { "\($0.side) all \($0.currency)" }
    for (key, mine) in today {
      #expect(told[key]?.count == mine.count, "\(key)")
      #expect(told[key]?.amount == mine.reduce(0) { $0 + $1.amount }, "\(key)")
    }
  }

  @Test(arguments: ThreeWayDate.allCases)
  func allIsTheSumOfTheOthers(_ date: ThreeWayDate) async throws {
    let totals = try await ThreeWayNights.night(of: date).rows("totals.csv")
    func key(_ row: [String: String]) -> String { "\(row["side"] ?? "") \(row["currency"] ?? "")" }
    let (all, rest) = (totals.filter { $0["bucket"] == "all" }, totals.filter { $0["bucket"] != "all" })
    #expect(!all.isEmpty)
    for column in ["count", "amount"] {
      #expect(all.sums(of: { $0[column] }, by: key) == rest.sums(of: { $0[column] }, by: key))
    }
  }

  /// Item by item: a line that stands under a break's reason is the evidence of such a break, and an order that is
  /// matched is in `matched.csv` just once.
  @Test(arguments: ThreeWayDate.allCases)
  func eachBucketIsBorneOutByTheOtherReports(_ date: ThreeWayDate) async throws {
    let night = try await ThreeWayNights.night(of: date)
    let buckets = try ThreeWayBuckets()
    let breaks = night.rows("breaks.csv")
    // A missing file's payments are counted in its evidence, not listed.
    let reasons = Set(BreakReason.allCases.map(\.rawValue)).subtracting(["file_missing"])
    for (place, bucket) in buckets.buckets(on: date) where reasons.contains(bucket) {
      let about = breaks.filter { row in
        row["reason"] == bucket && row["evidence"]?.components(separatedBy: "; ").contains(place) == true
      }
      #expect(about.count == 1, "\(place) \(bucket)")
    }
    let orders = zip(buckets.places(), buckets.rows).filter { $0.0.hasPrefix("authorizations/") }
    let matched = orders.filter { $0.1["\(date)"] == "matched" }.compactMap { $0.1["what"] }
    #expect(night.rows("matched.csv").compactMap { $0["order_reference"] }.sorted() == matched.sorted())
  }

  @Test(arguments: ThreeWayDate.allCases)
  func everyRowOfTheFilesIsTakenOrKnown(_ date: ThreeWayDate) async throws {
    let night = try await ThreeWayNights.night(of: date)
    #expect(night.result.files.filter { $0.status != .loaded } == [])
    let there = try date.files().sorted()
    #expect(night.result.files.map(\.path).sorted() == there)
    for file in night.result.files {
      let text = try date.text(of: file.path)
      let statements = ThreeWayLine.statements(of: text).count
      let rows = file.path.hasSuffix(".csv") ? CSVRows(text).rows.count : statements
      let lines = try ThreeWayLine.lines(of: file.path, text: text).count
      #expect(Int(file.counts.read) == (file.path.hasSuffix(".csv") ? rows : rows + lines), "\(file.path)")
      #expect(file.counts.read == file.counts.accepted + file.counts.quarantined + file.counts.ignored)
      #expect(file.counts.quarantined == 0)
    }
  }

  /// The sums that `settle layout check` prints, by kind and currency.
  @Test(arguments: ThreeWayDate.allCases)
  func theSumsOfEachFileAreRight(_ date: ThreeWayDate) throws {
    for file in try date.files() where !file.hasSuffix(".settle-outcomes.csv") {
      let text = try date.text(of: file)
      let input = try InputFile.inspect(
        path: "\(SampleFolder.path)/\(date.inbox)/\(file)", layout: nil, catalogue: LayoutCatalogue(), zone: nil)
      let found = try FileSummary(input).groups.map { group in
        let money = [group.sum.minor, group.fees, group.net].map { Money(minor: $0, currency: group.sum.currency) }
        let sums = money.map { Decimal(string: $0.major) ?? .nan }
        return "\(group.kind) \(group.sum.currency) \(group.count): \(sums[0]) - \(sums[1]) = \(sums[2])"
      }
      let lines = try ThreeWayLine.lines(of: file, text: text)
      let summed = Dictionary(grouping: lines) { "\($0.kind) \($0.settled)" }.map { key, lines in
        let (gross, fee) = (lines.reduce(0) { $0 + $1.gross }, lines.reduce(0) { $0 + $1.fee })
        return "\(key) \(lines.count): \(gross) - \(fee) = \(gross - fee)"
      }
      #expect(!lines.isEmpty && found.sorted() == summed.sorted(), "\(file)")
      let statements = ThreeWayLine.statements(of: text)
      #expect(input.controlTotals.map(\.isRight) == statements.map { _ in true })
      for (total, statement) in zip(input.controlTotals, statements) {
        #expect(statement.opening + statement.booked.reduce(0, +) == statement.closing)
        #expect(Decimal(string: total.text(total.found)) == statement.closing)
      }
    }
  }
}
