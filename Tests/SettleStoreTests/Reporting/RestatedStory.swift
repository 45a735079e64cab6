import SettleModel
import SettleStore
import SettleTesting

extension Story {
  /// `2026-11-20 totals.csv A bucket awaited>matched USD o.csv:2`; `2026-11-20..21` where several reports are meant.
  func restated(zone: String = "UTC") async throws -> [String] {
    let date = self.date
    return try await read { db in
      var lines: [String] = []
      try db.forEachRestatement(on: date, zone: zone) { row in
        let last = row.lastReportDate == row.reportDate ? "" : "..\(row.lastReportDate.description.suffix(2))"
        let words: [String?] = [
          row.reportDate.description + last, row.file, row.orderReference ?? row.key, row.column,
          "\(row.from ?? "")>\(row.to ?? "")", row.currency?.code, row.evidence,
        ]
        lines.append(words.compactMap(\.self).joined(separator: " "))
      }
      return lines
    }
  }

  /// Reconciles and publishes, as a night does at its end.
  func close(waiting: Int = 0) async throws {
    try await reconcile(waiting: waiting)
    try await publish("report of \(date)", as: "breaks.csv")
  }
}
