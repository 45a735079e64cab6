import SettleModel
import SettleStore

struct GlanceView {
  struct Cell {
    let name: String
    let amount: String
    let count: String
    let none: Bool
    let attention: Bool
  }
  let currency: String
  let cells: [Cell]

  init(_ glance: ReportPage.Glance) {
    currency = glance.currency.code
    let sums = [
      ("Charged", glance.charged), ("Matched", glance.matched), ("Awaited", glance.awaited),
      ("Declined", glance.declined), ("Broken", glance.broken), ("Refunded", glance.refunded),
    ]
    cells = sums.map { name, sum in
      Cell(
        name: name, amount: PageText.grouped(Money(minor: sum.minor, currency: glance.currency)),
        count: PageText.grouped(sum.count), none: sum.count == 0, attention: name == "Broken" && sum.count > 0)
    }
  }
}

/// The trend as two drawings and a table; or why there is none yet.
struct TrendView {
  let count: String
  let wide: String
  let narrow: String
  /// The latest date first.
  let days: [TrendDayView]

  /// Nil on the first date.
  init?(_ days: [TrendDay]) {
    guard let chart = TrendChart(days) else { return nil }
    count = String(days.count)
    wide = TrendDrawing.svg(chart, id: "trend-wide", width: 960, class: "wide")
    narrow = TrendDrawing.svg(chart, id: "trend-narrow", width: 335, class: "narrow")
    self.days = days.reversed().map(TrendDayView.init)
  }
}

struct FlowView {
  struct Drawn {
    let wide: String
    let narrow: String
  }
  struct Bank {
    let svg: String?
    let parts: [Part]
  }
  struct Part {
    let kind: String
    let text: String
    let count: String
  }
  let currency: String
  /// Instead of a chart, where both sides are alike.
  let plain: String?
  let chart: Drawn?
  let takingAway: String?
  let bank: Bank?

  /// A currency each, in which anything moved: those with the most that is broken first, then those with the most items.
  static func all(_ totals: [ReportPage.Total]) -> [FlowView] {
    let ranks = Dictionary(grouping: totals, by: \.amount.currency).mapValues(Rank.init)
    let ordered = ranks.sorted { ($1.value.broken, $1.value.items, $0.key) < ($0.value.broken, $0.value.items, $1.key) }
    return ordered.map(\.key).compactMap { currency in
      let chart = FlowChart(currency: currency, totals: totals)
      let bank = BankBar(currency: currency, totals: totals)
      return chart == nil && bank == nil ? nil : FlowView(currency, chart, bank)
    }
  }

  /// What a currency is drawn for. Amounts of different currencies cannot be compared, numbers of items can.
  private struct Rank {
    let broken: Int
    let items: Int

    init(_ rows: [ReportPage.Total]) {
      items = rows.filter { $0.bucket == "all" }.reduce(0) { $0 + $1.count }
      // What both sides tell is broken once.
      let kinds = Dictionary(grouping: rows.filter { FlowChart.Bucket.kind(of: $0.bucket) == .broken }, by: \.bucket)
      broken = kinds.values.reduce(0) { $0 + ($1.map(\.count).max() ?? 0) }
    }
  }

  private init(_ currency: Currency, _ chart: FlowChart?, _ bank: BankBar?) {
    let code = currency.code.lowercased()
    self.currency = currency.code
    plain = chart?.plain
    self.chart = chart.flatMap {
      $0.plain != nil
        ? nil
        : Drawn(
          wide: FlowDrawing.svg($0, id: "flow-\(code)", width: 960, class: "wide"),
          narrow: FlowDrawing.svg($0, id: "flow-\(code)-narrow", width: 335, class: "narrow"))
    }
    takingAway = chart.flatMap { $0.takingAway.isEmpty ? nil : $0.takingAway.joined(separator: "; ") }
    self.bank = bank.map { bank in
      Bank(
        svg: bank.svg(id: "bank-\(code)"),
        parts: bank.parts.map { Part(kind: "\($0.kind)", text: "\($0.title) \($0.amount)", count: $0.count) })
    }
  }
}
