import SettleFiles
import SettleModel

/// Rows of files as lines of an expected file: what each became, or why it did not.
enum RowText {
  static func line(_ row: FileRow) -> String {
    switch row {
    case .authorization(let authorization): "\(authorization.line) accepted\(text(authorization))"
    case .outcome(let outcome): "\(outcome.line) accepted \(outcome.kind.rawValue)\(text(outcome))"
    case .bankLine(let line): "\(line.line) accepted line\(text(line))"
    case .statement(let statement): "\(statement.line) accepted statement\(text(statement))"
    case .quarantined(let refusal):
      "\(refusal.line) quarantined \(refusal.field.map { "\($0): " } ?? "")\(refusal.reason.rawValue), \(refusal.detail)"
    case .ignored(let line, let reason): "\(line) ignored \(reason.rawValue)"
    }
  }

  private static func text(_ authorization: Authorization) -> String {
    let instrument = authorization.instrument
    return quoted(" order", authorization.orderReference) + " amount=\(authorization.amount)"
      + quoted(" authorization", authorization.authorizationID) + quoted(" customer", authorization.customerReference)
      + quoted(" payment_method", instrument.paymentMethod)
      + quoted(" processor_customer", instrument.processorCustomer) + quoted(" hold", instrument.hold)
      + plain(" authorized_at", authorization.authorizedAt) + plain(" capture_before", instrument.captureBefore)
      + quoted(" processor", authorization.processor)
  }

  private static func text(_ outcome: OutcomeRecord) -> String {
    let references = outcome.references
    let settled = outcome.gross.currency
    return quoted(" row", outcome.rowID) + " at=\(outcome.occurredAt)" + plain(" available", outcome.availableOn)
      + " gross=\(outcome.gross) fee=\(Money(minor: outcome.fee, currency: settled).major)"
      + " net=\(Money(minor: outcome.net, currency: settled).major)" + plain(" presentment", outcome.presentment)
      + plain(" payment", references.payment) + plain(" refund", references.refund)
      + quoted(" order", references.order) + quoted(" processor_payment", references.processorPayment)
      + quoted(" processor_charge", references.processorCharge)
      + quoted(" processor_refund", references.processorRefund)
      + quoted(" processor_dispute", references.processorDispute) + quoted(" payout", references.payout)
      + quoted(" reason", outcome.reason) + quoted(" method", outcome.method)
      + plain(" rate", outcome.exchangeRate) + quoted(" batch", outcome.batch)
  }

  private static func text(_ line: BankLine) -> String {
    quoted(" account", line.account) + quoted(" statement", line.statement) + quoted(" reference", line.reference)
      + quoted(" end_to_end", line.endToEnd) + " booked=\(line.bookedOn)" + plain(" value", line.valueOn)
      + " amount=\(line.amount)" + quoted(" code", line.code) + quoted(" text", line.text)
  }

  private static func text(_ statement: BankStatement) -> String {
    quoted(" account", statement.account) + quoted(" id", statement.id) + plain(" number", statement.number)
      + plain(" page", statement.page) + plain(" opened", statement.openedOn) + " opening=\(statement.opening)"
      + " closed=\(statement.closedOn) closing=\(statement.closing) entries=\(statement.entries)"
  }

  /// Escaped, so that what cannot be seen is seen.
  private static func quoted(_ name: String, _ text: String?) -> String {
    text.map { "\(name)=\($0.debugDescription)" } ?? ""
  }

  private static func plain(_ name: String, _ value: (some CustomStringConvertible)?) -> String {
    value.map { "\(name)=\($0)" } ?? ""
  }
}
