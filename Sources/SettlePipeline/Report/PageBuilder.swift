import SettleModel
import SettleStore

/// Gathers what the page shows while the rows of the CSV files go by.
struct PageBuilder {
  private var page: ReportPage
  private var byReason: [BreakReason: (count: Int, amounts: [Currency: Int64])] = [:]
  private var byAge: [Int: Int] = [:]
  /// What is at stake in open breaks.
  private var broken: [Currency: ReportPage.Sum] = [:]
  private var refunded: [Currency: ReportPage.Sum] = [:]
  private var quarantine: [QuarantineKey: (count: Int, firstLine: Int)] = [:]

  private struct QuarantineKey: Hashable {
    var file: String
    var field: String?
    var reason: QuarantineReason
  }

  init(_ page: ReportPage) { self.page = page }

  mutating func add(_ row: BreakRow, on date: BusinessDate) {
    guard row.open else { return }
    let age = date.days(since: row.firstSeen)
    byAge[age, default: 0] += 1
    var group = byReason[row.reason] ?? (0, [:])
    group.count += 1
    if let stake = row.delta ?? row.expected ?? row.reported {
      group.amounts[stake.currency, default: 0] += Int64(clamping: stake.minor.magnitude)
      broken[stake.currency, default: .init(count: 0, minor: 0)].count += 1
      broken[stake.currency]?.minor += Int64(clamping: stake.minor.magnitude)
    }
    byReason[row.reason] = group
    guard page.breaks.count < ReportPage.rowLimit else { return }
    page.breaks.append(
      ReportPage.BreakRow(
        id: row.id.description, reason: row.reason, paymentID: row.payment?.description,
        orderReference: row.orderReference, processorReference: row.processorReference, expected: row.expected,
        reported: row.reported, delta: row.delta, ageDays: age, evidence: row.evidence))
  }

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
        payout: row.paid, bank: row.bank, remainder: row.remainder ?? 0, agrees: row.agrees && !row.isMissingInBank,
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
    for currency in Set(totals.filter { $0.side != "bank" }.map(\.currency)).sorted() {
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
          declined: sum { $0 == "declined" }, broken: broken[currency] ?? .init(count: 0, minor: 0),
          refunded: refunded[currency] ?? .init(count: 0, minor: 0)))
    }
  }

  /// Buckets of the expected side whose money was certainly, or perhaps, not taken.
  private static let notCharged = ["unsent", "unknown", "declined", "retrying", "hold_lapsed", "outcome_unknown"]

  func html() throws -> String {
    var page = page
    page.breaksByReason = byReason.sorted { ($1.value.count, $0.key.rawValue) < ($0.value.count, $1.key.rawValue) }
      .map { reason, group in
        ReportPage.BreakGroup(
          reason: reason, count: group.count,
          amounts: group.amounts.sorted { $0.key < $1.key }.map { Money(minor: $1, currency: $0) })
      }
    page.breaksByAge = byAge.sorted { $0.key < $1.key }.map { ReportPage.AgeGroup(days: $0, count: $1) }
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
