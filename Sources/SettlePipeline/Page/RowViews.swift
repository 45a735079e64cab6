import SettleModel

/// An amount in a column of several currencies, with what brings its decimal point under the others'.
struct AmountView {
  let figures: String
  let padding: String

  init(_ money: Money?, widest: Int) {
    figures = money.map(PageText.grouped) ?? ""
    padding = money.map { PageText.padding(from: $0.currency.digits, to: widest) } ?? ""
  }

  static func widest(_ amounts: [Money?]) -> Int { amounts.compactMap { $0?.currency.digits }.max() ?? 0 }
}

struct BreakView {
  let id: String
  let reason: String
  let evidence: [String]
  let order: String?
  let processorReference: String?
  let expected: AmountView
  let reported: AmountView
  let delta: AmountView
  let currency: String
  let age: String

  static func all(_ rows: ArraySlice<ReportPage.BreakRow>) -> [BreakView] {
    let widest = AmountView.widest(rows.flatMap { [$0.expected, $0.reported, $0.delta] })
    return rows.map { row in
      BreakView(
        id: row.id, reason: row.reason.title, evidence: shortened(row.evidence),
        order: row.orderReference ?? row.paymentID, processorReference: row.processorReference,
        expected: AmountView(row.expected, widest: widest), reported: AmountView(row.reported, widest: widest),
        delta: AmountView(row.delta, widest: widest),
        currency: (row.delta ?? row.reported ?? row.expected)?.currency.code ?? "",
        age: row.ageDays == 0 ? "new" : PageText.count(row.ageDays, "day", "days"))
    }
  }

  private static func shortened(_ evidence: [String]) -> [String] {
    evidence.count <= 3 ? evidence : evidence.prefix(2) + ["and \(evidence.count - 2) more"]
  }
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
        remainder: view(row.remainder), attention: row.remainder != 0 || !row.agrees,
        status: PageText.sentence(row.status))
    }
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
