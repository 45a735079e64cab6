import SettleModel

/// One `Ntry` of a camt.053 statement, as written.
struct CamtEntry {
  /// Where it starts.
  var line: Int
  var currency: String?
  private var amounts: [String] = []
  private var direction = ""
  private var isReversal = false
  private var status = ""
  private var bookedOn = ""
  private var valueOn = ""
  private var reference = ""
  private var domain: [String] = []
  private var proprietary = ""
  private var information = ""
  private var transactions = 0
  private var endToEnd = Shared()
  private var transactionReference = Shared()
  private var debtor = Shared()
  private var creditor = Shared()
  private var remittance: [String] = []
  private var remittanceBytes = 0

  /// A value that is one for the whole entry only where all its transactions have the same.
  private struct Shared {
    var value = ""
    var count = 0

    mutating func add(_ text: String) {
      count += 1
      if count == 1 { value = text } else if value != text { value = "" }
    }

    func ofAll(_ transactions: Int) -> String { count == max(1, transactions) ? value : "" }
  }

  init(line: Int) { self.line = line }

  mutating func beginTransaction() { transactions += 1 }

  mutating func take(_ text: String, at place: Substring) {
    switch place {
    case "Amt": amounts.append(text)
    case "CdtDbtInd": direction = text
    case "RvslInd": isReversal = text == "true" || text == "1"
    case "Sts", "Sts/Cd", "Sts/Prtry": if !text.isEmpty { status = text }
    case "BookgDt/Dt", "BookgDt/DtTm": bookedOn = text
    case "ValDt/Dt", "ValDt/DtTm": valueOn = text
    case "AcctSvcrRef": reference = text
    case "BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd": domain.append(text)
    case "BkTxCd/Prtry/Cd": proprietary = text
    case "AddtlNtryInf": information = text
    default:
      let details = "NtryDtls/TxDtls/"
      if place.hasPrefix(details) { takeDetail(text, at: place.dropFirst(details.count)) }
    }
  }

  private mutating func takeDetail(_ text: String, at place: Substring) {
    switch place {
    case "Refs/EndToEndId": endToEnd.add(text)
    case "Refs/AcctSvcrRef": transactionReference.add(text)
    case "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm": debtor.add(text)
    case "RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm": creditor.add(text)
    case "RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref":
      // A batch may have thousands of transactions; what is kept of its text is bounded anyway.
      guard remittanceBytes < StatementText.limit else { break }
      remittance.append(text)
      remittanceBytes += text.utf8.count + 1
    default: break
    }
  }

  /// The row of the entry: a line, or passed over where it is not booked or moves nothing. Throws ``FileDamage``.
  func row(in ledger: StatementLedger, _ unguarded: Set<String>) throws -> FileRow {
    switch status {
    case "BOOK": break
    // Not part of the booked balance yet, or never: it comes again as BOOK when it is.
    case "PDNG", "INFO", "FUTR": return .ignored(line: line, reason: .notBooked)
    default: throw FileDamage.entry(line, "has a status (Sts) that is none of BOOK, PDNG, INFO and FUTR")
    }
    let amount = try money()
    guard let day = CamtDate.day(bookedOn) else { throw FileDamage.entry(line, "has no booking date (BookgDt)") }
    guard valueOn.isEmpty || CamtDate.day(valueOn) != nil else {
      throw FileDamage.entry(line, "has a value date (ValDt) that is no date")
    }
    if amount.minor == 0 { return .ignored(line: line, reason: .noMoney) }
    return .bankLine(
      BankLine(
        account: ledger.account, statement: ledger.id, reference: id(bankReference, "reference", unguarded),
        endToEnd: id(payersID, "end_to_end", unguarded), bookedOn: day, valueOn: CamtDate.day(valueOn),
        amount: amount, code: StatementText.kept(code, limit: FieldReader.textLimit), text: text, line: line))
  }

  private func money() throws -> Money {
    guard let currency = currency.flatMap({ Currency($0) }) else {
      throw FileDamage.entry(line, "has a currency (Amt, Ccy) that settle does not know")
    }
    guard let text = amounts.first, amounts.count == 1,
      let minor = StatementAmount.minor(text, of: currency, point: UInt8(ascii: "."))
    else { throw FileDamage.entry(line, "has no amount (Amt) that its currency can have") }
    // The direction is that of this booking, also where it takes an earlier one back: RvslInd adds nothing to it.
    return Money(minor: try CamtDirection.sign(direction, line) * minor, currency: currency)
  }

  private var bankReference: String { reference.isEmpty ? transactionReference.ofAll(transactions) : reference }

  private var payersID: String {
    let id = endToEnd.ofAll(transactions)
    return id == "NOTPROVIDED" ? "" : id
  }

  private var code: String { domain.isEmpty ? proprietary : domain.joined(separator: "-") }

  /// The other party's name and what it wrote, else the bank's own words.
  private var text: String? {
    let isIncoming = (direction == "CRDT") != isReversal
    let name = (isIncoming ? debtor : creditor).ofAll(transactions)
    let parts = [name, remittance.joined(separator: " ")].filter { !$0.isEmpty }
    return StatementText.kept(parts.isEmpty ? information : parts.joined(separator: "; "))
  }

  private func id(_ text: String, _ field: String, _ unguarded: Set<String>) -> String? {
    StatementText.kept(text, limit: FieldReader.textLimit, guarded: !unguarded.contains(field))
  }
}
