import SettleModel

/// The page as its template reads it: every figure a text. Names here are the template's.
struct PageView {
  let style: String
  let pipeline: String
  let merchant: String
  let processor: String
  let date: String
  let day: String
  let notices: [String]
  let summary: String
  let balance: String
  let balances: Bool
  let glance: [GlanceView]
  let retries: String?
  let hasFlows: Bool
  let flows: [FlowView]
  let flowsLeftOut: Bool
  let hasCharts: Bool
  let charts: [ChartView]
  let proofs: [ProofView]
  let breakCount: String
  let breaksLeftOut: String?
  let breaks: [BreakView]
  let refundsLeftOut: String?
  let refunds: [RefundView]
  let payoutsLeftOut: String?
  let payouts: [PayoutView]
  let quarantine: [QuarantineView]
  let files: [FileView]

  /// How many currencies get a chart of their own; the proof has them all.
  static let flowLimit = 4

  init(_ page: ReportPage, style: String) {
    self.style = style
    pipeline = page.pipeline
    merchant = page.merchant
    processor = page.processor
    date = page.businessDate.description
    day = PageText.long(page.businessDate)
    notices = page.notices
    let openBreaks = page.breaksByReason.reduce(0) { $0 + $1.count }
    summary = Self.summary(openBreaks, oldest: page.breaksByAge.filter { $0.count > 0 }.map(\.days).max())
    proofs = ProofView.all(page.totals)
    let unbalanced = proofs.filter { !$0.balances }.map(\.currency)
    balances = unbalanced.isEmpty
    balance =
      unbalanced.isEmpty
      ? "The totals balance: every amount expected or reported is accounted for."
      : "The totals do not balance in \(unbalanced.joined(separator: ", ")): see the proof below."
    glance = page.glance.map(GlanceView.init)
    retries = Self.sentence(page.retries)
    let charts = FlowView.all(page.totals)
    flows = Array(charts.prefix(Self.flowLimit))
    hasFlows = !flows.isEmpty
    flowsLeftOut = charts.count > Self.flowLimit
    self.charts = Self.charts(page)
    hasCharts = !self.charts.isEmpty
    breakCount = PageText.count(openBreaks, "open break", "open breaks")
    breaksLeftOut = Self.leftOut(openBreaks, shown: page.breaks.count)
    breaks = BreakView.all(page.breaks.prefix(ReportPage.rowLimit))
    refundsLeftOut = Self.leftOut(page.refundCount, shown: page.refunds.count)
    refunds = RefundView.all(page.refunds.prefix(ReportPage.rowLimit))
    payoutsLeftOut = Self.leftOut(page.payoutCount, shown: page.payouts.count)
    payouts = PayoutView.all(page.payouts.prefix(ReportPage.rowLimit))
    quarantine = page.quarantine.map(QuarantineView.init)
    files = page.files.map(FileView.init)
  }

  private static func leftOut(_ count: Int, shown: Int) -> String? {
    let shown = min(shown, ReportPage.rowLimit)
    return count > shown ? "These are the first \(shown) of \(PageText.grouped(count))" : nil
  }

  private static func summary(_ count: Int, oldest: Int?) -> String {
    guard count > 0 else { return "No break is open." }
    let open = PageText.count(count, "break is open", "breaks are open")
    guard let oldest, oldest > 0 else { return "\(open), \(count == 1 ? "" : "all ")found on this day." }
    let age = PageText.count(oldest, "day", "days")
    return count == 1 ? "\(open), for \(age) now." : "\(open), the oldest for \(age) now."
  }

  private static func sentence(_ retries: ReportPage.Retries) -> String? {
    guard retries.count > 0 else { return nil }
    let payments = PageText.count(retries.count, "declined payment is", "declined payments are")
    return "\(payments) to be charged again" + (retries.next.map { ", the next from \(PageText.long($0))" } ?? "")
  }

  private static func charts(_ page: ReportPage) -> [ChartView] {
    guard !page.breaksByReason.isEmpty else { return [] }
    let reasons = BarChart(
      title: "Open breaks by reason",
      bars: page.breaksByReason.map { group in
        let stake = group.amounts.map { "\(PageText.grouped($0)) \($0.currency)" }.joined(separator: " · ")
        return .init(label: group.reason.title, count: group.count, note: stake.isEmpty ? nil : stake)
      })
    let ages = BarChart(title: "Open breaks by age", bars: BarChart.ages(page.breaksByAge))
    return [
      ChartView(title: "By reason", svg: reasons.svg(id: "reasons", width: 360, class: "bars")),
      ChartView(title: "By age", svg: ages.svg(id: "ages", width: 360, class: "bars")),
    ]
  }
}

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
      ("Charged", glance.charged), ("Matched", glance.matched), ("Still open", glance.awaited),
      ("Declined", glance.declined), ("Broken", glance.broken), ("Refunded", glance.refunded),
    ]
    cells = sums.map { name, sum in
      Cell(
        name: name, amount: PageText.grouped(Money(minor: sum.minor, currency: glance.currency)),
        count: PageText.grouped(sum.count), none: sum.count == 0, attention: name == "Broken" && sum.count > 0)
    }
  }
}

struct ChartView {
  let title: String
  let svg: String
}

struct FlowView {
  let currency: String
  let wide: String
  let narrow: String
  let takingAway: String?

  static func all(_ totals: [ReportPage.Total]) -> [FlowView] {
    Set(totals.map(\.amount.currency)).sorted().compactMap { currency in
      guard let chart = FlowChart(currency: currency, totals: totals) else { return nil }
      let code = currency.code.lowercased()
      return FlowView(
        currency: currency.code,
        wide: FlowDrawing.svg(chart, id: "flow-\(code)", width: 960, class: "flow wide"),
        narrow: FlowDrawing.svg(chart, id: "flow-\(code)-narrow", width: 335, class: "flow narrow"),
        takingAway: chart.takingAway.isEmpty ? nil : chart.takingAway.joined(separator: "; "))
    }
  }
}
