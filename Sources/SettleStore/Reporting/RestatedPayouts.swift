import Postgres
import SettleModel

// Payouts of which an earlier report told, and of which the date knows more or other lines.

extension Session {
  func restatedPayouts(on date: BusinessDate) throws -> [RestatementRow] {
    let payouts = try payoutsTold(on: date)
    guard !payouts.isEmpty else { return [] }
    let told = try lastTold(payouts, before: date)
    let files = try filesBehind(payouts, on: date)
    let after = Dictionary(
      try self.payouts(payouts, on: date).map { (PayoutKey($0), $0) }, uniquingKeysWith: { first, _ in first })
    return try self.payouts(payouts, on: date.adding(days: -1)).flatMap { before -> [RestatementRow] in
      guard let reportDate = told[PayoutKey(before).ofAnyCurrency] else { return [] }
      return zip(before.sums, (after[PayoutKey(before)] ?? before.emptied).sums).filter { $0.1 != $1.1 }.map {
        was, becomes in
        RestatementRow(
          reportDate: reportDate, lastReportDate: reportDate, file: "payouts.csv", key: before.payout,
          orderReference: nil, column: was.0,
          from: was.1, to: becomes.1, currency: before.currency, evidence: files[PayoutKey(before).ofAnyCurrency])
      }
    }
  }

  private struct PayoutKey: Hashable {
    var processor: String
    var payout: String
    var currency: Currency?

    init(_ row: PayoutRow) { (processor, payout, currency) = (row.processor, row.payout, row.currency) }

    /// `processor` and `payout` of a row.
    init(_ row: Row) throws { (processor, payout) = (try row.get("processor"), try row.get("payout")) }

    var ofAnyCurrency: PayoutKey {
      var key = self
      key.currency = nil
      return key
    }
  }

  /// The last report before a date in which each payout stands: it stands in those of dates that told something of it.
  private func lastTold(_ payouts: [String], before date: BusinessDate) throws -> [PayoutKey: BusinessDate] {
    let yesterday = date.adding(days: -1)
    let rows = try query(
      """
      WITH known AS (
        SELECT outcome_id, processor, payout, business_date FROM (\(sql: Self.recordsKnown(on: yesterday))) records
        WHERE payout = ANY(\(payouts)) AND reported
      )
      SELECT t.processor, t.payout, max(t.day) AS day FROM (
        SELECT processor, payout, business_date AS day FROM known
        UNION ALL
        SELECT k.processor, k.payout, v.replaced_on FROM known k JOIN outcome_versions v ON v.outcome_id = k.outcome_id
        WHERE v.replaced_on < \(date)) t
      JOIN (SELECT DISTINCT business_date FROM report_editions) r ON r.business_date = t.day
      GROUP BY t.processor, t.payout
      """
    ) { (try PayoutKey($0), try $0.get("day", as: BusinessDate.self)) }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }

  private func filesBehind(_ payouts: [String], on date: BusinessDate) throws -> [PayoutKey: String] {
    let rows = try query(
      """
      SELECT k.processor, k.payout, string_agg(DISTINCT f.name, '; ' ORDER BY f.name) AS files
      FROM (\(sql: Self.recordsKnown(on: date))) k
      JOIN input_files f ON f.file_id = k.file_id AND f.business_date = \(date)
      WHERE k.payout = ANY(\(payouts)) AND k.reported GROUP BY k.processor, k.payout
      """
    ) { (try PayoutKey($0), try $0.get("files", as: String.self)) }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }
}

extension PayoutRow {
  /// Its columns of `payouts.csv` that more lines change, as they stand there.
  fileprivate var sums: [(String, String?)] {
    func amount(_ minor: Int64?) -> String? { minor.map { Money(minor: $0, currency: currency).major } }
    return [
      ("lines", String(lines)), ("gross", amount(gross)), ("fees", amount(fees)), ("net", amount(net)),
      ("payout_amount", amount(paid)), ("remainder", amount(remainder)),
    ]
  }

  /// What is left of it where all of its lines went elsewhere.
  fileprivate var emptied: PayoutRow {
    PayoutRow(payout: payout, processor: processor, currency: currency, lines: 0, gross: 0, fees: 0, net: 0, paid: nil)
  }
}
