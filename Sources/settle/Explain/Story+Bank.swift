import SettleModel
import SettleStore

// The last links of the chain: which payout the money went into, and which bank line that is.

extension Story {
  static func paidOut(_ payout: PayoutFacts) -> [Entry] {
    let amount = payout.paid.map { "\($0) paid out" } ?? "not said to be paid yet"
    let sent = payout.sentOn.map { " on \($0)" } ?? ""
    let rest = payout.lines == 0 ? nil : payout.paid.flatMap { Self.difference($0, less: payout.net) }
    let entry = Entry(
      at: payout.about, rank: 6, kind: "payout",
      text: "\(payout.reference.printable): \(amount)\(payout.paid == nil ? "" : sent), \(count(payout.lines)) of net"
        + " \(payout.net)" + (rest.map { "; remainder \($0)" } ?? ""),
      source: payout.source,
      facts: [
        .init("fees", .string(payout.fees.major)), .init("gross", .string(payout.gross.major)),
        .init("lines", .number(payout.lines)), .init("net", .string(payout.net.major)),
        .init("net_currency", .text(payout.net.currency)), .init("paid", .text(payout.paid?.major)),
        .init("payout_id", .string(payout.reference)), .init("processor", .string(payout.processor)),
        .init("remainder", .text(rest?.major)), .init("sent_on", .text(payout.sentOn)),
      ])
    return payout.parts.map { part(of: payout, $0) } + [entry] + (payout.match.map { [inBank(payout, $0)] } ?? [])
  }

  /// Nil where there is none.
  private static func difference(_ one: Money, less other: Money) -> Money? {
    guard let difference = try? one.subtracting(other), difference.minor != 0 else { return nil }
    return difference
  }

  static func count(_ lines: Int64) -> String { lines.of("line", "lines") }

  private static func part(of payout: PayoutFacts, _ part: PayoutPartFacts) -> Entry {
    let what = part.lines == 0 ? "its own \(part.kind.rawValue) row" : "\(count(part.lines)) of \(part.kind.rawValue)"
    return Entry(
      at: payout.about, rank: 5, kind: "lines",
      text: "\(payout.reference.printable): \(what), gross \(part.gross), fees \(part.fees), net \(part.net)",
      source: part.source,
      facts: [
        .init("currency", .text(part.net.currency)), .init("fees", .string(part.fees.major)),
        .init("gross", .string(part.gross.major)), .init("lines", .number(part.lines)),
        .init("net", .string(part.net.major)), .init("outcome", .string(part.kind.rawValue)),
        .init("payout_id", .string(payout.reference)),
      ])
  }

  private static func inBank(_ payout: PayoutFacts, _ match: BankMatchFacts) -> Entry {
    let converted = match.paid.currency == match.booked.currency ? "" : ", \(match.paid) became \(match.booked)"
    let rest = difference(match.booked, less: match.paid)
    let with = match.with.isEmpty ? "" : ", with \(match.with.map(\.printable).joined(separator: ", "))"
    return Entry(
      at: match.about, rank: 8, kind: "in the bank", date: match.businessDate,
      text: "\(payout.reference.printable) by \(match.rule.replacing("_", with: " "))\(with)\(converted)"
        + (rest.map { ", \($0) against what was paid" } ?? ""),
      facts: [
        .init("booked", .string(match.booked.major)), .init("booked_currency", .text(match.booked.currency)),
        .init("business_date", .text(match.businessDate)), .init("difference", .text(rest?.major)),
        .init("paid", .string(match.paid.major)), .init("paid_currency", .text(match.paid.currency)),
        .init("payout_id", .string(payout.reference)), .init("rule", .string(match.rule)),
        .init("with", .array(match.with.map { .string($0) })),
      ])
  }

  static func booked(_ line: BankLineFacts) -> Entry {
    let words = [line.reference, line.endToEnd, line.text].compactMap(\.self).map(\.printable)
    return Entry(
      at: line.about, rank: 7, kind: "bank line",
      text: "\(line.amount) booked on \(line.bookedOn), account \(line.account.printable)"
        + (words.isEmpty ? "" : ": \(words.joined(separator: ", "))"),
      source: line.source,
      facts: [
        .init("account", .string(line.account)), .init("amount", .string(line.amount.major)),
        .init("booked_on", .text(line.bookedOn)), .init("currency", .text(line.amount.currency)),
        .init("end_to_end", .text(line.endToEnd)), .init("line_id", .text(line.id)),
        .init("reference", .text(line.reference)), .init("statement", .string(line.statement)),
        .init("text", .text(line.text)),
      ])
  }

  static func stated(_ statement: StatementFacts) -> Entry {
    let name = statement.name.isEmpty ? "" : "\(statement.name.printable) "
    return Entry(
      at: statement.loadedAt, rank: 3, kind: "statement",
      text: "\(name)of account \(statement.account.printable) up to \(statement.closedOn):"
        + " opens with \(statement.opening), closes with \(statement.closing)",
      source: statement.source,
      facts: [
        .init("account", .string(statement.account)), .init("closed_on", .text(statement.closedOn)),
        .init("closing", .string(statement.closing.major)), .init("currency", .text(statement.closing.currency)),
        .init("opening", .string(statement.opening.major)), .init("statement", .string(statement.name)),
      ])
  }
}
