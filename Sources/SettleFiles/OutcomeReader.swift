import SettleModel

/// Types the records of a layout of outcomes. A class, since it is handed on for every record.
final class OutcomeReader {
  enum Result {
    case outcome(OutcomeRecord)
    case ignored
    /// A category that must stop the file.
    case stop
  }

  private let fields: FieldReader
  private let layout: Layout
  private let kind: Int?
  private let rowID: RowIDReader
  private let occurredAt: Int?
  private let availableOn: Int?
  private let reason: Int?
  private let reasonKinds: Set<OutcomeKind>?
  private let methods: [Int]
  private let exchangeRate: Int?
  private let batch: Int?
  private let money: SettlementReader
  private let references: ReferenceReader
  private let meanings: CategoryTable

  init(_ plan: ColumnPlan) {
    fields = FieldReader(plan)
    layout = plan.layout
    kind = plan.kindSlot
    rowID = RowIDReader(plan)
    occurredAt = plan.slot(.occurredAt)
    availableOn = plan.slot(.availableOn)
    reason = plan.slot(.reason)
    reasonKinds = plan.layout.rules[.reason]?.kinds
    methods = plan.slots(.method)
    exchangeRate = plan.slot(.exchangeRate)
    batch = plan.slot(.batch)
    money = SettlementReader(plan)
    references = ReferenceReader(plan)
    meanings = CategoryTable(plan.layout.kinds)
  }

  func read(_ record: RecordBuffer) throws(RowRefusal) -> Result {
    guard let slot = kind, record.form(slot) == .text else {
      throw RowRefusal(kind, .missingValue, "this may not be empty")
    }
    switch meanings.meaning(of: record[slot]) {
    case nil:
      if layout.kinds?.unknown == .stop { return .stop }
      throw RowRefusal(
        slot, layout.processor == nil ? .unknownEvent : .unknownCategory,
        "this value is not among those that \(layout.name) lists; if it is right, add it to the layout")
    case .ignored: return .ignored
    case .kind(let kind): return .outcome(try outcome(record) { _ throws(RowRefusal) in kind })
    case .bySign(let kinds):
      return .outcome(
        try outcome(record) { gross throws(RowRefusal) in
          if let gross, let kind = kinds.kind(of: gross) { return kind }
          guard gross != nil else { return nil }
          throw RowRefusal(
            slot, .unknownCategory,
            "\(layout.name) does not say what this value means for an amount of this sign; if it is right, add it")
        })
    }
  }

  /// `kind` tells what happened, by the gross amount where it is known already.
  private func outcome(
    _ record: RecordBuffer, _ kind: (Int64?) throws(RowRefusal) -> OutcomeKind?
  ) throws(RowRefusal) -> OutcomeRecord {
    let id = try rowID.read(record)
    guard let instant = try fields.instant(record, occurredAt) else {
      throw RowRefusal(occurredAt, .missingValue, "this may not be empty")
    }
    var settled = try money.read(record, try kind(nil))
    guard let kind = try kind(settled.gross.minor) else {
      throw RowRefusal(self.kind, .missingValue, "this may not be empty")
    }
    settled.moveCost(of: kind)
    return OutcomeRecord(
      kind: kind, rowID: id, occurredAt: instant, availableOn: try fields.instant(record, availableOn),
      gross: settled.gross, fee: settled.fee, net: settled.net, rest: settled.rest, presentment: settled.presentment,
      references: try references.read(record, kind), reason: try reason(record, kind),
      method: try fields.firstFilled(record, methods) { slot throws(RowRefusal) in try fields.word(record, slot) },
      exchangeRate: try fields.tolerant(exchangeRate) { slot throws(RowRefusal) in
        try fields.exchangeRate(record, slot)
      },
      batch: try fields.tolerant(batch) { slot throws(RowRefusal) in try fields.text(record, slot) }, line: record.line)
  }

  /// The processor's word, and for a failed charge one of the contract's four.
  private func reason(_ record: RecordBuffer, _ kind: OutcomeKind) throws(RowRefusal) -> String? {
    guard reasonKinds?.contains(kind) != false else { return nil }
    let text = try fields.tolerant(reason) { slot throws(RowRefusal) in try fields.text(record, slot) }
    guard kind == .chargeFailed else { return text }
    guard let text else { throw RowRefusal(reason, .missingValue, "a failed payment needs the reason why it failed") }
    guard let word = layout.reasons[text] ?? FailureReason(rawValue: text) else {
      let words = FailureReason.allCases.map(\.rawValue).joined(separator: ", ")
      throw RowRefusal(reason, .unknownReason, "a failed payment's reason must be one of \(words)")
    }
    return word.rawValue
  }
}

/// Categories by their bytes, so that none becomes a string on the way.
struct CategoryTable {
  private let exact: [(name: [UInt8], meaning: KindRule.Meaning)]
  /// The longest first.
  private let beginnings: [(name: [UInt8], meaning: KindRule.Meaning)]

  init(_ rule: KindRule?) {
    let values = (rule?.values ?? [:]).map { (name: Array($0.key.utf8), meaning: $0.value) }
    let star = UInt8(ascii: "*")
    exact = values.filter { $0.name.last != star }.sorted { $0.name.count < $1.name.count }
    beginnings = values.filter { $0.name.last == star }.map { (Array($0.name.dropLast()), $0.meaning) }
      .sorted { $0.name.count > $1.name.count }
  }

  func meaning(of bytes: Bytes) -> KindRule.Meaning? {
    exact.first { $0.name.count == bytes.count && bytes.elementsEqual($0.name) }?.meaning
      ?? beginnings.first { bytes.starts(with: $0.name) }?.meaning
  }
}

extension Settlement {
  /// A cost is told by its gross amount, wherever the file has put it: a row that charges nothing but a fee is that fee.
  fileprivate mutating func moveCost(of kind: OutcomeKind) {
    guard kind == .fee || kind == .networkCost, gross.minor == 0 else { return }
    // A fee of less than a unit is one, too, though nothing but its rest shows it.
    rest = rest.flatMap { OutcomeRecord.Rest(gross: $0.net, net: $0.net) }
    if fee != 0 { (gross.minor, fee, presentment) = (net, 0, nil) }
  }
}

extension OutcomeKind {
  /// Whether money leaves the merchant's balance; nil for kinds that have either sign.
  var isNegative: Bool? {
    switch self {
    case .charge, .chargeFailed, .refundFailure, .disputeReversal, .payoutReversal: false
    case .captureReversal, .refund, .dispute, .fee, .networkCost, .payout: true
    case .transfer, .currencyConversion, .adjustment, .reserve: nil
    }
  }
}
