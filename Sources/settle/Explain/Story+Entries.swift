import SettleModel
import SettleStore

// Each fact as one entry, or as two where it began and ended.

extension Story {
  static func authorized(_ payment: PaymentFacts) -> Entry {
    Entry(
      at: payment.recordedAt, rank: 0, kind: "authorized", text: "\(payment.amount) for \(payment.recordedOn)",
      source: payment.source,
      facts: money(payment.amount) + [.init("business_date", .text(payment.recordedOn))])
  }

  static func instructed(_ change: InstrumentFacts) -> Entry {
    let means = change.hold.map { "hold \($0.printable)" } ?? change.paymentMethod?.printable ?? "no payment method"
    return Entry(
      at: change.loadedAt, rank: 0, kind: "method", text: "\(means) named instead for \(change.businessDate)",
      source: change.source,
      facts: [
        .init("business_date", .text(change.businessDate)), .init("hold", .text(change.hold)),
        .init("payment_method", .text(change.paymentMethod)),
      ])
  }

  static func attempted(_ attempt: AttemptFacts) -> [Entry] {
    let facts: [OrderedJSON.Member] = [
      .init("attempt", .number(attempt.attempt)), .init("business_date", .text(attempt.businessDate)),
      .init("idempotency_key", .string(attempt.idempotencyKey)), .init("instrument", .text(attempt.instrument)),
      .init("operation", .string(attempt.operation)),
    ]
    let answer: [OrderedJSON.Member] = [
      .init("code", .text(attempt.code)), .init("processor_payment", .null), .init("reason", .text(attempt.reason)),
      .init("state", .string(attempt.state)),
    ]
    let name = "attempt \(attempt.attempt)"
    let dated = "\(name) for \(attempt.businessDate)"
    let asked =
      attempt.operation == "adopted"
      ? "\(dated): found at the processor, made before this store was restored"
      : "\(dated): \(attempt.operation)\(attempt.instrument.map { " of \($0.printable)" } ?? "") asked for,"
        + " key \(attempt.idempotencyKey)"
    let sent = Entry(
      at: attempt.createdAt, rank: 1, kind: "attempt",
      text: asked + (attempt.answeredAt == nil ? unknown(attempt) : ""),
      facts: facts + [.init("state", .string("asked")), .init("unknown_why", .text(attempt.unknownWhy))])
    guard let answeredAt = attempt.answeredAt else { return [sent] }
    let why = [attempt.reason, attempt.code].compactMap(\.self)
    let distinct = why.count == 2 && why[0] == why[1] ? [why[0]] : why
    let words = distinct.isEmpty ? "" : " (\(distinct.joined(separator: ", ")))"
    return [
      sent,
      Entry(
        at: answeredAt, rank: 2, kind: "answer", text: "\(name): \(attempt.state)\(words)",
        facts: facts + answer),
    ]
  }

  private static func unknown(_ attempt: AttemptFacts) -> String {
    guard let why = attempt.unknownWhy else { return "; no answer yet" }
    let times = attempt.lookUps == 1 ? "once" : "\(attempt.lookUps) times"
    let looked =
      attempt.lookedUpAt.map { at in
        (attempt.lookUps > 0 ? "; looked for \(times) in vain since its key expired" : "; looked for in vain")
          + ", last at \(at.toTheSecond)"
      } ?? ""
    let left = attempt.givenUpAt == nil ? "" : "; a person or an outcome file decides, it is never sent again"
    return "; its answer is not known (\(why))\(looked)\(left)"
  }

  static func cancelled(_ cancellation: CancellationFacts) -> [Entry] {
    let facts: [OrderedJSON.Member] = [
      .init("business_date", .text(cancellation.businessDate)),
      .init("idempotency_key", .string(cancellation.idempotencyKey)),
      .init("processor_payment", .string(cancellation.processorPayment)),
    ]
    let name = cancellation.processorPayment.printable
    let unknown = cancellation.unknownWhy.map { "; its answer is not known (\($0))" } ?? "; no answer yet"
    let sent = Entry(
      at: cancellation.createdAt, rank: 2, kind: "cancellation",
      text: "\(name) is to be given up, key \(cancellation.idempotencyKey)"
        + (cancellation.answeredAt == nil ? unknown : ""),
      facts: facts + [.init("state", .string("asked")), .init("unknown_why", .text(cancellation.unknownWhy))])
    guard let answeredAt = cancellation.answeredAt else { return [sent] }
    let words =
      switch cancellation.state {
      case "succeeded": "had taken the money before it could be cancelled"
      case "refused": "is not cancelled: the processor refuses (\(cancellation.code ?? "no code"))"
      default: "is cancelled"
      }
    return [
      sent,
      Entry(
        at: answeredAt, rank: 3, kind: "answer", text: "\(name) \(words)",
        facts: facts + [
          .init("attempt", .null), .init("code", .text(cancellation.code)), .init("instrument", .null),
          .init("operation", .string("cancel")), .init("reason", .null), .init("state", .string(cancellation.state)),
        ]),
    ]
  }

  static func reported(_ outcome: OutcomeFacts) -> Entry {
    let fee = outcome.fee.minor == 0 ? "" : ", fee \(outcome.fee), net \(outcome.net)"
    let replaced = outcome.replacedOn.map { "; told otherwise since \($0)" } ?? ""
    let rate = outcome.exchangeRate.map { " at \($0)" } ?? ""
    let settled = outcome.settled.map { ", settled as \($0)\(rate)" } ?? ""
    let details = [
      outcome.method?.printable, outcome.reference, outcome.payout.map { "payout \($0)" }, outcome.reason,
      outcome.linkedBy.map { "known by \($0.replacing("_", with: " "))" } ?? "of nothing known",
    ].compactMap(\.self).joined(separator: ", ")
    return Entry(
      at: outcome.loadedAt, rank: 3, kind: "reported",
      text:
        "\(outcome.kind.rawValue) of \(outcome.compared)\(settled)\(fee) at \(outcome.occurredAt.toTheSecond): \(details)"
        + replaced,
      source: outcome.source,
      facts: money(outcome.compared) + [
        .init("business_date", .text(outcome.businessDate)), .init("exchange_rate", .text(outcome.exchangeRate)),
        .init("fee", .string(outcome.fee.major)), .init("linked_by", .text(outcome.linkedBy)),
        .init("occurred_at", .text(outcome.occurredAt)),
        .init("method", .text(outcome.method)), .init("net", .string(outcome.net.major)),
        .init("outcome", .string(outcome.kind.rawValue)), .init("outcome_id", .text(outcome.id)),
        .init("payout_id", .text(outcome.payout)), .init("processor_reference", .text(outcome.reference)),
        .init("reason", .text(outcome.reason)), .init("replaced_on", .text(outcome.replacedOn)),
        .init("settled", .text(outcome.settled?.major)),
        .init("settlement_currency", .text(outcome.fee.currency)),
      ])
  }

  static func matched(_ match: MatchFacts) -> Entry {
    let tolerated = match.tolerated.map { ", \($0) let pass" } ?? ""
    return Entry(
      at: match.about, rank: 4, kind: "matched", date: match.businessDate,
      text: "\(match.kind) of \(match.amount) by \(match.rule.replacing("_", with: " "))\(tolerated)",
      source: match.source,
      facts: money(match.amount) + [
        .init("business_date", .text(match.businessDate)), .init("item", .string(match.kind)),
        .init("outcome_id", .text(match.outcome)), .init("rule", .string(match.rule)),
        .init("tolerated", .text(match.tolerated?.major)),
      ])
  }

  static func broken(_ found: BreakFacts) -> [Entry] {
    let facts: [OrderedJSON.Member] = [
      .init("about", .text(found.about)), .init("break_id", .text(found.id)),
      .init("expected_amount", .text(found.expected?.major)),
      .init("expected_currency", .text(found.expected?.currency)), .init("held_back", .text(found.heldBack?.rawValue)),
      .init("reason", .string(found.reason.rawValue)), .init("reported_amount", .text(found.reported?.major)),
      .init("reported_currency", .text(found.reported?.currency)), .init("rule", .text(found.rule)),
    ]
    let about = found.about.map { " (\($0.printable))" } ?? ""
    let amounts = [found.expected.map { "expected \($0)" }, found.reported.map { "reported \($0)" }]
      .compactMap(\.self).joined(separator: ", ")
    let held = found.heldBack.map { "; left to a person: \($0.rawValue.replacing("_", with: " "))" } ?? ""
    let corrected = found.later.flatMap { $0.role == .corrects ? $0.source : nil }
    let opened = Entry(
      at: found.openedAbout, rank: 9, kind: "break", date: found.firstSeen,
      text:
        "\(found.reason.rawValue)\(about): \(found.reason.title)\(amounts.isEmpty ? "" : ", \(amounts)")\(held),"
        + " break \(found.id)" + (corrected.map { "; corrected by \($0)" } ?? "")
        + (found.refused.map { "; \($0.words)" } ?? ""),
      source: found.evidence.isEmpty ? nil : found.evidence.joined(separator: ", "),
      facts: facts + [
        .init("business_date", .text(found.firstSeen)), .init("corrected_by", .text(corrected)),
        .init("evidence", .array(found.evidence.map { .string($0) })),
        .init("refused_places", .array((found.refused?.places ?? []).map { .string($0) })),
        .init("refused_rows", .number(found.refused?.count)),
        .init("status", .string(found.isOpen ? "open" : "resolved")),
      ])
    guard let on = found.resolvedOn, let at = found.resolvedAbout else { return [opened] }
    let how = found.resolution ?? "resolved"
    return [
      opened,
      Entry(
        at: at, rank: 13, kind: "resolved", date: on, text: "\(found.reason.rawValue): \(how), break \(found.id)",
        source: how == "explained" ? found.later?.source : nil,
        facts: facts + [.init("business_date", .text(on)), .init("resolution", .string(how))]),
    ]
  }

  static func decided(_ decision: DecisionFacts) -> Entry {
    let about = "\(decision.reason.rawValue), break \(decision.breakID)"
    let amount = decision.amount.map { " of \($0)" } ?? ""
    let note = decision.note.map { "; note: \($0)" } ?? ""
    let waits = decision.needsApproval ? ", a second person has to agree" : ""
    let login = decision.isOfSameLogin ? " under the login of who decided (\(decision.login))" : ""
    let what = decision.decision.map { "\($0)\(amount)" } ?? "refund\(amount) agreed to"
    return Entry(
      at: decision.at, rank: 10, kind: decision.decision == nil ? "approval" : "decision",
      text: "\(what), by \(decision.by)\(login), for \(decision.businessDate)\(waits): \(about)\(note)",
      source: decision.source,
      facts: [
        .init("amount", .text(decision.amount?.major)), .init("approves", .number(decision.approves)),
        .init("break_id", .text(decision.breakID)), .init("business_date", .text(decision.businessDate)),
        .init("by", .string(decision.by)), .init("currency", .text(decision.amount?.currency)),
        .init("decision", .text(decision.decision)), .init("login", .string(decision.login)),
        .init("needs_approval", .bool(decision.needsApproval)),
        .init("note", .text(decision.note)), .init("number", .number(decision.number)),
        .init("same_login", decision.decision == nil ? .bool(decision.isOfSameLogin) : .null),
      ])
  }

  static func refunded(_ refund: RefundFacts) -> [Entry] {
    let facts: [OrderedJSON.Member] =
      money(refund.amount) + [
        .init("processor_charge", .string(refund.processorCharge)),
        .init("processor_reference", .text(refund.processorRefund)),
        .init("processor_state", .text(refund.processorState)), .init("reason", .string(refund.reason.rawValue)),
        .init("refund_id", .text(refund.id)), .init("rule", .string(refund.rule)),
      ]
    func entry(_ at: Timestamp, _ rank: Int, _ state: String, _ text: String) -> Entry {
      Entry(at: at, rank: rank, kind: "refund", text: text, facts: facts + [.init("state", .string(state))])
    }
    let open = refund.processedAt == nil && refund.failedAt == nil
    let underWay = refund.processorState.map { "\($0.replacing("_", with: " ")) at the processor" } ?? "under way"
    let unknown = refund.unknownWhy.map { "; its answer is not known (\($0))" } ?? (open ? "; \(underWay)" : "")
    var entries = [
      entry(
        refund.requestedAt, 10, "requested",
        "\(refund.amount) of \(refund.processorCharge) asked for by rule \(refund.rule)\(unknown), refund \(refund.id)")
    ]
    if let at = refund.processedAt {
      entries.append(
        entry(at, 11, "processed", "\(refund.amount) given back (\(refund.processorRefund ?? "no reference"))"))
    }
    if let at = refund.failedAt {
      entries.append(
        entry(at, 12, "failed", "\(refund.amount) not given back (\(refund.failure ?? "no reason given"))"))
    }
    return entries
  }

  /// A message tells when something happened, and stands where settle learned it: what a file proves was known with that
  /// file, and nothing before the payment.
  static func told(_ event: EventFacts, in explanation: Explanation) -> Entry {
    let isProvenByFile = event.type == .paymentSucceeded && explanation.payment?.proof == "outcome"
    let file = isProvenByFile ? explanation.outcomes.first { $0.kind == .charge }?.loadedAt : nil
    let at = [event.occurredAt, explanation.payment?.recordedAt, file].compactMap(\.self).max() ?? event.occurredAt
    let number = event.sequence.map { "number \($0)" } ?? "not published yet"
    let happened = at == event.occurredAt ? "" : " of \(event.occurredAt.toTheSecond)"
    return Entry(
      at: at, rank: 15, kind: "event", text: "\(event.type.rawValue)\(happened), \(number)",
      facts: [
        .init("occurred_at", .text(event.occurredAt)), .init("sequence", .number(event.sequence)),
        .init("type", .string(event.type.rawValue)),
      ])
  }

  private static func money(_ amount: Money) -> [OrderedJSON.Member] {
    [.init("amount", .string(amount.major)), .init("currency", .text(amount.currency))]
  }
}
