import Foundation
import SettleModel

/// Reads everything in a row that may tell which payment, refund or payout it is about.
struct ReferenceReader {
  private let fields: FieldReader
  private let plan: ColumnPlan
  private let payment: Int?
  private let refund: Int?
  private let orders: [Int]
  private let reference: Int?
  private let processorIDs: [ProcessorID]
  private let prefixes: [(prefix: [UInt8], target: Target)]
  private let byKind: [OutcomeKind: Target]
  private let required: Bool

  init(_ plan: ColumnPlan) {
    fields = FieldReader(plan)
    self.plan = plan
    payment = plan.slot(.paymentID)
    refund = plan.slot(.refundID)
    orders = plan.slots(.orderReference)
    reference = plan.slot(.processorReference)
    let ids: [Target] = [.processorPayment, .processorCharge, .processorRefund, .processorDispute, .payout]
    processorIDs = ids.compactMap { ProcessorID(plan, $0) }
    let rule = plan.layout.rules[.processorReference]
    prefixes = (rule?.byPrefix ?? []).map { (Array($0.prefix.utf8), $0.target) }
    byKind = rule?.byKind ?? [:]
    required = plan.layout.referenceRequired
  }

  func read(_ record: RecordBuffer, _ kind: OutcomeKind) throws(RowRefusal) -> OutcomeRecord.References {
    var references = OutcomeRecord.References()
    references.payment = try uuid(record, payment).map(PaymentID.init(rawValue:))
    references.refund = try uuid(record, refund).map(RefundID.init(rawValue:))
    references.order = try fields.firstFilled(record, orders) { slot throws(RowRefusal) in
      try fields.identifier(record, slot)
    }
    for rule in processorIDs where rule.applies(to: record, kind) {
      let id = rule.isJoined ? try fields.joined(record, rule.slots) : try processorID(record, rule.slots.first)
      if let id { references.set(rule.target, id) }
    }
    try readReference(record, kind, into: &references)
    if required { try check(references, kind) }
    return references
  }

  /// A column of its own says more than one whose ids may be of any kind.
  private func readReference(
    _ record: RecordBuffer, _ kind: OutcomeKind, into references: inout OutcomeRecord.References
  ) throws(RowRefusal) {
    guard let slot = reference else { return }
    guard let id = try processorID(record, slot) else { return }
    let bytes = record[slot]
    let target = prefixes.first { bytes.starts(with: $0.prefix) }?.target ?? byKind[kind]
    if let target, !references.has(target) { references.set(target, id) }
  }

  private func uuid(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> UUID? {
    try fields.tolerant(slot) { slot throws(RowRefusal) in try fields.uuid(record, slot) }
  }

  private func processorID(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> String? {
    try fields.tolerant(slot) { slot throws(RowRefusal) in try fields.processorID(record, slot) }
  }

  private func check(_ references: OutcomeRecord.References, _ kind: OutcomeKind) throws(RowRefusal) {
    let refunds = kind == .refund || kind == .refundFailure
    let named =
      references.payment != nil || references.order != nil || references.processorPayment != nil
      || references.processorCharge != nil || references.processorRefund != nil || references.processorDispute != nil
      || (refunds && references.refund != nil)
    guard named else {
      let slots = [payment] + orders + [reference] + (refunds ? [refund] : [])
      let names = slots.compactMap { $0 }.map { plan.columns[$0] }.joined(separator: ", ")
      throw RowRefusal(nil, .missingValue, "the row does not say what it is about; fill at least one of \(names)")
    }
  }
}

/// A processor's id that stands in columns of its own.
private struct ProcessorID {
  let target: Target
  let slots: [Int]
  let isJoined: Bool
  private let kinds: Set<OutcomeKind>?
  private let condition: (slot: Int, word: [UInt8])?

  init?(_ plan: ColumnPlan, _ target: Target) {
    guard let rule = plan.layout.rules[target] else { return nil }
    let found = plan.slots(target)
    guard !found.isEmpty, !rule.isJoined || found.count == rule.columns.count else { return nil }
    self.target = target
    slots = found
    isJoined = rule.isJoined
    kinds = rule.kinds
    condition = rule.condition.flatMap { condition in
      plan.columns.firstIndex(of: condition.column).map { ($0, Array(condition.word.utf8)) }
    }
    // A file that lacks the column cannot fulfil the condition.
    if rule.condition != nil, condition == nil { return nil }
  }

  func applies(to record: RecordBuffer, _ kind: OutcomeKind) -> Bool {
    if let kinds, !kinds.contains(kind) { return false }
    if let condition, !record[condition.slot].elementsEqual(condition.word) { return false }
    return true
  }
}

extension OutcomeRecord.References {
  fileprivate func has(_ target: Target) -> Bool {
    switch target {
    case .processorPayment: processorPayment != nil
    case .processorCharge: processorCharge != nil
    case .processorRefund: processorRefund != nil
    case .processorDispute: processorDispute != nil
    case .payout: payout != nil
    default: false
    }
  }

  fileprivate mutating func set(_ target: Target, _ id: String) {
    switch target {
    case .processorPayment: processorPayment = id
    case .processorCharge: processorCharge = id
    case .processorRefund: processorRefund = id
    case .processorDispute: processorDispute = id
    case .payout: payout = id
    default: break
    }
  }
}
