import SettleModel

/// One statement while it is read: what it says of itself, and what its entries come to.
struct StatementLedger {
  var account: String
  var id: String
  var number: Int?
  var page: Int?
  /// Where the statement starts.
  var line: Int
  var opening: Money
  var openedOn: BusinessDate?
  private(set) var sum: Money
  private(set) var entries = 0

  init(account: String, id: String, line: Int, opening: Money, openedOn: BusinessDate?) {
    self.account = account
    self.id = id
    self.line = line
    self.opening = opening
    self.openedOn = openedOn
    sum = Money(minor: 0, currency: opening.currency)
  }

  /// Counts an entry. Throws ``FileDamage`` where its currency is not the account's.
  mutating func add(_ line: BankLine) throws {
    guard line.amount.currency == opening.currency else {
      throw FileDamage.entry(line.line, "is in another currency than its account")
    }
    do {
      sum = try sum.adding(line.amount)
    } catch {
      throw FileDamage.entry(line.line, "makes a sum that exceeds what 64 bits of minor units hold")
    }
    entries += 1
  }

  /// The whole statement, its balance compared: what it opened with and its entries must make what it closes with.
  /// `record` names what states the closing balance.
  func closed(
    with closing: Money, on date: BusinessDate, record: String, line closingLine: Int, _ totals: inout StatementTotals
  ) throws -> BankStatement {
    guard closing.currency == opening.currency else {
      throw FileDamage.entry(closingLine, "is a closing balance in another currency than the opening one")
    }
    let found: Money
    do {
      found = try opening.adding(sum)
    } catch {
      throw FileDamage.entry(closingLine, "ends a statement whose sum exceeds what 64 bits of minor units hold")
    }
    totals.compare(
      "opening balance and entries of statement \(id)", record: record, line: closingLine, stated: closing.minor,
      found: found.minor, currency: closing.currency)
    return BankStatement(
      account: account, id: id, number: number, page: page, currency: closing.currency, opening: opening,
      closing: closing, openedOn: openedOn, closedOn: date, entries: entries, line: line)
  }
}

extension FileDamage {
  /// A statement's part that cannot be read: the sentence goes on after "what starts here".
  static func entry(_ line: Int, _ problem: String) -> FileDamage {
    FileDamage(
      .invalidEntry, line: line,
      "what starts here \(problem); a statement with a hole does not add up, so nothing of the file is taken: fetch it"
        + " again, or ask the bank")
  }

  /// A file that stops before its format says that it may.
  static func cutOff(_ line: Int, _ problem: String) -> FileDamage {
    FileDamage(.truncated, line: line, "the file ends \(problem); it was cut off, so fetch it again")
  }
}

/// Amounts as banks write them.
enum StatementAmount {
  /// The largest amount or balance that a statement may hold: the fifteen digits of MT940, in minor units.
  ///
  /// Accounts in rupiah or dong exceed what a processor takes in one payment.
  static let largest: Int64 = 999_999_999_999_999

  /// Minor units of unsigned decimal major units, with `point` before the decimals; nil where it is no such number.
  static func minor(_ text: some StringProtocol, of currency: Currency, point: UInt8) -> Int64? {
    var bytes = Array(text.utf8)
    guard let first = bytes.first, CardNumber.isDigit(first), bytes.count <= 24 else { return nil }
    if point != UInt8(ascii: ".") {
      guard !bytes.contains(UInt8(ascii: ".")) else { return nil }
      // A comma that nothing follows is what MT940 wants behind whole amounts.
      if bytes.last == point { bytes.removeLast() }
      if let place = bytes.firstIndex(of: point) { bytes[place] = UInt8(ascii: ".") }
    }
    let value = bytes.withUnsafeBufferPointer { Money.minorUnits(fromMajor: $0, digits: currency.digits) }
    return value.flatMap { $0 <= largest ? $0 : nil }
  }
}
