/// The orders' side: `settle-authorizations`.
struct AuthorizationsFile: ~Copyable {
  private var file: ByteFile
  private let date: String

  init(_ path: String, date: String) throws {
    var file = try ByteFile(path)
    file.put("order_id,amount,currency,payment_method,processor_customer,customer_id,authorized_at")
    try file.endLine()
    self.file = file
    self.date = date
  }

  mutating func write(_ order: WorldOrder, second: Int) throws {
    file.putOrder(order)
    file.put(",")
    file.put(order.amount)
    file.put(",")
    file.put(order.currency.upper)
    file.put(",pm_")
    file.put(token: order.dice[40])
    file.put(",cus_")
    file.put(token: order.dice[41], letters: 14)
    file.put(",")
    file.put(uuid: order.dice[42], order.dice[43])
    file.put(",")
    file.put(text: date)
    file.put("T")
    file.putTime(second)
    file.put("Z")
    try file.endLine()
  }

  /// Returns how many bytes it has.
  mutating func close() throws -> Int64 {
    try file.flush()
    return file.bytes
  }
}

/// The processor's side: Stripe's itemised payout reconciliation report, with the order in the charges' metadata.
struct StripeReportFile: ~Copyable {
  enum Category {
    case charge, refund
  }

  private var file: ByteFile
  private let seed: UInt64
  private let date: String
  private var payouts = 0
  /// What the open payout of each currency has to pay, in minor units.
  private var net = [Int64](repeating: 0, count: WorldCurrency.allCases.count)
  private(set) var lines = 0

  init(_ path: String, seed: UInt64, date: String) throws {
    var file = try ByteFile(path)
    file.put("balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,")
    file.put("payment_intent_id,automatic_payout_id,payment_metadata[order_id]")
    try file.endLine()
    self.file = file
    self.seed = seed
    self.date = date
  }

  /// - Parameters:
  ///   - gross: minor units; what goes out is negative.
  ///   - purpose: which of the order's numbers make the row's ids.
  mutating func write(
    _ category: Category, of order: WorldOrder, gross: Int64, second: Int, purpose: UInt64
  ) throws {
    let fee = category == .charge ? WorldOrder.fee(of: gross) : 0
    file.put("txn_")
    file.put(token: order.dice[purpose])
    put(order.currency, gross: gross, fee: fee, second: second)
    file.put(category == .charge ? ",charge,ch_" : ",refund,re_")
    file.put(token: order.dice[purpose + 1])
    file.put(",pi_")
    // What is given back was taken by the order's charge.
    file.put(token: order.dice[category == .charge ? purpose + 2 : 12])
    file.put(",")
    putPayout(order.currency)
    file.put(",")
    file.putOrder(order)
    try file.endLine()
    lines += 1
    net[order.currency.rawValue] += gross - fee
  }

  /// Ends the open payout of each currency that has one. Returns how many these were.
  mutating func payOut() throws -> Int {
    var ended = 0
    for currency in WorldCurrency.allCases where net[currency.rawValue] != 0 {
      file.put("txn_po")
      file.put(token: Dice(seed: seed, row: -1 - payouts)[UInt64(currency.rawValue)], letters: 14)
      put(currency, gross: -net[currency.rawValue], fee: 0, second: 86_399)
      file.put(",payout,")
      putPayout(currency)
      file.put(",,")
      putPayout(currency)
      file.put(",")
      try file.endLine()
      lines += 1
      net[currency.rawValue] = 0
      ended += 1
    }
    payouts += 1
    return ended
  }

  /// Returns how many bytes it has.
  mutating func close() throws -> Int64 {
    try file.flush()
    return file.bytes
  }

  private mutating func put(_ currency: WorldCurrency, gross: Int64, fee: Int64, second: Int) {
    file.put(",")
    file.put(text: date)
    file.put(" ")
    file.putTime(second)
    file.put(",")
    file.put(currency.lower)
    for amount in [gross, fee, gross - fee] {
      file.put(",")
      file.put(amount, digits: currency.digits)
    }
  }

  private mutating func putPayout(_ currency: WorldCurrency) {
    file.put("po_")
    file.put(currency.lower)
    file.put(Int64(payouts))
    file.put("_")
    file.put(token: Dice(seed: seed, row: -1 - payouts)[9], letters: 8)
  }
}

extension ByteFile {
  mutating func putOrder(_ order: WorldOrder) { put(uuid: order.dice[50], order.dice[51]) }

  /// `hh:mm:ss`.
  mutating func putTime(_ second: Int) {
    put(second / 3_600, width: 2)
    put(":")
    put(second / 60 % 60, width: 2)
    put(":")
    put(second % 60, width: 2)
  }
}
