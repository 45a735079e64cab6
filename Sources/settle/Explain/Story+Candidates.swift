import SettleModel
import SettleStore

// Between what an ambiguous match is possible: of a reported charge the payments, of a payment the reported charges.

extension Story {
  static func possible(_ explanation: Explanation) -> [Entry] {
    explanation.payment == nil
      ? payments(explanation.candidates, of: OutcomeID(rawValue: explanation.id.rawValue))
      : charges(explanation.candidates, of: explanation.id)
  }

  private static func payments(_ candidates: [CandidateFacts], of id: OutcomeID) -> [Entry] {
    let own = candidates.filter { $0.outcome == id }
    return entries(own) { one in
      let others = candidates.filter { $0.payment == one.payment && $0.outcome != one.outcome }
      let also = words(others.map { "\($0.reported) of \($0.source)" })
      return Entry(
        at: one.about, rank: 9, kind: "candidate",
        text: "order \(one.orderReference.printable), \(one.amount), payment \(one.payment)"
          + (also.isEmpty ? "" : "; it may be paid by \(also), too"),
        source: one.paymentSource, facts: facts(one, others: others.map(\.source)))
    }
  }

  private static func charges(_ candidates: [CandidateFacts], of id: PaymentID) -> [Entry] {
    let own = candidates.filter { $0.payment == id }
    return entries(own) { one in
      let others = candidates.filter { $0.outcome == one.outcome && $0.payment != one.payment }
      let also = words(others.map { "order \($0.orderReference.printable)" })
      return Entry(
        at: one.about, rank: 9, kind: "candidate",
        text: "reported charge of \(one.reported)\(one.reference.map { ", \($0.printable)" } ?? "")"
          + (also.isEmpty ? "" : "; it may be of \(also), too"),
        source: one.source, facts: facts(one, others: others.map(\.orderReference)))
    }
  }

  /// Each of the first ones, and a word of there being more.
  private static func entries(_ own: [CandidateFacts], _ entry: (CandidateFacts) -> Entry) -> [Entry] {
    var told = own.prefix(CandidateFacts.limit).map(entry)
    if own.count > CandidateFacts.limit, let last = told.indices.last { told[last].text += "; and there are more" }
    return told
  }

  private static func words(_ others: [String]) -> String {
    let more = others.count > CandidateFacts.limit ? " or more" : ""
    return others.prefix(CandidateFacts.limit).joined(separator: ", ") + more
  }

  private static func facts(_ one: CandidateFacts, others: [String]) -> [OrderedJSON.Member] {
    [
      .init("amount", .string(one.amount.major)), .init("currency", .text(one.amount.currency)),
      .init("order_reference", .string(one.orderReference)),
      .init("others", .array(others.prefix(CandidateFacts.limit).map { .string($0) })),
      .init("outcome_id", .text(one.outcome)), .init("payment_id", .text(one.payment)),
      .init("processor_reference", .text(one.reference)), .init("reported_amount", .string(one.reported.major)),
      .init("reported_currency", .text(one.reported.currency)), .init("reported_in", .string(one.source)),
    ]
  }
}
