import Postgres
import SettleFiles
import SettleModel
import SettleStore

/// `retries.csv`: what was declined and is to be charged again. What failed for good stands in `failed.csv`.
enum RetriesFile {
  private static let header = [
    "payment_id", "order_reference", "amount", "currency", "reason", "processor_code", "attempts", "last_attempt_on",
    "retry_on",
  ]

  /// Returns how many rows it has.
  static func write(
    _ db: Session, on date: BusinessDate, in folder: String, for page: inout PageBuilder
  ) throws -> Int64 {
    var file = try ReportFile("retries.csv", in: folder, header: header)
    var rows: Int64 = 0
    try db.forEachRetry(on: date) { row in
      rows += 1
      page.add(row)
      try file.write([
        .raw(row.payment.description), .text(row.orderReference), .amount(row.amount),
        .raw(row.amount.currency.code), .optional(row.reason?.rawValue), .optional(row.code), .number(row.attempts),
        .raw(row.lastAttemptOn.description), .optional(row.retryOn?.description),
      ])
    }
    try file.close()
    return rows
  }
}
