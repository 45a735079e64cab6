import SettleModel

/// Reads one amount of a row in the form that its layout gives it, signed: what comes in is positive.
struct AmountReader {
  private let fields: FieldReader
  private let source: Source
  /// The column that a refusal names.
  let slot: Int?

  private enum Source {
    case column(Int)
    case pair(debit: Int, credit: Int)
    case marked(Int, mark: Int, debit: [UInt8], credit: [UInt8])
    case sum([Int])
  }

  /// How a reader turns one column's bytes into a number.
  enum Scale {
    /// Minor units of the currency.
    case minor
    /// Millionths of minor units, for files whose amounts have more digits than their currencies.
    case fine
  }

  /// Nil where the layout has no such amount, or the file none of its columns.
  init?(_ plan: ColumnPlan, _ target: Target) {
    guard let rule = plan.layout.rules[target], let first = plan.slot(target) else { return nil }
    fields = FieldReader(plan)
    let found = plan.slots(target)
    switch rule.form {
    case nil: source = .column(first)
    case .sum: source = .sum(found)
    case .pair:
      guard found.count == 2 else { return nil }
      source = .pair(debit: found[0], credit: found[1])
    case .marked(let mark, let debit, let credit):
      guard let place = plan.columns.firstIndex(of: mark) else { return nil }
      source = .marked(first, mark: place, debit: Array(debit.utf8), credit: Array(credit.utf8))
    }
    slot = first
  }

  /// Whether the row fills none of the amount's columns.
  func isAbsent(_ record: RecordBuffer) -> Bool {
    switch source {
    case .column(let slot), .marked(let slot, _, _, _): record.form(slot) == .absent
    case .pair(let debit, let credit): record.form(debit) == .absent && record.form(credit) == .absent
    case .sum(let slots): slots.allSatisfy { record.form($0) == .absent }
    }
  }

  /// Whether every digit that the row writes for it is a zero.
  func isZero(_ record: RecordBuffer) -> Bool {
    switch source {
    case .column(let slot), .marked(let slot, _, _, _): isZero(record[slot])
    case .pair(let debit, let credit): isZero(record[debit]) && isZero(record[credit])
    case .sum(let slots): slots.allSatisfy { isZero(record[$0]) }
    }
  }

  func read(
    _ record: RecordBuffer, in currency: Currency, signed: Bool = true, scale: Scale = .minor
  ) throws(RowRefusal) -> Int64? {
    switch source {
    case .column(let slot): return try fields.amount(record, slot, in: currency, signed: signed, scale: scale)
    case .pair(let debit, let credit): return try pair(record, debit, credit, currency, scale)
    case .marked(let slot, let mark, let debit, let credit):
      guard let amount = try fields.amount(record, slot, in: currency, signed: false, scale: scale) else { return nil }
      let word = record[mark]
      if word.elementsEqual(credit) { return amount }
      if word.elementsEqual(debit) { return -amount }
      throw RowRefusal(
        mark, .invalidAmount,
        "this must say whether the amount is a debit (\(String(decoding: debit, as: UTF8.self)))"
          + " or a credit (\(String(decoding: credit, as: UTF8.self)))")
    case .sum(let slots):
      var sum: Int64?
      for slot in slots {
        guard let part = try fields.amount(record, slot, in: currency, signed: signed, scale: scale) else { continue }
        let (next, overflow) = (sum ?? 0).addingReportingOverflow(part)
        guard !overflow else { throw RowRefusal(slot, .invalidAmount, "the sum of these amounts exceeds 64 bits") }
        sum = next
      }
      return sum
    }
  }

  private func pair(
    _ record: RecordBuffer, _ debit: Int, _ credit: Int, _ currency: Currency, _ scale: Scale
  ) throws(RowRefusal) -> Int64? {
    let out = try fields.amount(record, debit, in: currency, signed: false, scale: scale)
    let incoming = try fields.amount(record, credit, in: currency, signed: false, scale: scale)
    if let out, let incoming, out != 0, incoming != 0 {
      throw RowRefusal(credit, .invalidAmount, "the row has both a debit and a credit, and may have one of them only")
    }
    if let incoming, incoming != 0 { return incoming }
    return out.map { -$0 } ?? incoming
  }

  private func isZero(_ bytes: Bytes) -> Bool {
    let decimal = fields.plan.layout.marks.decimal
    return bytes.allSatisfy { $0 == UInt8(ascii: "0") || $0 == decimal || $0 == 0x20 }
  }
}
