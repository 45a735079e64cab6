import SettleModel

/// The conservation proof of one currency: a line for each bucket, a pair of columns for each side, and below them
/// whether the side adds up to what was said to be all of it.
struct ProofView {
  struct Cell {
    let count: String
    let amount: String
  }
  struct Line {
    let bucket: String
    let cells: [Cell]
  }
  struct SideSum {
    let title: String
    let count: String
    let amount: String
    let balances: Bool
    /// Whether the side has anything in the currency.
    let isTold: Bool
  }
  let currency: String
  let lines: [Line]
  let sides: [SideSum]

  var balances: Bool { sides.allSatisfy(\.balances) }

  static func all(_ totals: [ReportPage.Total]) -> [ProofView] {
    // The same sides for all, so that their columns stand below each other.
    let sides = ReportPage.Total.Side.allCases.filter { side in totals.contains { $0.side == side } }
    return Set(totals.map(\.amount.currency)).sorted().map { currency in
      ProofView(currency, totals.filter { $0.amount.currency == currency }, sides)
    }
  }

  private init(_ currency: Currency, _ totals: [ReportPage.Total], _ present: [ReportPage.Total.Side]) {
    self.currency = currency.code
    sides = present.map { side in Self.sum(of: totals.filter { $0.side == side }, side) }
    var names: [String] = []
    for total in totals where total.bucket != "all" && !names.contains(total.bucket) { names.append(total.bucket) }
    let ordered = FlowChart.Bucket.Kind.allCases.flatMap { kind in
      names.filter { FlowChart.Bucket.kind(of: $0) == kind }
    }
    lines = ordered.map { name in
      Line(
        bucket: PageText.title(bucket: name),
        cells: present.map { side in
          guard let total = totals.first(where: { $0.side == side && $0.bucket == name }) else {
            return Cell(count: "", amount: "")
          }
          return Cell(count: PageText.grouped(total.count), amount: PageText.grouped(total.amount))
        })
    }
  }

  private static func sum(of totals: [ReportPage.Total], _ side: ReportPage.Total.Side) -> SideSum {
    let parts = totals.filter { $0.bucket != "all" }
    let all = totals.first { $0.bucket == "all" }
    let count = parts.reduce(0) { $0 + $1.count }
    let amount = try? parts.dropFirst().reduce(parts.first?.amount) { try $0?.adding($1.amount) }
    let balances = all.map { $0.count == count && $0.amount == amount } ?? false
    return SideSum(
      title: PageText.sentence(side.rawValue), count: all.map { PageText.grouped($0.count) } ?? "",
      amount: all.map { PageText.grouped($0.amount) } ?? "", balances: balances || totals.isEmpty,
      isTold: !totals.isEmpty)
  }
}
