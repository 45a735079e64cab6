import SettleModel

/// A group header (02): whose day its accounts are reported for.
struct BAI2Group {
  var date: BusinessDate
  var currency: Currency

  /// `receiver,originator,status,date,time,currency,modifier`. Throws ``FileDamage``.
  init(_ record: BAI2Record, _ rules: StatementRules) throws {
    var fields = record.fields
    _ = (fields.next(), fields.next())
    switch fields.next() {
    case "1": break
    case "2", "3", "4":
      throw FileDamage(
        .notBooked, line: record.line,
        "this group withdraws, corrects or tests what another file says (group status); a person has to see to it: take"
          + " the group out of the file, or leave the file aside")
    default: throw FileDamage.entry(record.line, "is a group whose status is none of 1, 2, 3 and 4")
    }
    guard let date = MT940Date.day(Array(fields.next().utf8)[...]) else {
      throw FileDamage.entry(record.line, "is a group whose as-of date (YYMMDD) cannot be read")
    }
    self.date = date
    _ = fields.next()
    let code = fields.next()
    guard let currency = Currency(code.isEmpty ? rules.defaultCurrency : code) else {
      throw FileDamage.entry(record.line, "is a group of a currency that settle does not know")
    }
    self.currency = currency
    switch fields.next() {
    case "", "2", "4": break
    case "1", "3":
      throw FileDamage(
        .notBooked, line: record.line,
        "this group is an interim report (as-of date modifier), which is repeated when the day is closed; give settle the"
          + " final reports")
    default: throw FileDamage.entry(record.line, "is a group whose as-of date modifier is none of 1, 2, 3 and 4")
    }
  }
}

/// One account (03) while it is read.
struct BAI2Account {
  private var ledger: StatementLedger
  private let date: BusinessDate
  /// The closing ledger balance (015).
  private let closing: Money?
  /// Whether the bank states an opening ledger balance (010). Many reports of a day that is over do not.
  private let statesOpening: Bool

  /// `account,currency,(type,amount,count,funds)…`; gives each amount out, for the control total. Throws ``FileDamage``.
  init(_ record: BAI2Record, of group: BAI2Group, amount: (Int64) throws -> Void) throws {
    var fields = record.fields
    guard let account = StatementText.kept(fields.next(), limit: FieldReader.textLimit, guarded: false) else {
      throw FileDamage.entry(record.line, "is an account (03) without a number")
    }
    let code = fields.next()
    guard let currency = code.isEmpty ? group.currency : Currency(code) else {
      throw FileDamage.entry(record.line, "is an account of a currency that settle does not know")
    }
    var balances: [String: Money] = [:]
    while !fields.isAtEnd {
      let type = fields.next()
      let written = fields.next()
      guard let minor = BAI2Amount.signed(written) else {
        throw FileDamage.entry(record.line, "is an account with an amount that is no whole number")
      }
      // A comma too many or too few would shift what follows.
      guard type.utf8.count == 3 && type.utf8.allSatisfy(CardNumber.isDigit) || type.isEmpty && written.isEmpty else {
        throw FileDamage.entry(record.line, "is an account with an amount of no type (three digits)")
      }
      _ = fields.next()
      _ = try BAI2Funds(&fields, record.line)
      try amount(minor)
      guard balances[type] == nil || !["010", "015"].contains(type) else {
        throw FileDamage.entry(record.line, "is an account with two balances of one type (\(type))")
      }
      balances[type] = Money(minor: minor, currency: currency)
    }
    date = group.date
    closing = balances["015"]
    statesOpening = balances["010"] != nil
    ledger = StatementLedger(
      account: account, id: group.date.description, line: record.line,
      opening: balances["010"] ?? Money(minor: 0, currency: currency), openedOn: nil)
  }

  /// The row of a transaction (16), and its amount as the control total counts it. Throws ``FileDamage``.
  ///
  /// `type,amount,funds,bank reference,customer reference,text`.
  mutating func row(
    _ record: BAI2Record, _ rules: StatementRules, _ unguarded: Set<String>
  ) throws -> (row: FileRow, amount: Int64) {
    var fields = record.fields
    let type = fields.next()
    guard let amount = BAI2Amount.unsigned(fields.next()), amount <= StatementAmount.largest else {
      throw FileDamage.entry(record.line, "is a transaction (16) whose amount is no whole number without a sign")
    }
    let funds = try BAI2Funds(&fields, record.line)
    let references = (bank: fields.next(), customer: fields.next())
    guard let direction = rules.direction(of: type) else {
      throw FileDamage.entry(
        record.line,
        "is a transaction (16) of a type (\(type.utf8.count == 3 && Int(type) != nil ? type : "not three digits")) that the layout lists neither"
          + " under credit_codes nor under debit_codes")
    }
    if amount == 0 { return (.ignored(line: record.line, reason: .noMoney), amount) }
    guard direction != 0 else { return (.ignored(line: record.line, reason: .category), amount) }
    func id(_ text: String, _ field: String) -> String? {
      StatementText.kept(text, limit: FieldReader.textLimit, guarded: !unguarded.contains(field))
    }
    let line = BankLine(
      account: ledger.account, statement: ledger.id, reference: id(references.bank, "reference"),
      endToEnd: id(references.customer, "end_to_end"), bookedOn: date, valueOn: funds.valueOn,
      amount: Money(minor: direction * amount, currency: ledger.opening.currency), code: type,
      text: StatementText.kept(fields.text()), line: record.line)
    try ledger.add(line)
    return (.bankLine(line), amount)
  }

  /// The whole statement, or a row that is passed over where the account has neither balance nor entries.
  func closed(_ totals: inout StatementTotals) throws -> FileRow {
    guard let closing else {
      guard ledger.entries == 0 else {
        throw FileDamage.entry(ledger.line, "is an account (03) without a closing ledger balance (015)")
      }
      return .ignored(line: ledger.line, reason: .noMoney)
    }
    var ledger = ledger
    if !statesOpening {
      // What it must have been: the account's control total has shown that no entry is missing.
      do {
        ledger.opening = try closing.subtracting(ledger.sum)
      } catch {
        throw FileDamage.entry(ledger.line, "is an account whose sum exceeds what 64 bits of minor units hold")
      }
    }
    return .statement(try ledger.closed(with: closing, on: date, record: "015", line: ledger.line, &totals))
  }
}

/// When a transaction's money can be used: one letter or digit, and what follows it.
struct BAI2Funds {
  /// The value date, where the type (V) gives one.
  private(set) var valueOn: BusinessDate?

  /// Takes the fields that the type has. Throws ``FileDamage`` for a type that nobody knows, since the fields behind
  /// it could not be told apart.
  init(_ fields: inout BAI2Record.Fields, _ line: Int) throws {
    switch fields.next() {
    case "", "0", "1", "2", "Z": break
    case "V":
      let date = fields.next()
      _ = fields.next()
      guard let day = MT940Date.day(Array(date.utf8)[...]) else {
        throw FileDamage.entry(line, "has a value date (funds type V) that is not YYMMDD")
      }
      valueOn = day
    case "S": for _ in 0..<3 { _ = fields.next() }
    case "D":
      guard let count = Int(fields.next()), (0...1_000).contains(count) else {
        throw FileDamage.entry(line, "has a number of days (funds type D) that cannot be read")
      }
      for _ in 0..<count * 2 { _ = fields.next() }
    default: throw FileDamage.entry(line, "has a funds type that is none of 0, 1, 2, V, S, D and Z")
    }
  }
}
