import SettleModel
import SettleStore

/// One break in the table, with what the filter looks at.
struct BreakView {
  let id: String
  let key: String
  let reason: String
  /// What a missing file leaves untold, or which refused rows may be what is missing.
  let says: String?
  let evidence: [String]
  let order: String?
  let processorReference: String?
  let expected: AmountView
  let reported: AmountView
  let delta: AmountView
  let currency: String
  /// Where another one was reported than expected.
  let reportedCurrency: String?
  let currencies: String
  let age: String
  let statusKey: String
  let status: String
  let isOpen: Bool
  let decision: DecisionView?

  static func all(_ rows: [ReportPage.BreakRow]) -> [BreakView] {
    let widest = AmountView.widest(rows.flatMap { [$0.expected, $0.reported, $0.delta] })
    return rows.map { BreakView($0, widest: widest) }
  }

  private init(_ row: ReportPage.BreakRow, widest: Int) {
    id = row.id
    key = row.reason.rawValue
    reason = row.reason.title
    says = (row.reason == .fileMissing ? row.evidence.first : row.refused?.words(showing: 3)).map(PageText.capitalized)
    let later = row.later.map { "\($0.role == .corrects ? "corrected" : "explained") by \($0.source)" }
    evidence = row.reason == .fileMissing ? [] : Self.shortened(row.evidence) + [later].compactMap(\.self)
    order = row.orderReference ?? row.paymentID
    processorReference = row.processorReference
    expected = AmountView(row.expected, widest: widest)
    reported = AmountView(row.reported, widest: widest)
    delta = AmountView(row.delta, widest: widest)
    let codes = [row.expected, row.reported].compactMap { $0?.currency.code }
    currency = codes.first ?? ""
    reportedCurrency = codes.count == 2 && codes[0] != codes[1] ? codes[1] : nil
    currencies = reportedCurrency.map { "\(codes[0]) \($0)" } ?? currency
    age = row.ageDays <= 0 ? "new" : PageText.count(row.ageDays, "day", "days")
    statusKey = row.resolution ?? "open"
    status = PageText.sentence(statusKey)
    isOpen = row.resolution == nil
    decision = row.decision.map(DecisionView.init)
  }

  private static func shortened(_ evidence: [String]) -> [String] {
    evidence.count <= 3 ? evidence : evidence.prefix(2) + ["and \(evidence.count - 2) more"]
  }
}

/// What one field of the filter offers: only what is in the table.
struct FilterView {
  struct Option {
    let key: String
    let title: String
  }
  let name: String
  let title: String
  let options: [Option]

  static func all(_ rows: [BreakView]) -> [FilterView] {
    [
      FilterView("reason", "Reason", rows.map { Option(key: $0.key, title: $0.reason) }),
      FilterView(
        "currency", "Currency",
        rows.flatMap { $0.currencies.split(separator: " ").map { Option(key: String($0), title: String($0)) } }),
      FilterView("status", "Status", rows.map { Option(key: $0.statusKey, title: $0.status) }),
    ]
  }

  private init(_ name: String, _ title: String, _ options: [Option]) {
    self.name = name
    self.title = title
    self.options = Dictionary(options.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first }).values
      .sorted { ($0.title, $0.key) < ($1.title, $1.key) }
  }
}

struct DecisionView {
  let what: String
  let waits: Bool
  let note: String?
  let by: String
  let instant: String
  let at: String
  let reason: String
  let reference: String?

  init(_ row: ReportPage.Decision) {
    what = Self.words(row)
    waits = row.waits
    note = row.note
    by = row.by
    instant = row.at?.description ?? ""
    at = row.atLocal ?? ""
    reason = row.reason.title
    reference = row.reference
  }

  private static func words(_ row: ReportPage.Decision) -> String {
    let amount = row.amount.map { " of \(PageText.grouped($0)) \($0.currency)" } ?? ""
    return switch row.decision {
    case .accept: "Accepted"
    case .writeOff: "Written off"
    case .refund: "Refund\(amount)"
    case .wait(let date): "Wait until \(PageText.short(date)) \(date.description.prefix(4))"
    case .duplicate(let id): "Duplicate of \(id.canonical)"
    case nil: "Agreed to the refund\(amount)"
    }
  }
}
