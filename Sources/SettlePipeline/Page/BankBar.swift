import SettleModel

/// What the bank has booked in one currency, by what explains it: one bar of what came in, and every part in words.
struct BankBar {
  struct Part {
    let title: String
    let amount: String
    let count: String
    let kind: FlowChart.Bucket.Kind
    /// Whether the bar shows it: what left the account has no width in it.
    let drawn: Bool
  }
  let currency: Currency
  let parts: [Part]
  private let widths: [(minor: Int64, kind: FlowChart.Bucket.Kind)]

  /// Nil where the bank has booked nothing of the currency.
  init?(currency: Currency, totals: [ReportPage.Total]) {
    let rows = totals.filter { $0.side == .bank && $0.amount.currency == currency && $0.bucket != "all" }
    guard !rows.isEmpty else { return nil }
    self.currency = currency
    let known = rows.map { row in
      (row: row, kind: FlowChart.Bucket.kind(of: row.bucket))
    }
    let ordered = FlowChart.Bucket.Kind.allCases.flatMap { kind in known.filter { $0.kind == kind } }
    parts = ordered.map { row, kind in
      Part(
        title: PageText.title(bucket: row.bucket), amount: PageText.grouped(row.amount),
        count: PageText.count(row.count, "line", "lines"), kind: kind, drawn: row.amount.minor > 0)
    }
    widths = ordered.filter { $0.row.amount.minor > 0 }.map { ($0.row.amount.minor, $0.kind) }
  }

  /// The bar as SVG; nil where there is nothing to compare.
  func svg(id: String) -> String? {
    guard widths.count > 1, let most = widths.map(\.minor).max() else { return nil }
    // Thousandths of the largest part, whose sum fits wherever a single amount does.
    let parts = widths.map { (share: max(1, Self.thousandths($0.minor, of: most)), kind: $0.kind) }
    let (length, all) = (960, parts.reduce(0) { $0 + $1.share })
    var drawing = Drawing(width: length)
    drawing.height = 10
    var x = 0
    for (index, part) in parts.enumerated() {
      // A gap between parts of one colour; the last one fills what rounding left.
      let pixels = index == parts.count - 1 ? max(2, length - x) : max(4, part.share * length / all) - 2
      drawing.rectangle(x: x, y: 0, width: pixels, height: drawing.height, class: "node \(part.kind)")
      x += pixels + 2
    }
    let words = self.parts.map { "\($0.title) \($0.amount), \($0.count)" }.joined(separator: "; ")
    return drawing.svg(
      id: id, class: "bank-bar", title: "Booked by the bank in \(currency)", description: words + ".", stretches: true)
  }

  private static func thousandths(_ part: Int64, of most: Int64) -> Int {
    Int(most.dividingFullWidth(part.multipliedFullWidth(by: 1_000)).quotient)
  }
}
