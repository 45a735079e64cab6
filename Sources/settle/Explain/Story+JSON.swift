import SettleModel
import SettleStore

// The same facts for programs. The members of an entry depend on its kind alone; what is not known is null.

extension Story {
  /// What was asked for, and everything that it stands for.
  static func json(_ id: String, _ stories: [Story]) -> OrderedJSON {
    .object([.init("found", .array(stories.map(\.json))), .init("id", .string(id))])
  }

  private var json: OrderedJSON {
    .object([
      .init("chain", .array(entries.map(Self.json))), .init("id", .text(explanation.id)), .init("payment", payment),
      .init("subject", .string(subject.rawValue)), .init("trail", .array(explanation.trail.map(Self.json))),
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
