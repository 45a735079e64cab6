import Foundation

/// One unit of money in the files of `samples/three-way`: an order, a line of a processor or a booked entry of a bank,
/// read without any code of settle's.
struct ThreeWayLine: Equatable {
  enum Side: String { case expected, reported, bank }

  var side: Side
  var file: String
  var line: Int
  var kind: String
  /// What is compared with what was asked for: of a processor's line, what the customer saw.
  var amount: Decimal
  var currency: String
  /// What was settled, and of it the processor's part.
  var gross: Decimal
  var fee: Decimal = 0
  var settled: String
  /// The processor's own id of the line, where it has one.
  var id: String?

  var place: String { "\(file):\(line)" }

  /// All of a date's files.
  static func all(of date: ThreeWayDate) throws -> [ThreeWayLine] {
    try date.files().flatMap { try lines(of: $0, text: date.text(of: $0)) }
  }

  static func lines(of file: String, text: String) throws -> [ThreeWayLine] {
    if file.hasSuffix(".xml") { return try entries(of: text, file) }
    // No record of these files spans two lines: the header is line 1.
    return CSVRows(text).rows.enumerated().compactMap { index, row in
      if file.hasPrefix("authorizations/") { return order(row, file, index + 2) }
      if file.hasSuffix(".stripe.csv") { return stripe(row, file, index + 2) }
      return file.contains(".adyen") ? adyen(row, file, index + 2) : nil
    }
  }

  private static func order(_ row: [String: String], _ file: String, _ line: Int) -> ThreeWayLine {
    let currency = row["currency"] ?? ""
    let digits = ["JPY": 0, "KWD": 3][currency] ?? 2
    let minor = Decimal(string: row["amount"] ?? "") ?? .nan
    let amount = minor * Decimal(sign: .plus, exponent: -digits, significand: 1)
    return ThreeWayLine(
      side: .expected, file: file, line: line, kind: "authorization", amount: amount, currency: currency, gross: amount,
      settled: currency)
  }

  private static func stripe(_ row: [String: String], _ file: String, _ line: Int) -> ThreeWayLine {
    let kinds = [
      "partial_capture_reversal": "capture_reversal", "other_adjustment": "adjustment",
      "risk_reserved_funds": "reserve",
    ]
    let category = row["reporting_category"] ?? ""
    let (gross, currency) = (number(row["gross"]), (row["currency"] ?? "").uppercased())
    return ThreeWayLine(
      side: .reported, file: file, line: line, kind: kinds[category] ?? category, amount: gross, currency: currency,
      gross: gross, fee: number(row["fee"]), settled: currency, id: row["balance_transaction_id"])
  }

  private static func adyen(_ row: [String: String], _ file: String, _ line: Int) -> ThreeWayLine {
    let kinds = [
      "Settled": "charge", "Refunded": "refund", "Fee": "fee", "DepositCorrection": "reserve",
      "BalanceTransfer": "transfer", "MerchantPayout": "payout",
    ]
    let parts = ["Commission (NC)", "Markup (NC)", "Scheme Fees (NC)", "Interchange (NC)"]
    let fee = parts.reduce(Decimal(0)) { $0 + number(row[$1]) }
    let gross = number(row["Net Credit (NC)"]) - number(row["Net Debit (NC)"]) + fee
    let settled = row["Net Currency"] ?? ""
    // What is about no customer has no gross amount.
    let seen = number(row["Gross Credit (GC)"]) - number(row["Gross Debit (GC)"])
    return ThreeWayLine(
      side: .reported, file: file, line: line, kind: kinds[row["Type"] ?? ""] ?? "?", amount: seen == 0 ? gross : seen,
      currency: seen == 0 ? settled : row["Gross Currency"] ?? "", gross: gross, fee: fee, settled: settled)
  }

  private static func number(_ text: String?) -> Decimal {
    guard let text, !text.isEmpty else { return 0 }
    return Decimal(string: text) ?? .nan
  }

  // MARK: Statements

  /// A statement's account, its balances and what was booked between them.
  struct Statement {
    var currency: String
    var opening: Decimal
    var closing: Decimal
    var booked: [Decimal]
  }

  static func statements(of text: String) -> [Statement] {
    text.split(separator: "<Stmt>").dropFirst().map { part in
      let amounts = amounts(in: part)
      return Statement(
        currency: amounts.first?.currency ?? "", opening: amounts.first?.value ?? .nan,
        closing: amounts.dropFirst().first?.value ?? .nan, booked: amounts.dropFirst(2).map(\.value))
    }
  }

  private static func entries(of text: String, _ file: String) throws -> [ThreeWayLine] {
    var line = 1
    var lines: [ThreeWayLine] = []
    for (index, part) in text.components(separatedBy: "<Ntry>").enumerated() {
      if index > 0, let booked = amounts(in: part[...]).first {
        lines.append(
          ThreeWayLine(
            side: .bank, file: file, line: line, kind: "bank_line", amount: booked.value, currency: booked.currency,
            gross: booked.value, settled: booked.currency))
      }
      line += part.count(where: \.isNewline)
    }
    return lines
  }

  private static func amounts(in text: Substring) -> [(value: Decimal, currency: String)] {
    text.matches(of: /<Amt Ccy="([A-Z]{3})">([0-9.]+)<\/Amt>\s*<CdtDbtInd>(CRDT|DBIT)<\/CdtDbtInd>/).map { match in
      let value = number(String(match.2))
      return (match.3 == "CRDT" ? value : -value, String(match.1))
    }
  }
}
