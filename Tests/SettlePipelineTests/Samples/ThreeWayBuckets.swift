import Foundation

/// `samples/three-way/buckets.csv`: in which bucket of each date's totals every line of the files was meant to stand.
struct ThreeWayBuckets {
  private(set) var rows: [[String: String]]

  init() throws { rows = CSVRows(try SampleFolder.text("three-way/buckets.csv")).rows }

  func places() -> [String] { rows.map { "\($0["file"] ?? ""):\($0["line"] ?? "")" } }

  /// The bucket of each line that is an item of a date, by its place.
  func buckets(on date: ThreeWayDate) -> [String: String] {
    let pairs = zip(places(), rows).compactMap { place, row in row["\(date)"].map { (place, $0) } }
    return Dictionary(pairs.filter { !$0.1.isEmpty }) { first, second in "\(first) and \(second)" }
  }

  /// From which bucket to which the orders and entries of the bank moved that an earlier date had under a break.
  func moved(on date: ThreeWayDate) -> [String] {
    guard let earlier = ThreeWayDate(rawValue: date.rawValue - 1) else { return [] }
    let (before, after) = (buckets(on: earlier), buckets(on: date))
    return after.compactMap { place, bucket in
      before[place].flatMap { $0 == bucket ? nil : "\($0) \(bucket)" }
    }.sorted()
  }

  /// A date's totals, summed up from the lines by their buckets: `bank matched USD` → `9 -561.59`.
  ///
  /// What a rule's tolerance lets pass is matched as it was asked for; its difference stands beside it, as no item.
  func totals(of lines: [ThreeWayLine], on date: ThreeWayDate) -> [String: Total] {
    let buckets = buckets(on: date)
    let asked = Dictionary(
      zip(places(), rows).map { ($0, $1["what"] ?? "") }.filter { $0.0.hasPrefix("authorizations/") }.map { ($1, $0) }
    ) { first, _ in first }
    var totals: [String: Total] = [:]
    for line in lines {
      guard let bucket = buckets[line.place] else { continue }
      func add(_ bucket: String, _ count: Int, _ amount: Decimal) {
        totals["\(line.side) \(bucket) \(line.currency)", default: Total()].add(count, amount)
      }
      add("all", 1, line.amount)
      guard bucket == "tolerated" else {
        add(bucket, 1, line.amount)
        continue
      }
      let what = zip(places(), rows).first { $0.0 == line.place }?.1["what"] ?? ""
      let order = lines.first { $0.place == asked[what] }?.amount ?? .nan
      add("matched", 1, order)
      add("tolerated", 0, line.amount - order)
    }
    return totals
  }

  struct Total: Equatable, CustomStringConvertible {
    var count = 0
    var amount: Decimal = 0

    var description: String { "\(count) \(amount)" }

    mutating func add(_ count: Int, _ amount: Decimal) {
      self.count += count
      self.amount += amount
    }
  }

  /// The same as `totals.csv` tells it.
  static func totals(in rows: [[String: String]]) -> [String: Total] {
    let pairs = rows.map { row in
      (
        "\(row["side"] ?? "") \(row["bucket"] ?? "") \(row["currency"] ?? "")",
        Total(count: Int(row["count"] ?? "") ?? -1, amount: Decimal(string: row["amount"] ?? "") ?? .nan)
      )
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}
