package import SettleModel

/// One record of a file, typed, or the reason why it was not taken.
package enum FileRow: Sendable, Equatable {
  case authorization(Authorization)
  case outcome(OutcomeRecord)
  case bankLine(BankLine)
  /// Comes after all lines of its statement, since only then its closing balance is known.
  case statement(BankStatement)
  case quarantined(Quarantined)
  case ignored(line: Int, reason: IgnoredReason)
}

/// Why a row is passed over without being wrong. Stored spellings are never reused.
package enum IgnoredReason: String, Sendable, CaseIterable {
  /// The layout lists the row's category as one that says nothing about money.
  case category
  /// The header once more, as in files that were put together from several.
  case repeatedHeader = "repeated_header"
  /// An entry of a statement that is announced or awaited and not part of its balance.
  case notBooked = "not_booked"
  /// An entry of a statement, of an amount of zero.
  case noMoney = "no_money"

  /// What people read of it.
  package var title: String {
    switch self {
    case .category: "category (the layout lists it as one that says nothing about money)"
    case .repeatedHeader: "repeated_header (the header once more)"
    case .notBooked: "not_booked (announced or awaited, and in no balance)"
    case .noMoney: "no_money (an amount of zero)"
    }
  }
}

/// A row's refusal, found by a reader that knows the column's place.
struct RowRefusal: Error {
  var slot: Int?
  var reason: QuarantineReason
  var detail: String

  init(_ slot: Int?, _ reason: QuarantineReason, _ detail: String) {
    self.slot = slot
    self.reason = reason
    self.detail = detail
  }
}

/// Types the records of one file.
struct RowReader {
  private let plan: ColumnPlan
  private let typed: Typed
  private let header: [[UInt8]]
  private let lastField: LastField

  private enum Typed {
    case authorizations(AuthorizationReader)
    case outcomes(OutcomeReader)
    case statement(BankRowReader)
  }

  /// `bank` is the reader of a statement's rows, whose balances somebody else asks for; `processors` are those that an
  /// authorization may name, or nil for any.
  init(_ plan: ColumnPlan, bank: BankRowReader? = nil, processors: [String]? = nil) {
    self.plan = plan
    header = plan.columns.map { Array($0.utf8) }
    lastField = LastField(plan)
    typed =
      switch plan.layout.kind {
      case .authorizations: .authorizations(AuthorizationReader(plan, processors: processors))
      case .outcomes: .outcomes(OutcomeReader(plan))
      case .statement: .statement(bank ?? BankRowReader(plan))
      }
  }

  /// The row of a record. Throws ``FileDamage`` only where the layout says that a value must stop the file.
  func row(_ record: RecordBuffer) throws -> FileRow {
    do throws(RowRefusal) {
      if let row = try taken(record) { return row }
    } catch {
      return .quarantined(quarantined(error, line: record.line))
    }
    throw FileDamage(
      .unknownCategory, line: record.line,
      "\"\(plan.layout.kinds?.column ?? "")\" holds a value that \(plan.layout.name) does not list, and which it says"
        + " must stop the file; add it to the layout")
  }

  /// The row of the record that a file ends in without a line end. An object of JSON shows its own end.
  func rowAtEnd(_ record: RecordBuffer) throws -> FileRow {
    let row = try row(record)
    guard plan.layout.format == .csv else { return row }
    switch row {
    case .quarantined, .ignored: return row
    case .authorization, .outcome, .bankLine, .statement:
      return lastField.refusal(of: record).map { .quarantined(quarantined($0, line: record.line)) } ?? row
    }
  }

  /// The row where nothing is wrong with it; nil where it must stop the file.
  private func taken(_ record: RecordBuffer) throws(RowRefusal) -> FileRow? {
    try checkShape(record)
    if isHeader(record) { return .ignored(line: record.line, reason: .repeatedHeader) }
    try checkCards(record)
    for slot in plan.requiredSlots where record.form(slot) == .absent {
      throw RowRefusal(slot, .missingValue, "this may not be empty")
    }
    switch typed {
    case .authorizations(let reader): return .authorization(try reader.read(record))
    case .outcomes(let reader):
      switch try reader.read(record) {
      case .outcome(let outcome): return .outcome(outcome)
      case .ignored: return .ignored(line: record.line, reason: .category)
      case .stop: return nil
      }
    case .statement(let reader): return try reader.read(record)
    }
  }

  /// The refusal of a row, with the name of its column.
  func quarantined(_ refusal: RowRefusal, line: Int) -> Quarantined {
    let name = refusal.slot.flatMap { $0 < plan.columns.count ? plan.columns[$0] : nil }
    return Quarantined(line: line, field: name, reason: refusal.reason, detail: refusal.detail)
  }

  private func checkShape(_ record: RecordBuffer) throws(RowRefusal) {
    if let problem = record.problem { throw refusal(of: problem) }
    if let slot = record.tooLong {
      throw RowRefusal(slot, .tooLong, "the field or its row is longer than settle reads (64 KiB a field, 1 MiB a row)")
    }
    guard record.count == plan.columns.count else {
      throw RowRefusal(
        nil, .wrongColumnCount,
        "the row has \(record.count.of("column", "columns")) and the header \(plan.columns.count)")
    }
  }

  private func refusal(of problem: JSONProblem) -> RowRefusal {
    switch problem {
    case .notJSON: RowRefusal(nil, .invalidJSON, "the line is not one whole JSON object")
    case .tooLong: RowRefusal(nil, .tooLong, "the line is longer than settle reads (1 MiB)")
    case .repeatedName(let slot): RowRefusal(slot, .invalidJSON, "the name stands twice in the object; keep one")
    case .unknownName(let nearest):
      RowRefusal(
        nil, .unknownField,
        "the object has a name that \(plan.layout.name) does not know"
          + (nearest.map { "; did you mean \"\(plan.columns[$0])\"?" } ?? ""))
    case .cardNumber(let slot): cardNumber(slot)
    }
  }

  private func cardNumber(_ slot: Int?) -> RowRefusal {
    RowRefusal(slot, .cardNumber, "the field may hold a card number; send the processor's token instead")
  }

  private func checkCards(_ record: RecordBuffer) throws(RowRefusal) {
    guard plan.layout.format == .csv else { return }
    for slot in 0..<record.count where plan.guarded[slot] && CardNumber.mayBeHeld(in: record[slot]) {
      throw cardNumber(slot)
    }
  }

  private func isHeader(_ record: RecordBuffer) -> Bool {
    guard plan.layout.format == .csv else { return false }
    for slot in 0..<record.count where !record[slot].elementsEqual(header[slot]) { return false }
    return true
  }
}
