import SettleModel
import SettleStore

/// An explanation as a sequence of entries in time order.
struct Story {
  /// One thing that settle learned or did.
  struct Entry {
    /// When settle learned or did it. For matches and breaks, which are kept by business date, about when.
    var at: Timestamp
    /// Which of several at the same instant comes first: causes before effects.
    var rank: Int
    var kind: String
    /// Shown instead of the instant where only the date is known.
    var date: BusinessDate?
    var text: String
    /// `file:line`, where a file told it.
    var source: String?
    var facts: [OrderedJSON.Member]
  }

  let explanation: Explanation
  let entries: [Entry]

  init(_ explanation: Explanation) {
    self.explanation = explanation
    let authorization = explanation.payment.map { [Self.authorized($0)] } ?? []
    let entries =
      authorization
      + explanation.attempts.flatMap(Self.attempted) + explanation.cancellations.flatMap(Self.cancelled)
      + explanation.outcomes.map(Self.reported)
      + explanation.matches.map(Self.matched) + explanation.breaks.flatMap(Self.broken)
      + explanation.decisions.map(Self.decided)
      + explanation.refunds.flatMap(Self.refunded) + explanation.events.map(Self.told)
      + explanation.payouts.flatMap(Self.paidOut) + explanation.bankLines.map(Self.booked)
    self.entries = entries.enumerated().sorted { left, right in
      (left.element.at, left.element.rank, left.offset) < (right.element.at, right.element.rank, right.offset)
    }.map(\.element)
  }

  func text(_ style: Style) -> String {
    var table = Table([.left(""), .left(""), .left("")])
    for entry in entries {
      table.add(
        .init(entry.date?.description ?? entry.at.toTheSecond, .dim), .init(entry.kind, Self.tint(of: entry.kind)),
        .init(entry.text + (entry.source.map { "  [\($0)]" } ?? "")))
    }
    return (heading(style) + [""] + table.lines(style, indentation: 2)).joined(separator: "\n") + "\n"
  }

  private func heading(_ style: Style) -> [String] {
    guard let payment = explanation.payment else {
      return Self.bankHeading(explanation, style) ?? [style("reported money that belongs to no payment", .bold)]
    }
    let failure = [payment.failureReason?.rawValue, payment.failureCode].compactMap(\.self).joined(separator: ", ")
    let state = payment.state.rawValue + (payment.state == .failed ? " (\(failure.printable))" : "")
    var lines = [
      style("payment \(explanation.id)", .bold),
      "  \(payment.amount)  \(state)",
      "  order \(payment.orderReference.printable), merchant \(payment.merchant.printable), \(payment.processor.printable)",
    ]
    if let authorization = payment.authorizationID { lines.append("  authorization \(authorization.printable)") }
    if let customer = payment.customer { lines.append("  customer \(customer.printable)") }
    let references = [payment.processorPayment, payment.processorCharge].compactMap(\.self)
    if !references.isEmpty { lines.append("  at the processor \(references.joined(separator: ", ").printable)") }
    if let due = payment.chargeDueOn {
      let next = explanation.attempts.contains { $0.state == "declined" } ? "another attempt" : "a charge"
      lines.append("  \(next) is due from \(due)")
    }
    return lines
  }

  private static func tint(of kind: String) -> Style.Tint? {
    switch kind {
    case "break": .red
    case "matched", "resolved": .green
    default: nil
    }
  }

  /// What was asked for, and everything that it stands for.
  static func json(_ id: String, _ stories: [Story]) -> OrderedJSON {
    .object([.init("found", .array(stories.map(\.json))), .init("id", .string(id))])
  }

  private var json: OrderedJSON {
    .object([
      .init("chain", .array(entries.map(Self.json))), .init("payment", payment),
      .init("trail", .array(explanation.trail.map(Self.json))),
    ])
  }

  private static func json(_ entry: Entry) -> OrderedJSON {
    let head: [OrderedJSON.Member] = [
      .init("at", entry.date == nil ? .text(entry.at) : .null), .init("kind", .string(entry.kind)),
      .init("source", .text(entry.source)),
    ]
    return .object((head + entry.facts).sorted { $0.name < $1.name })
  }

  private static func json(_ entry: AuditEntry) -> OrderedJSON {
    .object([
      .init("at", .text(entry.at)), .init("detail", .string(entry.detail)), .init("entry", .number(entry.entry)),
      .init("kind", .string(entry.kind)), .init("seal", .integer(entry.seal)), .init("sha256", .string(entry.hash)),
    ])
  }

  private var payment: OrderedJSON {
    guard let payment = explanation.payment else { return .null }
    return .object([
      .init("amount", .string(payment.amount.major)), .init("authorization_id", .text(payment.authorizationID)),
      .init("charge_due_on", .text(payment.chargeDueOn)), .init("currency", .text(payment.amount.currency)),
      .init("customer_id", .text(payment.customer)), .init("failure_code", .text(payment.failureCode)),
      .init("failure_reason", .text(payment.failureReason?.rawValue)), .init("merchant", .string(payment.merchant)),
      .init("order_reference", .string(payment.orderReference)), .init("payment_id", .text(explanation.id)),
      .init("processor", .string(payment.processor)), .init("processor_charge", .text(payment.processorCharge)),
      .init("processor_payment", .text(payment.processorPayment)), .init("proof", .text(payment.proof)),
      .init("state", .string(payment.state.rawValue)),
    ])
  }
}
