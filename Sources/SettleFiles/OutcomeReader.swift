import SettleModel

/// Types the records of a layout of outcomes.
struct OutcomeReader {
  enum Result {
    case outcome(OutcomeRecord)
    case ignored
    /// A category that must stop the file.
    case stop
  }

  private let fields: FieldReader
  private let layout: Layout
  private let kind: Int?
  private let rowID: Int?
  private let occurredAt: Int?
  private let availableOn: Int?
  private let currency: Int?
  private let gross: Int?
  private let fee: Int?
  private let net: Int?
  private let presentmentAmount: Int?
  private let presentmentCurrency: Int?
  private let reason: Int?
  private let methods: [Int]
  private let exchangeRate: Int?
  private let batch: Int?
  private let references: ReferenceReader
  private let meanings: CategoryTable

  init(_ plan: ColumnPlan) {
    fields = FieldReader(plan)
    layout = plan.layout
    kind = plan.kindSlot
    rowID = plan.slot(.rowID)
    occurredAt = plan.slot(.occurredAt)
    availableOn = plan.slot(.availableOn)
    currency = plan.slot(.currency)
    gross = plan.slot(.gross)
    fee = plan.slot(.fee)
    net = plan.slot(.net)
    presentmentAmount = plan.slot(.presentmentAmount)
    presentmentCurrency = plan.slot(.presentmentCurrency)
    reason = plan.slot(.reason)
    methods = plan.slots(.method)
    exchangeRate = plan.slot(.exchangeRate)
    batch = plan.slot(.batch)
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
    case .kind(let kind): return .outcome(try outcome(record, kind))
    }
  }

  private func outcome(_ record: RecordBuffer, _ kind: OutcomeKind) throws(RowRefusal) -> OutcomeRecord {
    let id = try fields.processorID(record, rowID)
    guard let instant = try fields.instant(record, occurredAt) else {
      throw RowRefusal(occurredAt, .missingValue, "this may not be empty")
    }
    let gross = try grossAmount(record, kind)
    let fee = try fields.amount(record, fee, in: gross.currency, signed: true) ?? 0
    let net = try netAmount(record, gross, fee)
    return OutcomeRecord(
      kind: kind, rowID: id, occurredAt: instant, availableOn: try fields.instant(record, availableOn), gross: gross,
      fee: fee, net: net, presentment: try presentment(record, gross),
      references: try references.read(record, kind), reason: try reason(record, kind),
      method: try fields.firstFilled(record, methods) { slot throws(RowRefusal) in try fields.word(record, slot) },
      exchangeRate: try fields.tolerant(exchangeRate) { slot throws(RowRefusal) in
        try fields.exchangeRate(record, slot)
      },
      batch: try fields.tolerant(batch) { slot throws(RowRefusal) in try fields.text(record, slot) }, line: record.line)
  }

  private func grossAmount(_ record: RecordBuffer, _ kind: OutcomeKind) throws(RowRefusal) -> Money {
    guard let money = try fields.currency(record, currency, anyCase: layout.rules[.currency]?.anyCase ?? false) else {
      throw RowRefusal(currency, .missingValue, "this may not be empty")
    }
    let byKind = layout.signs == .byKind
    guard let written = try fields.amount(record, gross, in: money, signed: !byKind) else {
      // The contract's PaymentFailed carries no amount: nothing moved.
      if kind == .chargeFailed { return Money(minor: 0, currency: money) }
      throw RowRefusal(gross, .missingValue, "without an amount the row says nothing about money")
    }
    guard byKind else { return Money(minor: written, currency: money) }
    if written == 0, kind.movesMoney { throw RowRefusal(gross, .zeroAmount, "an amount of zero moves no money") }
    return Money(minor: kind.isNegative == true ? -written : written, currency: money)
  }

  private func netAmount(
    _ record: RecordBuffer, _ gross: Money, _ fee: Int64
  ) throws(RowRefusal) -> Int64 {
    let adds = layout.sums == .netIsGrossAndFee
    let (sum, overflow) =
      adds ? gross.minor.addingReportingOverflow(fee) : gross.minor.subtractingReportingOverflow(fee)
    guard !overflow else { throw RowRefusal(self.gross, .invalidAmount, "gross and fee together exceed 64 bits") }
    guard let written = try fields.amount(record, net, in: gross.currency, signed: true), layout.sums != nil else {
      return sum
    }
    guard written == sum else {
      throw RowRefusal(
        net, .sumsDisagree, "gross, fee and net of this row do not add up (\(layout.sums?.rawValue ?? ""))")
    }
    return sum
  }

  /// What the customer saw, with the sign of `gross`: reports differ in whether a refund's is negative.
  private func presentment(_ record: RecordBuffer, _ gross: Money) throws(RowRefusal) -> Money? {
    guard let slot = presentmentAmount, record.form(slot) != .absent else { return nil }
    guard let currency = try fields.currency(record, presentmentCurrency, anyCase: true) else {
      throw RowRefusal(presentmentCurrency, .missingValue, "without its currency what the customer saw says nothing")
    }
    guard var minor = try fields.amount(record, slot, in: currency, signed: true) else { return nil }
    if minor.signum() * gross.minor.signum() < 0 { minor = 0 - minor }
    let seen = Money(minor: minor, currency: currency)
    return seen == gross ? nil : seen
  }

  /// The processor's word, and for a failed charge one of the contract's four.
  private func reason(_ record: RecordBuffer, _ kind: OutcomeKind) throws(RowRefusal) -> String? {
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
private struct CategoryTable {
  private let entries: [(name: [UInt8], meaning: KindRule.Meaning)]

  init(_ rule: KindRule?) {
    entries = (rule?.values ?? [:]).map { (Array($0.key.utf8), $0.value) }.sorted { $0.name.count < $1.name.count }
  }

  func meaning(of bytes: Bytes) -> KindRule.Meaning? {
    entries.first { $0.name.count == bytes.count && bytes.elementsEqual($0.name) }?.meaning
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
