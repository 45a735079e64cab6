import SettleModel

/// Types the records of a bank's own CSV.
///
/// Where a column gives the account's balance, the file is a statement that must add up, like any other; without one,
/// each row stands for itself.
final class BankRowReader {
  private let fields: FieldReader
  private let rules: StatementRules
  private let unit: Layout.Unit
  private let marks: NumberMarks
  private let slots: [Target: Int]
  private let direction: Int?
  private let anyCase: Bool
  private var balances = RunningBalances()

  init(_ plan: ColumnPlan) {
    fields = FieldReader(plan)
    rules = plan.layout.statement
    unit = plan.layout.unit
    marks = plan.layout.marks
    slots = Dictionary(
      uniqueKeysWithValues: Target.ofStatements.compactMap { target in plan.slot(target).map { (target, $0) } })
    direction = rules.directions.flatMap { rule in plan.columns.firstIndex(of: rule.column) }
    anyCase = plan.layout.rules[.currency]?.anyCase ?? false
  }

  /// Whether a row that is not taken would leave a hole in a statement.
  var hasBalances: Bool { slots[.balance] != nil }

  func read(_ record: RecordBuffer) throws(RowRefusal) -> FileRow {
    guard let bookedOn = try day(record, slots[.bookedOn]) else {
      throw RowRefusal(slots[.bookedOn], .missingValue, "this may not be empty")
    }
    let account = try fields.text(record, slots[.account])
    guard let account = rules.account ?? account else {
      throw RowRefusal(slots[.account], .missingValue, "this may not be empty")
    }
    let currency = try fields.currency(record, slots[.currency], anyCase: anyCase)
    guard let currency = rules.currency ?? currency else {
      throw RowRefusal(slots[.currency], .missingValue, "this may not be empty")
    }
    let line = BankLine(
      account: account, statement: try fields.text(record, slots[.statement]) ?? "",
      reference: try fields.processorID(record, slots[.bankReference]),
      endToEnd: try fields.processorID(record, slots[.endToEnd]), bookedOn: bookedOn,
      valueOn: try day(record, slots[.valueOn]),
      amount: Money(minor: try amount(record, currency), currency: currency),
      code: try fields.text(record, slots[.code]), text: words(record), line: record.line)
    if let slot = slots[.balance] {
      do {
        try balances.add(line, balance: try number(record, slot, currency, signed: true))
      } catch let refusal as RowRefusal {
        throw refusal
      } catch {
        throw RowRefusal(slot, .invalidAmount, "the sums up to here exceed what 64 bits of minor units hold")
      }
    }
    return line.amount.minor == 0 ? .ignored(line: record.line, reason: .noMoney) : .bankLine(line)
  }

  /// The statements that the balances make, after the last row. Throws ``FileDamage``.
  func statements(_ totals: inout StatementTotals) throws -> [BankStatement] { try balances.statements(&totals) }

  private func words(_ record: RecordBuffer) -> String? {
    guard let slot = slots[.text], record.form(slot) != .absent else { return nil }
    return StatementText.kept(String(decoding: record[slot], as: UTF8.self))
  }

  private func day(_ record: RecordBuffer, _ slot: Int?) throws(RowRefusal) -> BusinessDate? {
    guard let text = try fields.text(record, slot) else { return nil }
    guard let day = rules.dates.day(text) else {
      throw RowRefusal(slot, .invalidInstant, "this must be a date written as \(rules.dates.rawValue)")
    }
    return day
  }

  private func amount(_ record: RecordBuffer, _ currency: Currency) throws(RowRefusal) -> Int64 {
    if let slot = slots[.amount] {
      guard let value = try number(record, slot, currency, signed: rules.directions == nil) else {
        throw RowRefusal(slot, .missingValue, "this may not be empty")
      }
      return try sign(record) * value
    }
    let credit = try number(record, slots[.credit], currency, signed: false)
    let debit = try number(record, slots[.debit], currency, signed: false)
    // Some banks write a zero where others write nothing.
    guard (credit ?? 0 == 0) || (debit ?? 0 == 0), credit != nil || debit != nil else {
      throw RowRefusal(slots[.debit], .invalidAmount, "one of credit and debit must hold an amount, and not both")
    }
    return (credit ?? 0) - (debit ?? 0)
  }

  private func sign(_ record: RecordBuffer) throws(RowRefusal) -> Int64 {
    guard let rule = rules.directions else { return 1 }
    let word = try fields.text(record, direction) ?? ""
    if rule.credit.contains(word) { return 1 }
    if rule.debit.contains(word) { return -1 }
    throw RowRefusal(direction, .unknownCategory, "this is none of the layout's words for credits and debits")
  }

  /// An amount as the layout writes them; nil where there is none.
  private func number(
    _ record: RecordBuffer, _ slot: Int?, _ currency: Currency, signed: Bool
  ) throws(RowRefusal) -> Int64? {
    guard let slot, record.form(slot) != .absent else { return nil }
    var text = String(decoding: record[slot], as: UTF8.self).trimmed[...]
    let isNegative = text.first == "-"
    if signed, isNegative || text.first == "+" { text = text.dropFirst() }
    guard let plain = marks.ungrouped(text),
      let value = unit == .minor
        ? BAI2Amount.unsigned(plain) : StatementAmount.minor(plain, of: currency, point: marks.decimal),
      value <= StatementAmount.largest, !plain.isEmpty, plain.utf8.last != marks.decimal
    else {
      throw RowRefusal(
        slot, .invalidAmount,
        "this must be \(signed ? "a" : "a positive") number as the layout says that amounts are written")
    }
    return isNegative ? -value : value
  }
}
