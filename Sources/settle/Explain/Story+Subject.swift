import SettleModel
import SettleStore

// What is explained, in a line and in a few.

extension Story {
  /// What a chain is about. The spellings are those of the JSON.
  enum Subject: String, CaseIterable {
    case payment, payout
    case bankLine = "bank_line"
    case statement
    case missingFile = "missing_file"
    /// Money that belongs to no payment.
    case money
  }

  var subject: Subject {
    if explanation.payment != nil { return .payment }
    if payout != nil { return .payout }
    if bankLine != nil { return .bankLine }
    if !explanation.statements.isEmpty { return .statement }
    return explanation.breaks.contains { $0.reason == .fileMissing } ? .missingFile : .money
  }

  private var payout: PayoutFacts? { explanation.payouts.first { $0.id.rawValue == explanation.id.rawValue } }

  private var bankLine: BankLineFacts? { explanation.bankLines.first { $0.id.rawValue == explanation.id.rawValue } }

  /// One line of a list of things that an id names: what it is, and the id that names it alone.
  var summary: String {
    let words =
      switch subject {
      case .payment:
        explanation.payment.map { "\($0.amount) \($0.state.rawValue), order \($0.orderReference.printable)" } ?? ""
      case .payout: payout.map { "\($0.paid ?? $0.net), \($0.processor.printable)" } ?? ""
      case .bankLine: bankLine.map { "\($0.amount) booked on \($0.bookedOn)" } ?? ""
      case .statement: explanation.statements.last.map(Self.name) ?? ""
      case .missingFile: explanation.breaks.first?.about?.printable ?? ""
      case .money:
        explanation.outcomes.first.map { "\($0.compared), \($0.reference?.printable ?? "no reference")" } ?? ""
      }
    return "\(subject.rawValue.replacing("_", with: " ")) \(explanation.id): \(words)"
  }

  func heading(_ style: Style) -> [String] {
    switch subject {
    case .payment: explanation.payment.map { heading($0, style) } ?? []
    case .payout: payout.map { Self.heading($0, style) } ?? []
    case .bankLine: bankLine.map { Self.heading($0, style) } ?? []
    case .statement: [style("bank statement \(explanation.statements.last.map(Self.name) ?? "")", .bold)]
    case .missingFile: [style("a file that did not come", .bold)]
    case .money: [style("reported money that belongs to no payment", .bold)]
    }
  }

  private func heading(_ payment: PaymentFacts, _ style: Style) -> [String] {
    let failure = [payment.failureReason?.rawValue, payment.failureCode].compactMap(\.self).joined(separator: ", ")
    let state = payment.state.rawValue + (payment.state == .failed ? " (\(failure.printable))" : "")
    var lines = [
      style("payment \(explanation.id)", .bold),
      "  \(payment.amount)  \(state)",
      "  order \(payment.orderReference.printable), merchant \(payment.merchant.printable), \(payment.processor.printable)",
    ]
    if let authorization = payment.authorizationID { lines.append("  authorization \(authorization.printable)") }
    if let customer = payment.customer { lines.append("  customer \(customer.printable)") }
    let references = [payment.processorPayment, payment.processorCharge].compactMap(\.self)
    if !references.isEmpty { lines.append("  at the processor \(references.joined(separator: ", ").printable)") }
    if let due = payment.chargeDueOn {
      let next = explanation.attempts.contains { $0.state == "declined" } ? "another attempt" : "a charge"
      lines.append("  \(next) is due from \(due)")
    }
    return lines
  }

  private static func heading(_ payout: PayoutFacts, _ style: Style) -> [String] {
    let state = payout.match != nil ? "in the bank" : payout.paid == nil ? "not said to be paid yet" : "paid"
    return [
      style("payout \(payout.reference.printable)", .bold), "  \(payout.paid ?? payout.net)  \(state)",
      "  \(payout.processor.printable), \(count(payout.lines)): gross \(payout.gross), fees \(payout.fees), net"
        + " \(payout.net)",
    ]
  }

  /// The statement's number or name; where the bank gives none, up to when it goes and where it stands.
  static func name(of statement: StatementFacts) -> String {
    statement.name.isEmpty ? "up to \(statement.closedOn) (\(statement.source.printable))" : statement.name.printable
  }

  private static func heading(_ line: BankLineFacts, _ style: Style) -> [String] {
    let place = line.statement.isEmpty ? line.source.printable : "statement \(line.statement.printable)"
    return [
      style("bank line \((line.reference ?? line.id.description).printable)", .bold),
      "  \(line.amount)  booked on \(line.bookedOn)",
      "  account \(line.account.printable), \(place)",
    ]
  }
}
