import SettleModel
import SettleStore

/// An amount in a column of several currencies, with what brings its decimal point under the others'.
struct AmountView {
  /// Nil where there is none.
  let figures: String?
  let padding: String

  init(_ money: Money?, widest: Int) {
    figures = money.map(PageText.grouped)
    padding = money.map { PageText.padding(from: $0.currency.digits, to: widest) } ?? ""
  }

  static func widest(_ amounts: [Money?]) -> Int { amounts.compactMap { $0?.currency.digits }.max() ?? 0 }
}

struct RefundView {
  let id: String
  let order: String?
  let processorReference: String?
  let amount: AmountView
  let currency: String
  let reason: String
  let rule: String?
  let status: String
  let attention: Bool

  static func all(_ rows: ArraySlice<ReportPage.RefundRow>) -> [RefundView] {
    let widest = AmountView.widest(rows.map(\.amount))
    return rows.map { row in
      RefundView(
        id: row.id, order: row.orderReference, processorReference: row.processorReference,
        amount: AmountView(row.amount, widest: widest), currency: row.amount.currency.code,
        reason: BreakReason(rawValue: row.reason)?.title ?? PageText.sentence(row.reason), rule: row.rule,
        status: PageText.sentence(row.status.rawValue.lowercased()), attention: row.status == .failed)
    }
  }
}

struct PayoutView {
  let id: String
  let currency: String
  let lines: String
  let gross: AmountView
  let fees: AmountView
  let net: AmountView
  let payout: AmountView
  let bank: AmountView
  /// Where the bank has converted it.
  let bankCurrency: String?
  let remainder: AmountView
  let remains: Bool
  let isMissing: Bool
  let attention: Bool
  let status: String

  static func all(_ rows: ArraySlice<ReportPage.PayoutRow>) -> [PayoutView] {
    let widest = rows.flatMap { [$0.currency.digits, $0.bank?.currency.digits ?? 0] }.max() ?? 0
    return rows.map { row in
      let view = { (minor: Int64?) in
        AmountView(minor.map { Money(minor: $0, currency: row.currency) }, widest: widest)
      }
      return PayoutView(
        id: row.id, currency: row.currency.code, lines: PageText.grouped(row.lines), gross: view(row.gross),
        fees: view(row.fees), net: view(row.net), payout: view(row.payout), bank: AmountView(row.bank, widest: widest),
        bankCurrency: row.bank.flatMap { $0.currency == row.currency ? nil : $0.currency.code },
        remainder: view(row.remainder), remains: (row.remainder ?? 0) != 0, isMissing: row.status == "not_in_bank",
        attention: (row.remainder ?? 0) != 0 || !row.agrees,
        status: statusTitle(row.status, isPaid: row.payout != nil))
    }
  }
}

extension PayoutView {
  /// What a person reads for a status of `payouts.csv`.
  private static func statusTitle(_ status: String, isPaid: Bool) -> String {
    switch status {
    case "remainder": "Does not add up"
    case "not_in_bank": "Missing at the bank"
    case "in_bank": "At the bank"
    case "complete": "Adds up"
    case "open": isPaid ? "Paid out, its lines are not known" : "Not paid out yet"
    default: PageText.sentence(status)
    }
  }
}

struct RestatementView {
  let report: String
  let file: String
  let change: String
  let rows: String

  init(_ group: ReportPage.RestatementGroup) {
    report = PageText.long(group.reportDate)
    file = group.file
    let told = { (value: String?) in value.map { PageText.title(bucket: $0.lowercased()) } ?? "nothing" }
    change =
      group.from == nil && group.to == nil
      ? PageText.sentence(group.column) : "\(told(group.from)) \u{2192} \(told(group.to))"
    rows = PageText.grouped(group.count)
  }
}

struct FileBesideView {
  let name: String
  let rows: String?
  let words: String?

  init(_ file: ReportPage.FileBeside) {
    name = file.name
    rows = file.rows.map { PageText.count($0, "row", "rows") }
    words = Self.words[file.name]
  }

  private static let words = [
    "breaks.csv": "every difference, with room for decisions", "matched.csv": "what was found on both sides",
    "refunds.csv": "what was given back", "payouts.csv": "what went to the bank",
    "failed.csv": "payments that failed for good", "retries.csv": "what is to be charged again",
    "quarantine.csv": "rows that were refused", "restatements.csv": "what changes earlier reports",
    "totals.csv": "the proof in figures",
  ]
}

struct TrendDayView {
  let day: String
  let matched: String
  let share: String
  let opened: String
  let resolved: String
  let open: String

  init(_ trend: TrendDay) {
    day = trend.date.description
    matched = trend.matched.map { PageText.grouped($0) } ?? ""
    share = TrendChart.share(of: trend).map { PageText.percent(perMille: $0) } ?? ""
    opened = PageText.grouped(trend.opened)
    resolved = PageText.grouped(trend.resolved)
    open = PageText.grouped(trend.open)
  }
}

struct QuarantineView {
  let reason: String
  let file: String
  let field: String?
  let count: String
  let firstLine: String

  init(_ group: ReportPage.QuarantineGroup) {
    reason = PageText.sentence(group.reason.rawValue)
    file = group.file
    field = group.field
    count = PageText.grouped(group.count)
    firstLine = String(group.firstLine)
  }
}

struct FileView {
  let path: String
  let layout: String?
  let read: String
  let accepted: String
  let quarantined: String
  let ignored: String
  let status: String
  /// Rows that are neither accepted, quarantined nor ignored, which there must never be.
  let unaccounted: Bool

  init(_ file: ReportPage.FileRow) {
    path = file.path
    layout = file.layout
    read = PageText.grouped(file.read)
    accepted = PageText.grouped(file.accepted)
    quarantined = PageText.grouped(file.quarantined)
    ignored = PageText.grouped(file.ignored)
    status = PageText.sentence(file.status)
    unaccounted = file.read != file.accepted + file.quarantined + file.ignored
  }
}
