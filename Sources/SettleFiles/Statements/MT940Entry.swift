import SettleModel

/// One `:61:` with the `:86:` that follows it, as written.
struct MT940Entry {
  private let line: Int
  private let text: [UInt8]
  /// The second line of `:61:`.
  private let supplement: [String]
  var information: [String] = []

  init(_ field: MT940Field) {
    line = field.line
    text = Array(field.value.utf8)
    supplement = Array(field.lines.dropFirst())
  }

  /// Throws ``FileDamage`` where the field does not follow `YYMMDD[MMDD](C|D|RC|RD)[letter]amount,TYPEreference[//bank]`.
  func bankLine(in ledger: StatementLedger, _ unguarded: Set<String>) throws -> BankLine {
    var place = 0
    func take(_ count: Int) -> ArraySlice<UInt8> {
      let end = min(text.count, place + count)
      defer { place = end }
      return text[place..<end]
    }
    func takeWhile(_ belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
      take(text[place...].prefix(while: belongs).count)
    }
    guard let valueOn = MT940Date.day(take(6)) else { throw unreadable("its value date (YYMMDD)") }
    let entryDate = text[place...].prefix(4).allSatisfy(CardNumber.isDigit) ? take(4) : []
    // Where a bank gives no entry date, the entry was booked on its value date.
    guard let bookedOn = entryDate.isEmpty ? valueOn : MT940Date.day(entryDate, nearestTo: valueOn) else {
      throw unreadable("its entry date (MMDD)")
    }
    let isReversal = text[place...].first == UInt8(ascii: "R")
    if isReversal { place += 1 }
    let mark = take(1).first
    guard mark == UInt8(ascii: "C") || mark == UInt8(ascii: "D") else { throw unreadable("its mark (C, D, RC or RD)") }
    // A credit that is taken back (RC) is money going out.
    let sign: Int64 = (mark == UInt8(ascii: "C")) != isReversal ? 1 : -1
    // The third letter of the currency may follow.
    if let letter = text[place...].first, letter >= 0x41, letter <= 0x5A { place += 1 }
    let amount = takeWhile { CardNumber.isDigit($0) || $0 == UInt8(ascii: ",") }
    let currency = ledger.opening.currency
    guard amount.contains(UInt8(ascii: ",")),
      let minor = StatementAmount.minor(
        String(decoding: amount, as: UTF8.self), of: currency, point: UInt8(ascii: ","))
    else { throw unreadable("its amount, which needs a comma and no more decimals than its currency has") }
    let code = take(4)
    guard code.count == 4, let first = code.first, "NFS".utf8.contains(first) else {
      throw unreadable("its type (N, F or S and three characters)")
    }
    let references = References(text[place...])
    let details = MT940Information(information.isEmpty ? supplement : information)
    return BankLine(
      account: ledger.account, statement: ledger.id, reference: id(references.bank, "reference", unguarded),
      endToEnd: id(details.endToEnd ?? references.owner, "end_to_end", unguarded), bookedOn: bookedOn, valueOn: valueOn,
      amount: Money(minor: sign * minor, currency: currency), code: String(decoding: code, as: UTF8.self),
      text: StatementText.kept(details.text), line: line)
  }

  /// What follows the type: the owner's reference, and behind `//` the bank's.
  private struct References {
    var owner: String?
    var bank: String?

    init(_ bytes: ArraySlice<UInt8>) {
      let text = String(decoding: bytes, as: UTF8.self)
      let parts = text.firstRange(of: "//").map { (String(text[..<$0.lowerBound]), String(text[$0.upperBound...])) }
      owner = Self.named(parts?.0 ?? text)
      bank = Self.named(parts?.1 ?? "")
    }

    private static func named(_ text: String) -> String? {
      let text = text.trimmed
      return text.isEmpty || text == "NONREF" ? nil : text
    }
  }

  private func unreadable(_ part: String) -> FileDamage {
    FileDamage.entry(line, "is an entry (:61:) of which settle cannot read \(part)")
  }

  private func id(_ text: String?, _ field: String, _ unguarded: Set<String>) -> String? {
    text.flatMap { StatementText.kept($0, limit: FieldReader.textLimit, guarded: !unguarded.contains(field)) }
  }
}
