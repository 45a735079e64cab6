import SettleFiles
import SettleModel
import SettlePipeline
import SettleStore

/// Breaks as they stand now.
struct BreakList {
  var rows: [BreakRow]
  /// The day to which ages are counted.
  var date: BusinessDate?

  func text(_ style: Style) -> String {
    guard !rows.isEmpty else { return "no breaks\n" }
    var table = Table([
      .left("break"), .left("status"), .left("reason"), .left("order"), .right("expected"), .right("reported"),
      .left("first seen"), .right("age"), .left("evidence"), .left("decision"), .left("left to a person"),
    ])
    for row in rows {
      table.add(
        "\(row.id)", .init(row.open ? "open" : row.resolution ?? "resolved", row.open ? .red : .green),
        "\(row.reason.rawValue)", .init(row.orderReference ?? ""), .init(row.expected?.description ?? ""),
        .init(row.reported?.description ?? ""), "\(row.firstSeen)", .init(age(of: row).map(String.init) ?? ""),
        .init(row.evidence.joined(separator: " ")), .init(Self.words(of: row.decision)),
        .init(row.heldBack?.rawValue ?? ""))
    }
    let open = rows.count { $0.open }
    return table.lines(style).joined(separator: "\n")
      + "\n\n\(rows.count.of("break", "breaks")), \(open.grouped) open\n"
  }

  var json: OrderedJSON {
    .array(
      rows.map { row in
        .object([
          Member("age_days", .number(age(of: row))), Member("break_id", .text(row.id)),
          Member("business_date", .text(row.businessDate)), Member("currency", .text(currency(of: row))),
          Member("decided_by", .text(row.decision?.by)), Member("decision", .text(row.decision?.decision)),
          Member("delta", .text(row.delta?.major)), Member("evidence", .array(row.evidence.map { .string($0) })),
          Member("expected_amount", .text(row.expected?.major)), Member("first_seen", .text(row.firstSeen)),
          Member("held_back", .text(row.heldBack?.rawValue)), Member("note", .text(row.decision?.note)),
          Member("order_reference", .text(row.orderReference)),
          Member("payment_id", .text(row.payment)), Member("processor", .text(row.processor)),
          Member("processor_reference", .text(row.processorReference)), Member("reason", .string(row.reason.rawValue)),
          Member("reported_amount", .text(row.reported?.major)), Member("resolution", .text(row.resolution)),
          Member("rule", .text(row.rule)), Member("status", .string(row.open ? "open" : "resolved")),
        ])
      })
  }

  /// With the columns of `breaks.csv`.
  func writeCSV() throws {
    let output = BufferedOutput()
    var writer = try CSVWriter(header: BreaksFile.header) { try output.write($0) }
    for row in rows { try writer.write(BreaksFile.fields(of: row, on: date)) }
    try writer.finish()
    try output.flush()
  }

  private static func words(of decision: StandingDecision?) -> String {
    guard let decision else { return "" }
    let waits = decision.waitsForApproval ? ", waits for a second person" : ""
    let agreed = decision.approvedBy.map { " and \($0)" } ?? ""
    return "\(decision.decision) by \(decision.by)\(agreed)\(waits)"
  }

  private typealias Member = OrderedJSON.Member

  private func currency(of row: BreakRow) -> Currency? { row.expected?.currency ?? row.reported?.currency }

  private func age(of row: BreakRow) -> Int? { date.map { max(0, $0.days(since: row.firstSeen)) } }
}
