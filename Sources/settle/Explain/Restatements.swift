import Postgres
import SettleFiles
import SettleModel
import SettleStore

// What later reports said anew of what is explained, as they were published.

extension Session {
  /// The same explanations, each with the rows of published restatements that are about it.
  func withRestatements(_ explanations: [Explanation]) throws -> [Explanation] {
    try explanations.map { explanation in
      var explanation = explanation
      let keys = explanation.restatementKeys
      guard let since = explanation.firstDate, !keys.isEmpty else { return explanation }
      for file in try restatementFiles(naming: keys, since: since) {
        for row in try CSVRecords(file.bytes, name: "restatements.csv of \(file.date)").rows {
          guard let restated = RestatementFacts(row, of: file), keys.contains(restated.key) else { continue }
          explanation.restatements.append(restated)
        }
      }
      return explanation
    }
  }
}

extension Explanation {
  /// What names its rows in reports.
  fileprivate var restatementKeys: [String] {
    let itself = payouts.filter { $0.id.rawValue == id.rawValue }.map(\.reference)
    return [id.description] + refunds.map(\.id.description) + (breaks + furtherBreaks).map(\.id.description) + itself
  }

  /// The first date that a report may know it on.
  fileprivate var firstDate: BusinessDate? {
    let dates =
      [payment?.recordedOn].compactMap(\.self) + outcomes.map(\.businessDate) + breaks.map(\.firstSeen)
      + payouts.compactMap(\.sentOn)
    return dates.min()
  }
}

extension RestatementFacts {
  /// Nil for a record without the columns of the file.
  fileprivate init?(_ row: [String: String], of file: RestatementFile) {
    func text(_ name: String) -> String? { row[name].flatMap { $0.isEmpty ? nil : $0 } }
    guard let reportDate = text("report_date"), let name = text("file"), let key = text("key"),
      let column = text("column")
    else { return nil }
    self.init(
      businessDate: file.date, publishedAt: file.publishedAt, reportDate: reportDate,
      lastReportDate: text("last_report_date"), file: name, key: key,
      column: column, from: row["from"] ?? "", to: row["to"] ?? "", currency: text("currency"),
      evidence: text("evidence"))
  }
}

extension Story {
  static func restated(_ row: RestatementFacts) -> Entry {
    let last = row.lastReportDate.flatMap { $0 == row.reportDate ? nil : " to \($0)" } ?? ""
    return Entry(
      at: row.publishedAt, rank: 14, kind: "restated", date: row.businessDate,
      text: "\(row.file) of \(row.reportDate)\(last): \(row.column.replacing("_", with: " "))"
        + " from \(value(row.from, of: row)) to \(value(row.to, of: row))",
      source: row.evidence,
      facts: [
        .init("business_date", .text(row.businessDate)), .init("column", .string(row.column)),
        .init("currency", .text(row.currency)), .init("file", .string(row.file)), .init("from", .string(row.from)),
        .init("key", .string(row.key)), .init("last_report_date", .text(row.lastReportDate)),
        .init("published_at", .text(row.publishedAt)),
        .init("report_date", .string(row.reportDate)), .init("to", .string(row.to)),
      ])
  }

  /// An amount with its currency. A row names the currency of its money, too, where it changes a word or a number of lines.
  private static func value(_ text: String, of row: RestatementFacts) -> String {
    guard !text.isEmpty else { return "nothing" }
    guard row.column != "lines", let currency = row.currency, Self.isAmount(text) else { return text.printable }
    return "\(text.printable) \(currency)"
  }

  private static func isAmount(_ text: String) -> Bool {
    let figures = text.drop { $0 == "-" }
    return figures.first?.isNumber == true && figures.allSatisfy { $0.isNumber || $0 == "." }
  }
}
