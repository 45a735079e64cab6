/// The itemised payout reconciliation report, in Stripe's columns: decimal major units, UTC, net = gross − fee.
///
/// A charge tagged `missing` has no row. A payout id stands only once its day is over and the payout is made.
struct PayoutReport {
  static let header = [
    "automatic_payout_id", "automatic_payout_effective_at_utc", "balance_transaction_id", "created_utc",
    "available_on_utc", "currency", "gross", "fee", "net", "reporting_category", "source_id", "description",
    "customer_facing_amount", "customer_facing_currency", "charge_id", "payment_intent_id", "customer_id",
    "payment_metadata[payment_id]", "payment_metadata[order_id]", "payment_metadata[attempt]",
    "refund_metadata[refund_id]", "refund_metadata[payment_id]", "refund_metadata[order_id]",
  ]

  /// The rows of a movement: none where it is missing, two where less than the hold was captured.
  static func rows(of movement: Movement, in bank: Bank) -> [[String]] {
    guard movement.anomaly != .missing, let currency = StripeCurrency(movement.currency) else { return [] }
    var row = Row(movement: movement, currency: currency, bank: bank)
    switch movement.kind {
    case .charge:
      guard let authorized = movement.authorized, authorized > movement.amount else {
        return [row.fields("charge", gross: movement.amount, fee: movement.fee)]
      }
      // Stripe reports the whole hold and takes the rest back at once.
      let whole = row.fields("charge", gross: authorized, fee: movement.fee)
      row.balanceTransaction += "r"
      return [whole, row.fields("partial_capture_reversal", gross: movement.amount - authorized, fee: 0)]
    case .refund: return [row.fields("refund", gross: -movement.amount, fee: 0)]
    case .refundFailure: return [row.fields("refund_failure", gross: movement.amount, fee: 0)]
    case .payout: return [row.fields("payout", gross: -movement.amount, fee: 0)]
    }
  }

  /// A line of RFC 4180.
  static func line(_ fields: [String]) -> String {
    fields.map(quoted).joined(separator: ",") + "\r\n"
  }

  private static func quoted(_ field: String) -> String {
    guard field.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return field }
    var text = "\""
    for character in field.unicodeScalars {
      text.unicodeScalars.append(character)
      if character == "\"" { text.unicodeScalars.append("\"") }
    }
    return text + "\""
  }
}

private struct Row {
  let movement: Movement
  let currency: StripeCurrency
  let bank: Bank
  var balanceTransaction: String

  init(movement: Movement, currency: StripeCurrency, bank: Bank) {
    self.movement = movement
    self.currency = currency
    self.bank = bank
    balanceTransaction = movement.balanceTransaction
  }

  func fields(_ category: String, gross: Int64, fee: Int64) -> [String] {
    let intent = movement.intent.flatMap { bank.intents[$0] }
    let isPayout = movement.kind == .payout
    let payout = isPayout ? nil : bank.payouts.payout(of: movement)
    let payoutDay = isPayout ? movement.created : payout.map { ($0.day + 1) * 86_400 }
    let created = movement.created
    let isRefund = movement.kind == .refund || movement.kind == .refundFailure
    let refunds = isRefund ? movement.metadata : Metadata()
    let payments = intent?.metadata ?? Metadata()
    return [
      isPayout ? movement.id : payout?.id ?? "",
      payoutDay.map(Calendar.timestamp) ?? "",
      balanceTransaction,
      Calendar.timestamp(created),
      // Card payments become available two days on, at midnight.
      Calendar.timestamp(isPayout ? created : (created / 86_400 + 2) * 86_400),
      currency.code,
      currency.decimal(gross), currency.decimal(fee), currency.decimal(gross - fee),
      category, movement.refund ?? movement.id, isPayout ? "STRIPE PAYOUT" : intent?.description ?? "",
      isPayout ? "" : currency.decimal(gross), isPayout ? "" : currency.code,
      movement.charge ?? (isPayout ? "" : movement.id), movement.intent ?? "", intent?.customer ?? "",
      payments["payment_id"] ?? "", payments["order_id"] ?? "", payments["attempt"] ?? "",
      refunds["refund_id"] ?? "", refunds["payment_id"] ?? "", refunds["order_id"] ?? "",
    ]
  }
}
