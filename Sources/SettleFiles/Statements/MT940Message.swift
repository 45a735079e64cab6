import SettleModel

/// One statement message while it is read: `:20: :25: :28C: :60F: (:61: :86:)… :62F:`.
struct MT940Message {
  private(set) var isClosed = false
  private let line: Int
  private let unguarded: Set<String>
  private var reference: String?
  private var account: String?
  private var number: String?
  private var ledger: StatementLedger?
  /// The entry whose information (:86:) may still come.
  private var entry: MT940Entry?

  init(line: Int, _ unguarded: Set<String>) {
    self.line = line
    self.unguarded = unguarded
  }

  /// Takes the next field. Throws ``FileDamage``, and what `body` throws.
  mutating func take(_ field: MT940Field, _ totals: inout StatementTotals, _ body: (FileRow) throws -> Void) throws {
    if isClosed {
      // Available balances and words to the account's owner may follow; entries may not.
      guard ["64", "65", "86"].contains(field.tag) else {
        throw FileDamage(
          .malformed, line: field.line,
          "the field :\(field.tag): follows the closing balance of its message; fetch the file again, or ask the bank")
      }
      return
    }
    switch field.tag {
    case "20": reference = field.value
    case "21": break
    case "25", "25P": account = field.value
    case "28", "28C": number = field.value
    case "60F", "60M": try open(field)
    case "61":
      try endEntry(body)
      guard ledger != nil else { throw FileDamage.entry(field.line, "is an entry before the opening balance (:60F:)") }
      entry = MT940Entry(field)
    case "86": entry?.information += field.lines
    case "62F", "62M":
      try endEntry(body)
      try body(.statement(try close(field, &totals)))
      isClosed = true
    case "13D", "34F", "90D", "90C":
      throw FileDamage(
        .notBooked, line: field.line,
        "the field :\(field.tag): is one of interim reports (MT942), whose entries are not booked yet; give settle"
          + " statements (MT940)")
    default:
      throw FileDamage(
        .malformed, line: field.line,
        "there is no field :\(field.tag): in a statement message; fetch the file again, or ask the bank")
    }
  }

  private mutating func open(_ field: MT940Field) throws {
    guard ledger == nil else { throw FileDamage.entry(field.line, "is a second opening balance in one message") }
    guard let account = account.flatMap({ StatementText.kept($0, limit: FieldReader.textLimit, guarded: false) }) else {
      throw FileDamage.entry(field.line, "is an opening balance before the account (:25:)")
    }
    let written = number ?? reference ?? ""
    guard let id = StatementText.kept(written, limit: FieldReader.textLimit, guarded: !unguarded.contains("statement"))
    else { throw FileDamage.entry(field.line, "is an opening balance before the statement's number (:28C:)") }
    let balance = try MT940Balance(field)
    var ledger = StatementLedger(
      account: account, id: id, line: line, opening: balance.money, openedOn: balance.date)
    let parts = (number ?? "").split(separator: "/").map { Int($0) }
    ledger.number = parts.first ?? nil
    ledger.page = parts.count == 2 ? parts[1] : nil
    self.ledger = ledger
  }

  private mutating func close(_ field: MT940Field, _ totals: inout StatementTotals) throws -> BankStatement {
    guard let ledger else { throw FileDamage.entry(field.line, "is a closing balance without an opening one (:60F:)") }
    let balance = try MT940Balance(field)
    return try ledger.closed(with: balance.money, on: balance.date, record: ":\(field.tag):", line: field.line, &totals)
  }

  private mutating func endEntry(_ body: (FileRow) throws -> Void) throws {
    guard let entry, let ledger else { return }
    self.entry = nil
    let line = try entry.bankLine(in: ledger, unguarded)
    if line.amount.minor == 0 { return try body(.ignored(line: line.line, reason: .noMoney)) }
    try self.ledger?.add(line)
    try body(.bankLine(line))
  }
}

/// A balance field: `C` or `D`, the date, the currency and the amount.
struct MT940Balance {
  var money: Money
  var date: BusinessDate

  init(_ field: MT940Field) throws {
    let text = Array(field.value.utf8)
    guard text.count > 10, let date = MT940Date.day(text[1..<7]),
      let currency = Currency(String(decoding: text[7..<10], as: UTF8.self)),
      let minor = StatementAmount.minor(
        String(decoding: text[10...], as: UTF8.self), of: currency, point: UInt8(ascii: ",")),
      text[10...].contains(UInt8(ascii: ",")),
      let sign: Int64 = text[0] == UInt8(ascii: "C") ? 1 : text[0] == UInt8(ascii: "D") ? -1 : nil
    else {
      throw FileDamage.entry(
        field.line, "is a balance (:\(field.tag):) that is not written as C or D, YYMMDD, currency and amount")
    }
    money = Money(minor: sign * minor, currency: currency)
    self.date = date
  }
}

/// Dates of two-digit years.
enum MT940Date {
  /// `YYMMDD`. Statements are not older than this century.
  static func day(_ digits: ArraySlice<UInt8>) -> BusinessDate? {
    guard digits.count == 6 else { return nil }
    return day(year: "20\(text(digits.prefix(2)))", monthAndDay: digits.dropFirst(2))
  }

  /// `MMDD` of the year in which it is nearest to another date: an entry of 31 December may have its value in January.
  static func day(_ monthAndDay: ArraySlice<UInt8>, nearestTo other: BusinessDate) -> BusinessDate? {
    guard let year = Int(other.description.prefix(4)) else { return nil }
    return [year, year - 1, year + 1].compactMap { day(year: "\($0)", monthAndDay: monthAndDay) }
      .min { abs($0.days(since: other)) < abs($1.days(since: other)) }
  }

  private static func day(year: String, monthAndDay: ArraySlice<UInt8>) -> BusinessDate? {
    BusinessDate("\(year)-\(text(monthAndDay.prefix(2)))-\(text(monthAndDay.dropFirst(2)))")
  }

  private static func text(_ digits: ArraySlice<UInt8>) -> String { String(decoding: digits, as: UTF8.self) }
}
