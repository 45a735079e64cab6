import SettleModel

/// One `Bal` of a camt.053 statement, as written.
struct CamtBalance {
  /// Where it starts.
  var line: Int
  var type = ""
  var currency: String?
  var amount = ""
  var direction = ""
  var date = ""

  init(line: Int) { self.line = line }

  mutating func take(_ text: String, at place: Substring) {
    switch place {
    case "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd": type = text
    case "Amt": amount = text
    case "CdtDbtInd": direction = text
    case "Dt/Dt", "Dt/DtTm": date = text
    default: break
    }
  }

  /// Throws ``FileDamage``.
  func money() throws -> Money {
    guard let currency = currency.flatMap({ Currency($0) }) else {
      throw FileDamage.entry(line, "is a balance whose currency (Amt, Ccy) settle does not know")
    }
    guard let minor = StatementAmount.minor(amount, of: currency, point: UInt8(ascii: ".")) else {
      throw FileDamage.entry(line, "is a balance without an amount (Amt) that its currency can have")
    }
    return Money(minor: try CamtDirection.sign(direction, line) * minor, currency: currency)
  }

  /// Throws ``FileDamage``.
  func day() throws -> BusinessDate {
    guard let day = CamtDate.day(date) else { throw FileDamage.entry(line, "is a balance without a date (Dt)") }
    return day
  }
}

/// One `Stmt` while it is read.
struct CamtStatement {
  /// Where it starts.
  var line: Int
  var balances: [CamtBalance] = []
  /// What its entries come to, from the first of them on.
  var ledger: StatementLedger?
  private var id = ""
  private var account = ""
  private var electronicNumber: Int?
  private var legalNumber: Int?
  private var page: Int?
  private var closing: CamtBalance?

  init(line: Int) { self.line = line }

  mutating func take(_ text: String, at place: Substring) {
    switch place {
    case "Id": id = text
    case "ElctrncSeqNb": electronicNumber = Int(text)
    case "LglSeqNb": legalNumber = Int(text)
    case "StmtPgntn/PgNb": page = Int(text)
    case "Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN": account = text
    default: break
    }
  }

  /// The ledger that entries are counted in. Throws ``FileDamage`` where account or balances are not known yet.
  mutating func opened(_ unguarded: Set<String>) throws -> StatementLedger {
    if let ledger { return ledger }
    guard let account = StatementText.kept(account, limit: FieldReader.textLimit, guarded: false) else {
      throw FileDamage.entry(line, "is a statement that does not name its account (Acct/Id) before its entries")
    }
    guard let id = StatementText.kept(id, limit: FieldReader.textLimit, guarded: !unguarded.contains("statement"))
    else {
      throw FileDamage.entry(line, "is a statement without an id (Id) before its entries")
    }
    let opening = try chooseBalances(id)
    var ledger = StatementLedger(
      account: account, id: id, line: line, opening: try opening.money(), openedOn: try opening.day())
    ledger.number = electronicNumber ?? legalNumber
    ledger.page = page
    self.ledger = ledger
    return ledger
  }

  /// The whole statement. Throws ``FileDamage``.
  func closed(_ totals: inout StatementTotals) throws -> BankStatement {
    guard let ledger, let closing else { throw FileDamage.entry(line, "is a statement without balances") }
    return try ledger.closed(
      with: try closing.money(), on: try closing.day(), record: closing.type, line: closing.line, &totals)
  }

  /// Finds the booked balances around the entries, keeps the closing one and returns the opening one.
  ///
  /// Where a statement comes in pages, interim balances (ITBD) stand in the opening one's place on later pages and in
  /// the closing one's on all but the last. Some banks state the last closing balance (PRCD) instead of an opening
  /// one, and some each day's balances: then the first day opens and the last one closes.
  private mutating func chooseBalances(_ id: String) throws -> CamtBalance {
    var interim = balances.filter { $0.type == "ITBD" }
    func only(_ type: String, latest: Bool) throws -> CamtBalance? {
      let found = try balances.filter { $0.type == type }.map { (balance: $0, day: try $0.day()) }
      guard let day = latest ? found.map(\.day).max() : found.map(\.day).min() else { return nil }
      let chosen = found.filter { $0.day == day }.map(\.balance)
      guard try Set(chosen.map { try $0.money() }).count == 1 else {
        throw FileDamage.entry(line, "is a statement with two balances \(type) of one day")
      }
      return chosen.first
    }
    var opening = try only("OPBD", latest: false) ?? only("PRCD", latest: false)
    var closing = try only("CLBD", latest: true)
    if opening == nil, !interim.isEmpty { opening = interim.removeFirst() }
    if closing == nil, !interim.isEmpty { closing = interim.removeLast() }
    guard let opening else {
      throw FileDamage.entry(line, "is a statement without an opening balance (OPBD, PRCD or ITBD) before its entries")
    }
    guard closing != nil else {
      throw FileDamage.entry(line, "is a statement without a closing balance (CLBD or ITBD) before its entries")
    }
    self.closing = closing
    return opening
  }
}

/// `CdtDbtInd`.
enum CamtDirection {
  /// 1 for credits, -1 for debits. Throws ``FileDamage``.
  static func sign(_ text: String, _ line: Int) throws -> Int64 {
    switch text {
    case "CRDT": return 1
    case "DBIT": return -1
    default: throw FileDamage.entry(line, "does not say whether it is a credit or a debit (CdtDbtInd)")
    }
  }
}

/// ISO dates, alone or at the head of a date and time.
enum CamtDate {
  /// The day as the bank writes it, whatever offset its time has: a booking date is the bank's own.
  static func day(_ text: String) -> BusinessDate? {
    guard text.utf8.count == 10 || text.utf8.dropFirst(10).first == UInt8(ascii: "T") else {
      // An xs:date may carry an offset.
      return text.utf8.count == 11 && text.hasSuffix("Z") || text.utf8.count == 16 ? BusinessDate(text.prefix(10)) : nil
    }
    return BusinessDate(text.prefix(10))
  }
}
