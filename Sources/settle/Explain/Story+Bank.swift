import SettleModel
import SettleStore

// The last links of the chain: which payout the money went into, and which bank line that is.

extension Story {
  /// What stands above the entries where no payment, but a payout or a bank line is explained.
  static func bankHeading(_ explanation: Explanation, _ style: Style) -> [String]? {
    if let payout = explanation.payouts.first(where: { $0.id.rawValue == explanation.id.rawValue }) {
      return [
        style("payout \(payout.reference.printable)", .bold), "  \(payout.paid ?? payout.net)  \(state(of: payout))",
        "  \(payout.processor.printable), \(count(payout.lines)), net \(payout.net)",
      ]
    }
    guard let line = explanation.bankLines.first(where: { $0.id.rawValue == explanation.id.rawValue }) else {
      return nil
    }
    return [
      style("bank line \((line.reference ?? line.id.description).printable)", .bold),
      "  \(line.amount)  booked on \(line.bookedOn)",
      "  account \(line.account.printable), statement \(line.statement.printable)",
    ]
  }

  private static func state(of payout: PayoutFacts) -> String {
    if payout.match != nil { return "in the bank" }
    return payout.paid == nil ? "not said to be paid yet" : "paid"
  }

  private static func count(_ lines: Int64) -> String { lines == 1 ? "1 line" : "\(lines.grouped) lines" }

  static func paidOut(_ payout: PayoutFacts) -> [Entry] {
    let facts: [OrderedJSON.Member] = [
      .init("net", .string(payout.net.major)), .init("net_currency", .text(payout.net.currency)),
      .init("paid", .text(payout.paid?.major)), .init("payout_id", .string(payout.reference)),
      .init("processor", .string(payout.processor)), .init("sent_on", .text(payout.sentOn)),
    ]
    let amount = payout.paid.map { "\($0) paid out" } ?? "not said to be paid yet"
    let entry = Entry(
      at: payout.loadedAt, rank: 5, kind: "payout",
      text: "\(payout.reference.printable): \(amount), \(count(payout.lines)) of net \(payout.net)",
      source: payout.source, facts: facts)
    guard let match = payout.match else { return [entry] }
    let converted = match.paid.currency == match.booked.currency ? "" : ", \(match.paid) became \(match.booked)"
    return [
      entry,
      Entry(
        at: payout.loadedAt, rank: 8, kind: "in the bank", date: match.businessDate,
        text: "\(payout.reference.printable) by \(match.rule.replacing("_", with: " "))\(converted)",
        facts: [
          .init("booked", .string(match.booked.major)), .init("booked_currency", .text(match.booked.currency)),
          .init("business_date", .text(match.businessDate)), .init("payout_id", .string(payout.reference)),
          .init("rule", .string(match.rule)),
        ]),
    ]
  }

  static func booked(_ line: BankLineFacts) -> Entry {
    let words = [line.reference, line.endToEnd, line.text].compactMap(\.self).map(\.printable)
    return Entry(
      at: line.loadedAt, rank: 7, kind: "bank line",
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
}
