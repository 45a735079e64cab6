/// One booked entry of a bank statement.
package struct BankLine: Sendable, Equatable {
  /// The account as the bank names it: an IBAN, or a number with or without its bank.
  package var account: String
  /// The statement's id or number, as written: the ``BankStatement/id`` of the statement that it belongs to.
  package var statement: String
  /// The bank's own reference of the entry (camt.053 `AcctSvcrRef`, MT940 what follows `//` in `:61:`, BAI2 bank
  /// reference).
  package var reference: String?
  /// What the payer gave along: a payout's trace id or name.
  package var endToEnd: String?
  package var bookedOn: BusinessDate
  /// From when the money bears interest, where the bank says so.
  package var valueOn: BusinessDate?
  /// Signed: credits positive, debits negative; reversals are already applied. Never zero.
  package var amount: Money
  /// The bank's transaction code (camt.053 `BkTxCd`, MT940 the type in `:61:`, BAI2 the type code).
  package var code: String?
  /// Remittance information on one line. Digits that may be a card number are not in it.
  package var text: String?
  /// The physical line where the entry starts.
  package var line: Int

  package init(
    account: String, statement: String, reference: String? = nil, endToEnd: String? = nil, bookedOn: BusinessDate,
    valueOn: BusinessDate? = nil, amount: Money, code: String? = nil, text: String? = nil, line: Int = 0
  ) {
    self.account = account
    self.statement = statement
    self.reference = reference
    self.endToEnd = endToEnd
    self.bookedOn = bookedOn
    self.valueOn = valueOn
    self.amount = amount
    self.code = code
    self.text = text
    self.line = line
  }
}

/// What a bank statement says of itself. Opening and entries make the closing balance, else its file was refused.
package struct BankStatement: Sendable, Equatable {
  package var account: String
  /// As written; two statements of one account may share it where a statement comes in pages.
  package var id: String
  /// Where the bank numbers its statements in sequence, this one's number.
  package var number: Int?
  /// Where a statement comes in pages with balances of their own, which page this is, from 1. The opening balance of a
  /// later page is the closing one of the page before.
  package var page: Int?
  package var currency: Currency
  package var opening: Money
  package var closing: Money
  package var openedOn: BusinessDate?
  package var closedOn: BusinessDate
  /// How many lines of the statement were booked.
  package var entries: Int
  /// The physical line where the statement starts.
  package var line: Int

  package init(
    account: String, id: String, number: Int? = nil, page: Int? = nil, currency: Currency, opening: Money,
    closing: Money, openedOn: BusinessDate? = nil, closedOn: BusinessDate, entries: Int, line: Int = 0
  ) {
    self.account = account
    self.id = id
    self.number = number
    self.page = page
    self.currency = currency
    self.opening = opening
    self.closing = closing
    self.openedOn = openedOn
    self.closedOn = closedOn
    self.entries = entries
    self.line = line
  }
}
