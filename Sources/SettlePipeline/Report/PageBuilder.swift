import SettleModel
import SettleStore

/// Gathers what the page shows while the rows of the CSV files go by.
struct PageBuilder {
  var page: ReportPage
  var sums = BreakSums()
  /// Breaks whose refund waits for a second person.
  var waiting: Set<BreakID> = []
  private var refunded: [Currency: ReportPage.Sum] = [:]
  private var quarantine: [QuarantineKey: (count: Int, firstLine: Int)] = [:]
  private var restated: [RestatementKey: Int] = [:]

  private struct QuarantineKey: Hashable {
    var file: String
    var field: String?
    var reason: QuarantineReason
  }

  private struct RestatementKey: Hashable {
    var reportDate: BusinessDate
    var file: String
    var column: String
    var from: String?
    var to: String?
  }

  init(_ page: ReportPage) { self.page = page }

  mutating func add(_ row: RefundRow) {
    page.refundCount += 1
    // What is only asked for is told night after night, and is not given back yet.
    if row.state == .processed {
      refunded[row.amount.currency, default: .init(count: 0, minor: 0)].count += 1
      refunded[row.amount.currency]?.minor += row.amount.minor
    }
    guard page.refunds.count < ReportPage.rowLimit else { return }
    page.refunds.append(
      ReportPage.RefundRow(
        id: row.id.description, orderReference: row.orderReference, amount: row.amount, reason: row.reason.title,
        rule: row.rule, status: row.state, processorReference: row.processorReference))
  }

  /// They come in the order of their dates.
  mutating func add(_ row: RetryRow) {
    page.retries.count += 1
    page.retries.next = page.retries.next ?? row.retryOn
  }

  mutating func add(_ row: PayoutRow) {
    page.payoutCount += 1
    guard page.payouts.count < ReportPage.rowLimit else { return }
    page.payouts.append(
      ReportPage.PayoutRow(
        id: row.payout, currency: row.currency, lines: Int(row.lines), gross: row.gross, fees: row.fees, net: row.net,
        payout: row.paid, bank: row.bank, remainder: row.remainder, agrees: row.agrees && !row.isMissingInBank,
        status: row.status))
  }

  mutating func add(_ row: QuarantineRow) {
    let key = QuarantineKey(file: row.file, field: row.field, reason: row.reason)
    let known = quarantine[key] ?? (0, Int(row.line))
    quarantine[key] = (known.count + 1, min(known.firstLine, Int(row.line)))
  }

  mutating func add(_ file: LoadedFileRow) {
    page.files.append(
      ReportPage.FileRow(
        path: file.name, layout: file.layout, read: Int(file.counts.read), accepted: Int(file.counts.accepted),
        quarantined: Int(file.counts.quarantined), ignored: Int(file.counts.ignored), status: "loaded"))
  }

  /// Late outcomes and whatever else changes an earlier report.
  mutating func add(_ row: RestatementRow) {
    guard !row.isOfItsTime else {
      page.awaitedThenMatched += 1
      return
    }
    // Of amounts each row changes another one, which the file tells.
    let isState = ["bucket", "status", "reason"].contains(row.column)
    let key = RestatementKey(
      reportDate: row.reportDate, file: row.file, column: row.column, from: isState ? row.from : nil,
      to: isState ? row.to : nil)
    restated[key, default: 0] += 1
  }

  /// The dates before, and this one with what it has matched.
  mutating func add(trend: [TrendDay]) {
    page.trend = trend
    guard let last = trend.indices.last else { return }
    page.trend[last].matched = page.totals.filter { $0.side == .expected && $0.bucket == "matched" }
      .reduce(0) { $0 + Int64($1.count) }
  }

  /// The CSV files among these lie beside the page.
  mutating func add(beside names: [String], rows: [String: Int64]) {
    page.beside = names.filter { $0.hasSuffix(".csv") }.map { .init(name: $0, rows: rows[$0].map { Int($0) }) }
  }

  mutating func addNotice(stage: String, message: String) {
    page.notices.append("The stage \(stage) left something undone: \(message)")
  }

  /// Takes the totals as the page's proof, and the day at a glance out of the charges among them.
  mutating func add(_ totals: [TotalRow], charges: [TotalRow]) {
    page.totals = totals.compactMap { row in
      ReportPage.Total.Side(rawValue: row.side).map { side in
        ReportPage.Total(
          side: side, bucket: row.bucket, count: Int(row.count),
          amount: Money(minor: row.amount, currency: row.currency))
      }
    }
    let known = totals.filter { $0.side != "bank" }.map(\.currency)
    for currency in Set(known + sums.broken.keys + refunded.keys).sorted() {
      let expected = charges.filter { $0.currency == currency }
      func sum(_ buckets: (String) -> Bool) -> ReportPage.Sum {
        expected.filter { buckets($0.bucket) }.reduce(into: ReportPage.Sum(count: 0, minor: 0)) {
          $0.count += Int($1.count)
          $0.minor += $1.amount
        }
      }
      page.glance.append(
        ReportPage.Glance(
          currency: currency,
          charged: sum { !Self.notCharged.contains($0) }, matched: sum { $0 == "matched" },
          awaited: sum { ["awaited", "unknown", "unsent", "retrying"].contains($0) },
          declined: sum { $0 == "declined" }, broken: sums.broken[currency] ?? .init(count: 0, minor: 0),
          refunded: refunded[currency] ?? .init(count: 0, minor: 0)))
    }
  }

  /// Buckets of the expected side whose money was certainly, or perhaps, not taken.
  private static let notCharged = ["unsent", "unknown", "declined", "retrying", "hold_lapsed", "outcome_unknown"]

  func html() throws -> String {
    var page = page
    page.breaksByReason = sums.byReason
    page.besideGlance = sums.besideGlance
    page.restatements = restated.map { key, count in
      ReportPage.RestatementGroup(
        reportDate: key.reportDate, file: key.file, column: key.column, from: key.from, to: key.to, count: count)
    }.sorted { $0.order < $1.order }
    page.quarantine = quarantine.sorted { left, right in
      (left.key.file, left.value.firstLine, left.key.field ?? "", left.key.reason.rawValue)
        < (right.key.file, right.value.firstLine, right.key.field ?? "", right.key.reason.rawValue)
    }.map { key, value in
      ReportPage.QuarantineGroup(
        reason: key.reason, file: key.file, field: key.field, count: value.count, firstLine: value.firstLine)
    }
    return try page.html()
  }
}

extension RestatementRow {
  /// What an earlier report awaited and the date matched: nothing that the report said was wrong. What came after its day
  /// was a break, or its file missing.
  var isOfItsTime: Bool { column == "bucket" && from == "awaited" && to == "matched" }
}

extension ReportPage.RestatementGroup {
  fileprivate var order: (BusinessDate, String, String, String, String) {
    (reportDate, file, column, from ?? "", to ?? "")
  }
}
