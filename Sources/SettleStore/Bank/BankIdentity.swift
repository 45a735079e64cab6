import SettleModel

extension BankLine {
  /// The line's identity but for which of several alike it is.
  ///
  /// Where the bank gives a reference, that with what was booked: banks use one reference for several entries, and word
  /// one entry's text anew in each format. Else all that the line says.
  var core: BankLineID {
    let booked = [account, bookedOn.description, String(amount.minor), amount.currency.code]
    let words =
      reference.map { ["reference", $0] } ?? ["content", valueOn?.description, endToEnd, code, text].map { $0 ?? "" }
    return BankLineID(naming: "bank-line", (booked + words).joined(separator: "\u{1F}"))
  }
}

extension BankStatement {
  /// The same statement in two files is one.
  var identity: StatementID {
    let parts: [String?] = [
      account, id, number.map(String.init), page.map(String.init), currency.code, String(opening.minor),
      String(closing.minor), openedOn?.description, closedOn.description,
    ]
    return StatementID(naming: "bank-statement", parts.map { $0 ?? "" }.joined(separator: "\u{1F}"))
  }
}
