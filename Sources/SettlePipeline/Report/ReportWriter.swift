import Foundation
import Postgres
import SettleFiles
import SettleModel
import SettleStore

/// Writes finance's files for one business date into a folder, from one snapshot of the store.
///
/// The rows stream; nothing but the page's few counts is kept. Column names and their order are the contract's.
struct ReportWriter {
  let db: Session
  let date: BusinessDate
  let folder: String
  /// In which an outcome's instant has its date.
  let zone: String

  /// - Returns: how many rows each file has, in order, and the totals.
  func write(_ page: ReportPage) throws -> (counts: [(name: String, value: Int64)], totals: [TotalRow]) {
    var page = PageBuilder(page)
    page.page.zone = zone
    page.add(awaiting: try db.refundsAwaitingApproval(on: date, zone: zone))
    try db.forEachDecision(on: date, zone: zone) { page.add(decided: $0) }
    let breaks = try writeBreaks(&page)
    let matched = try writeMatched()
    let refunds = try writeRefunds(&page)
    let payouts = try writePayouts(&page)
    let failed = try writeFailed()
    let retries = try RetriesFile.write(db, on: date, in: folder, for: &page)
    let quarantined = try writeQuarantine(&page)
    let restated = try writeRestatements(&page)
    page.page.givenUp = Int(try db.cancellations(on: date))
    let (totals, charges) = try db.totals(on: date)
    try TotalsFile.write(totals, in: folder)
    page.add(totals, charges: charges)
    page.add(trend: try db.trend(until: date, limit: ReportPage.trendLimit))
    for file in try db.filesLoaded(on: date) { page.add(file) }
    for (stage, message) in try db.unfinishedStages(on: date) { page.addNotice(stage: stage, message: message) }
    let counts = [
      ("breaks", breaks), ("matched", matched), ("refunds", refunds), ("payouts", payouts), ("failed", failed),
      ("retries_planned", retries), ("quarantined", quarantined), ("restated", restated.changes),
      ("awaited_then_matched", restated.rows - restated.changes),
    ]
    page.add(
      beside: try FileManager.default.contentsOfDirectory(atPath: folder).sorted(),
      rows: [
        "breaks.csv": breaks, "matched.csv": matched, "refunds.csv": refunds, "payouts.csv": payouts,
        "failed.csv": failed, "retries.csv": retries, "quarantine.csv": quarantined, "restatements.csv": restated.rows,
        "totals.csv": Int64(totals.count),
      ])
    try ReportFile.write(try page.html(), as: "report.html", in: folder)
    return (counts, totals)
  }

  private func writeBreaks(_ page: inout PageBuilder) throws -> Int64 {
    var file = try ReportFile("breaks.csv", in: folder, header: BreaksFile.header)
    var rows: Int64 = 0
    try db.forEachBreak(on: date) { row in
      rows += 1
      page.add(row, on: date)
      try file.write(BreaksFile.fields(of: row, on: date))
    }
    try file.close()
    if let since = page.missingSince { page.add(refused: try db.refusedRows(since: since, until: date)) }
    return rows
  }

  private func writeMatched() throws -> Int64 {
    var file = try ReportFile(
      "matched.csv", in: folder,
      header: [
        "payment_id", "order_reference", "kind", "rule", "amount", "currency", "fee", "net", "processor_reference",
        "payout_id", "occurred_at", "settlement_currency", "tolerated",
      ])
    var rows: Int64 = 0
    try db.forEachMatched(on: date) { row in
      rows += 1
      try file.write([
        .id(row.payment.rawValue), .text(row.orderReference), .raw(row.kind), .raw(row.rule), .amount(row.amount),
        .raw(row.amount.currency.code), .amount(row.fee), .amount(row.net), .optional(row.processorReference),
        .optional(row.payout), .instant(row.occurredAt), .raw(row.fee.currency.code),
        row.tolerated.minor == 0 ? .empty : .amount(row.tolerated),
      ])
    }
    try file.close()
    return rows
  }

  private func writeRefunds(_ page: inout PageBuilder) throws -> Int64 {
    var file = try ReportFile(
      "refunds.csv", in: folder,
      header: [
        "refund_id", "payment_id", "order_reference", "amount", "currency", "reason", "rule", "status", "requested_at",
        "processor_reference",
      ])
    var rows: Int64 = 0
    try db.forEachRefund(on: date) { row in
      rows += 1
      page.add(row)
      try file.write([
        .raw(row.id.description), .raw(row.payment.description), .text(row.orderReference), .amount(row.amount),
        .raw(row.amount.currency.code), .raw(row.reason.rawValue), .text(row.rule), .raw(row.state.rawValue),
        .raw(row.requestedAt.description), .optional(row.processorReference),
      ])
    }
    try file.close()
    return rows
  }

  private func writePayouts(_ page: inout PageBuilder) throws -> Int64 {
    // Without a bank's file there is no currency of an account to name.
    let knowsBank = try db.knowsBank(on: date)
    var file = try ReportFile(
      "payouts.csv", in: folder,
      header: [
        "payout_id", "currency", "lines", "gross", "fees", "net", "payout_amount", "bank_amount", "remainder", "status",
      ] + (knowsBank ? ["bank_currency", "bank_evidence"] : []))
    let rows = try db.payouts(on: date)
    for row in rows {
      page.add(row)
      func amount(_ minor: Int64?) -> CSVWriter.Field {
        minor.map { .amount(Money(minor: $0, currency: row.currency)) } ?? .empty
      }
      try file.write(
        [
          .text(row.payout), .raw(row.currency.code), .number(row.lines), amount(row.gross), amount(row.fees),
          amount(row.net), amount(row.paid), row.bank.map { .amount($0) } ?? .empty, amount(row.remainder),
          .raw(row.status),
        ] + (knowsBank ? [.optional(row.bank?.currency.code), .text(row.bankLines.joined(separator: "; "))] : []))
    }
    try file.close()
    return Int64(rows.count)
  }

  private func writeFailed() throws -> Int64 {
    var file = try ReportFile(
      "failed.csv", in: folder,
      header: ["payment_id", "order_reference", "amount", "currency", "reason", "processor_code", "failed_at"])
    var rows: Int64 = 0
    try db.forEachFailed(on: date) { row in
      rows += 1
      try file.write([
        .raw(row.payment.description), .text(row.orderReference), .amount(row.amount),
        .raw(row.amount.currency.code), .raw(row.reason.rawValue), .optional(row.code),
        .raw(row.failedAt.description),
      ])
    }
    try file.close()
    return rows
  }

  private func writeQuarantine(_ page: inout PageBuilder) throws -> Int64 {
    var file = try ReportFile(
      "quarantine.csv", in: folder, header: ["file", "line", "field", "reason", "detail"])
    var rows: Int64 = 0
    try db.forEachQuarantined(on: date) { row in
      rows += 1
      page.add(row)
      try file.write([
        .text(row.file), .number(row.line), .optional(row.field), .raw(row.reason.rawValue), .text(row.detail),
      ])
    }
    try file.close()
    return rows
  }
}

extension PayoutRow {
  /// `open` until the processor says what it paid and what is in it; then whether the lines explain it, and whether the
  /// bank has it.
  var status: String {
    if !agrees { return "remainder" }
    if isMissingInBank { return "not_in_bank" }
    if bank != nil { return "in_bank" }
    return isExplained ? "complete" : "open"
  }
}
