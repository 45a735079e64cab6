import SettleFiles
import SettleModel
import SettleStore

extension ReportWriter {
  /// `restatements.csv`: what came on the date and changes what earlier reports said. `report_date` is the first report
  /// that a row is about, `last_report_date` the last one.
  ///
  /// - Returns: how many rows it has, and of them those that change what an earlier report had wrong.
  func writeRestatements(_ page: inout PageBuilder) throws -> (rows: Int64, changes: Int64) {
    var file = try ReportFile(
      "restatements.csv", in: folder,
      header: [
        "report_date", "file", "key", "order_reference", "column", "from", "to", "currency", "evidence",
        "last_report_date",
      ])
    var rows: Int64 = 0
    var changes: Int64 = 0
    try db.forEachRestatement(on: date, zone: zone) { row in
      rows += 1
      if !row.isOfItsTime { changes += 1 }
      page.add(row)
      try file.write([
        .raw(row.reportDate.description), .raw(row.file), .text(row.key), .optional(row.orderReference),
        .raw(row.column), Self.value(row.from, in: row), Self.value(row.to, in: row), .optional(row.currency?.code),
        .optional(row.evidence), .raw(row.lastReportDate.description),
      ])
    }
    try file.close()
    return (rows, changes)
  }

  /// A negative amount is none that a spreadsheet would run as a formula; a processor's own words are neutralised.
  private static func value(_ text: String?, in row: RestatementRow) -> CSVWriter.Field {
    guard let text else { return .empty }
    guard let currency = row.currency, let money = Money(major: text, currency: currency) else { return .text(text) }
    return row.column == "lines" ? .raw(text) : .amount(money)
  }
}
