import SettleModel

/// The flow of money in one currency: what was expected comes from the left, what was reported from the right, and
/// both end in the bucket that explains them. What is matched has both; what is awaited or missing has only one.
struct FlowChart {
  let currency: Currency
  let buckets: [Bucket]
  let expected: Int64
  let reported: Int64
  /// Sums that take away, such as refunds and fees: a width cannot show them, so words do.
  let takingAway: [String]

  struct Bucket {
    let name: String
    let title: String
    /// Minor units, never negative.
    let expected: Int64
    let reported: Int64
    /// The larger of the two sides' numbers of items.
    let count: Int

    /// What is settled stands first, then what only waits, then what is broken.
    enum Kind: String, CaseIterable { case matched, waiting, broken }

    var kind: Kind { Self.kind(of: name) }

    static func kind(of name: String) -> Kind {
      if BreakReason(rawValue: name) != nil { return .broken }
      return name == "matched" ? .matched : .waiting
    }
  }

  /// Nil where nothing that a width can show happened in the currency.
  init?(currency: Currency, totals: [ReportPage.Total]) {
    let rows = totals.filter { $0.amount.currency == currency && $0.bucket != "all" && $0.side != .bank }
    var names: [String] = []
    for row in rows where !names.contains(row.bucket) { names.append(row.bucket) }
    let all = names.flatMap { name in Bucket.all(named: name, of: rows.filter { $0.bucket == name }) }
    buckets = Bucket.Kind.allCases.flatMap { kind in
      all.filter { $0.kind == kind && ($0.expected > 0 || $0.reported > 0) }
    }
    guard !buckets.isEmpty, let expected = Self.sum(buckets.map(\.expected)),
      let reported = Self.sum(buckets.map(\.reported))
    else { return nil }
    self.currency = currency
    self.expected = expected
    self.reported = reported
    takingAway = rows.filter { $0.amount.minor < 0 }.map {
      "\(PageText.title(bucket: $0.bucket)) \(PageText.grouped($0.amount)) (\($0.side.rawValue))"
    }
  }

  private static func sum(_ amounts: [Int64]) -> Int64? {
    var total: Int64 = 0
    for amount in amounts {
      let (next, overflow) = total.addingReportingOverflow(amount)
      guard !overflow else { return nil }
      total = next
    }
    return total
  }

  func written(_ minor: Int64) -> String { PageText.grouped(Money(minor: minor, currency: currency)) }

  /// One sentence where both sides tell the same, so that there is nothing to draw.
  var plain: String? {
    guard buckets.count == 1, let only = buckets.first, only.kind == .matched, expected == reported else { return nil }
    return "\(written(expected)) was expected and reported, and all of it matched: "
      + "\(PageText.count(only.count, "item", "items"))."
  }

  /// The chart in words, for whoever cannot see it.
  var description: String {
    let parts = buckets.map { bucket in
      let sides = [
        bucket.expected > 0 ? "\(written(bucket.expected)) expected" : nil,
        bucket.reported > 0 ? "\(written(bucket.reported)) reported" : nil,
      ].compactMap(\.self).joined(separator: ", ")
      return "\(bucket.title): \(sides), \(PageText.count(bucket.count, "item", "items"))"
    }
    return parts.joined(separator: "; ") + "."
  }
}

extension FlowChart.Bucket {
  /// Both sides of a bucket as one. What was asked for in one currency and taken in another has its two sides in two
  /// charts: what stands on both sides of this one is not the same money, so that each side stands by itself.
  fileprivate static func all(named name: String, of rows: [ReportPage.Total]) -> [Self] {
    func part(_ title: String, _ sides: Set<ReportPage.Total.Side>) -> Self {
      let own = rows.filter { sides.contains($0.side) }
      let minor = { (side: ReportPage.Total.Side) in max(0, own.first { $0.side == side }?.amount.minor ?? 0) }
      return Self(
        name: name, title: title, expected: minor(.expected), reported: minor(.reported),
        count: own.map(\.count).max() ?? 0)
    }
    guard name == BreakReason.currencyMismatch.rawValue else {
      return [part(PageText.title(bucket: name), [.expected, .reported])]
    }
    return [part("Taken in another currency", [.expected]), part("Asked for in another currency", [.reported])]
  }
}
