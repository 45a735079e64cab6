import SettleFiles
import SettleModel
import SettleStore

/// What would become of a file, as far as the file alone tells.
struct FileCheck {
  let file: InputFile
  /// The zone of times that carry none, where one was said.
  let zone: String?
  let summary: FileSummary

  func text(_ style: Style) -> String {
    var lines = [
      "\(style(file.name.printable, .bold))  \(file.layout.name) (\(file.layout.kind.rawValue)), \(file.bytes.of("byte", "bytes"))",
      "sha256 \(file.sha256)",
      "\(summary.read.of("row", "rows")): \(Self.grouped(summary.accepted)) accepted,"
        + " \(Self.grouped(summary.quarantined)) quarantined, \(Self.grouped(summary.ignored)) ignored",
    ]
    lines += reasons
    if let note { lines.append(note) }
    if let zone { lines.append("times without an offset are of \(zone)") }
    if !file.endsWithNewline { lines.append("the last line has no line end: was the file cut?") }
    if !summary.groups.isEmpty { lines += [""] + sums.lines(style, indentation: 2) }
    if !file.controlTotals.isEmpty { lines += ["", totalsTitle] + totals.lines(style, indentation: 2) }
    if !summary.firstRefused.isEmpty { lines += [""] + refusals.lines(style, indentation: 2) }
    let more = summary.quarantined - summary.firstRefused.count
    if more > 0 { lines.append("  and \(Self.grouped(more)) more") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What the accepted rows of a statement are, and why the others are none: with these, every row is told.
  private var reasons: [String] {
    var lines: [String] = []
    if summary.statements > 0 {
      let entries = summary.accepted - summary.statements
      lines.append(
        "  accepted: \(entries.of("bank line", "bank lines")),"
          + " \(summary.statements.of("statement", "statements")) (with its balances, a row as in a run)")
    }
    func told(_ reasons: [(word: String, count: Int)]) -> String {
      reasons.sorted { $0.word < $1.word }.map { "\(Self.grouped($0.count)) \($0.word)" }.joined(separator: ", ")
    }
    if !summary.reasons.isEmpty {
      lines.append("  quarantined: " + told(summary.reasons.map { ($0.key.rawValue, $0.value) }))
    }
    if !summary.ignoredFor.isEmpty {
      lines.append("  ignored: " + told(summary.ignoredFor.map { ($0.key.title, $0.value) }))
    }
    return lines
  }

  /// That a layout of one's own is read by, where another one could be expected.
  private var note: String? {
    file.layout.origin == .replacing
      ? "read by \(file.layout.source.printable), which takes the shipped layout's place" : nil
  }

  private static func grouped(_ count: Int) -> String { Int64(count).grouped }

  private var sums: Table {
    var table = Table([
      .left("kind"), .left("currency"), .right("rows"), .right("gross"), .right("fee"), .right("net"),
    ])
    for group in summary.groups {
      let currency = group.sum.currency
      table.add(
        .init(group.kind), "\(currency)", .init(Self.grouped(group.count)), .init(group.sum.major),
        .init(Money(minor: group.fees, currency: currency).major),
        .init(Money(minor: group.net, currency: currency).major))
    }
    return table
  }

  private var totalsTitle: String {
    let wrong = file.controlTotals.count { !$0.isRight }
    return wrong == 0
      ? "\(file.controlTotals.count.of("control total", "control totals")), all right"
      : "\(file.controlTotals.count.of("control total", "control totals")), \(Self.grouped(wrong)) wrong"
  }

  private var totals: Table {
    var table = Table([
      .right("line"), .left("record"), .left("currency"), .left("total"), .right("stated"), .right("rows come to"),
      .left("is"),
    ])
    for total in file.controlTotals {
      table.add(
        .init(total.line.map(String.init) ?? ""), .init(total.record), .init(total.currency?.code ?? ""),
        .init(total.figure), .init(total.stated.map(total.text) ?? "missing"), .init(total.text(total.found)),
        .init(total.isRight ? "right" : "wrong", total.isRight ? .green : .red))
    }
    return table
  }

  private var refusals: Table {
    var table = Table([.right("line"), .left("field"), .left("reason"), .left("detail")])
    for refusal in summary.firstRefused {
      table.add("\(refusal.line)", .init(refusal.field ?? ""), "\(refusal.reason.rawValue)", .init(refusal.detail))
    }
    return table
  }

  private static func counts(_ counts: [(word: String, count: Int)]) -> OrderedJSON {
    .object(counts.sorted { $0.word < $1.word }.map { OrderedJSON.Member($0.word, .number($0.count)) })
  }

  /// Amounts are decimal major units, as everywhere in what settle gives out.
  var json: OrderedJSON {
    typealias Member = OrderedJSON.Member
    return .object([
      Member("file", .string(file.name)), Member("layout", .string(file.layout.name)),
      Member("kind", .string(file.layout.kind.rawValue)), Member("bytes", .number(file.bytes)),
      Member("sha256", .string(file.sha256)), Member("read", .number(summary.read)),
      Member("accepted", .number(summary.accepted)), Member("quarantined", .number(summary.quarantined)),
      Member("ignored", .number(summary.ignored)), Member("zone", .text(zone)),
      Member("statements", .number(summary.statements)),
      Member("quarantined_for", Self.counts(summary.reasons.map { ($0.key.rawValue, $0.value) })),
      Member("ignored_for", Self.counts(summary.ignoredFor.map { ($0.key.rawValue, $0.value) })),
      Member(
        "sums",
        .array(
          summary.groups.map { group in
            let currency = group.sum.currency
            return .object([
              Member("kind", .string(group.kind)), Member("currency", .text(currency)),
              Member("rows", .number(group.count)), Member("gross", .string(group.sum.major)),
              Member("fee", .string(Money(minor: group.fees, currency: currency).major)),
              Member("net", .string(Money(minor: group.net, currency: currency).major)),
            ])
          })),
      Member(
        "control_totals",
        .array(
          file.controlTotals.map { total in
            .object([
              Member("line", .number(total.line)), Member("record", .string(total.record)),
              Member("currency", .text(total.currency)), Member("total", .string(total.figure)),
              Member("stated", .text(total.stated.map(total.text))), Member("found", .string(total.text(total.found))),
              Member("right", .bool(total.isRight)),
            ])
          })),
      Member(
        "refusals",
        .array(
          summary.firstRefused.map { refusal in
            .object([
              Member("line", .number(refusal.line)), Member("field", .text(refusal.field)),
              Member("reason", .string(refusal.reason.rawValue)), Member("detail", .string(refusal.detail)),
            ])
          })),
    ])
  }
}
