package import SettleFiles
package import SettleModel
package import SettleStore

/// The columns of `breaks.csv`, wherever breaks are written as CSV. Finance fills in `decision` and `note`.
package enum BreaksFile {
  package static let header = [
    "break_id", "reason", "status", "payment_id", "order_reference", "processor", "processor_reference",
    "expected_amount", "reported_amount", "delta", "currency", "business_date", "first_seen", "age_days", "rule",
    "evidence", "decision", "note", "reported_currency", "resolution", "held_back",
  ]

  /// - Parameter date: the business date to which its age is counted; nil leaves the age out.
  package static func fields(of row: BreakRow, on date: BusinessDate?) -> [CSVWriter.Field] {
    func amount(_ money: Money?) -> CSVWriter.Field { money.map { .amount($0) } ?? .empty }
    let currency = row.expected?.currency ?? row.reported?.currency
    let age = date.map { Int64(max(0, $0.days(since: row.firstSeen))) }
    return [
      .raw(row.id.description), .raw(row.reason.rawValue), .raw(row.open ? "open" : "resolved"),
      .optional(row.payment?.description), .optional(row.orderReference), .optional(row.processor),
      .optional(row.processorReference), amount(row.expected), amount(row.reported), amount(row.delta),
      .optional(currency?.code), .raw(row.businessDate.description), .raw(row.firstSeen.description),
      age.map { .number($0) } ?? .empty, .optional(row.rule), .text(row.evidence.joined(separator: "; ")),
      .optional(row.decision?.decision.description), .optional(row.decision?.note),
      .optional(row.reported?.currency.code), .optional(row.resolution), .optional(row.heldBack?.rawValue),
    ]
  }
}
