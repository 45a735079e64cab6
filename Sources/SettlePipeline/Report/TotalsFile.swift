import Foundation
import SettleFiles
import SettleModel
import SettleStore

/// `totals.csv`: the conservation proof.
enum TotalsFile {
  private static let name = "totals.csv"
  private static let header = ["side", "bucket", "currency", "count", "amount"]

  static func write(_ totals: [TotalRow], in folder: String) throws {
    var file = try ReportFile(name, in: folder, header: header)
    for row in totals {
      try file.write([
        .raw(row.side), .raw(row.bucket), .raw(row.currency.code), .number(row.count),
        .amount(Money(minor: row.amount, currency: row.currency)),
      ])
    }
    try file.close()
  }

  /// The rows of a file that settle wrote. Throws ``Failure`` where it is none.
  static func read(in folder: String) throws -> [TotalRow] {
    // No field of it can hold a comma, a quote or a line's end.
    let lines = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(separator: "\r\n")
    return try lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count == header.count, let currency = Currency(fields[2]), let count = Int64(fields[3]),
        let amount = Money(major: fields[4], currency: currency)
      else { throw Failure(status: .defect, message: "\(name) is not what settle wrote: \(line)") }
      return TotalRow(
        side: String(fields[0]), bucket: String(fields[1]), currency: currency, count: count, amount: amount.minor)
    }
  }
}
