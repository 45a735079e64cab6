/// Compares what was ordered with what the processor's ledger says. It knows nothing of settle.
struct Judge: Sendable {
  var orders: [Order]
  /// Whether all faults have ended and settle said that it is done: then nothing may be left undone either.
  var atRest = true
  /// Whether the refund stage has run on the processor's report.
  var refunded = false

  /// The pipeline's limit for one refund; a currency that is not named is never refunded.
  static let refundLimit: [String: Int64] = ["usd": 15_000, "eur": 15_000]

  func violations(in ledger: Ledger) -> [Violation] {
    let orders = Dictionary(uniqueKeysWithValues: self.orders.map { ($0.id, $0) })
    return charges(ledger, orders) + refunds(ledger, orders)
  }

  private func charges(_ ledger: Ledger, _ orders: [String: Order]) -> [Violation] {
    let asked = ledger.movements.filter(\.wasAskedFor)
    var found: [Violation] = []
    var paymentOf: [String: String] = [:]
    var charged: [String: Int] = [:]
    var keys: [String: String] = [:]
    for charge in asked {
      guard let order = charge.metadata["order_id"].flatMap({ orders[$0] }), let payment = charge.metadata["payment_id"]
      else {
        found.append(Violation(.agreed, "\(charge.id) was charged and nobody ordered it"))
        continue
      }
      charged[order.id, default: 0] += 1
      if let known = paymentOf.updateValue(payment, forKey: order.id), known != payment {
        found.append(Violation(.once, "order \(order.id) is two payments, \(known) and \(payment)"))
      }
      if let key = charge.idempotencyKey, let other = keys.updateValue(charge.id, forKey: key) {
        found.append(Violation(.once, "\(other) and \(charge.id) were taken under one key"))
      }
      found += amount(of: charge, order)
    }
    for (order, count) in charged.sorted(by: { $0.key < $1.key }) where count > 1 {
      found.append(Violation(.once, "order \(order) was charged \(count) times"))
    }
    guard atRest else { return found }
    let missing = self.orders.filter { $0.isGood && charged[$0.id] == nil }
    if let first = missing.first {
      found.append(Violation(.complete, "\(missing.count) good orders were never charged, such as \(first.id)"))
    }
    return found
  }

  private func amount(of charge: Ledger.Movement, _ order: Order) -> [Violation] {
    guard order.isGood else { return [Violation(.agreed, "order \(order.id) was charged to a card that declines")] }
    let overcharged = charge.anomaly == "overcharge"
    let right = overcharged ? charge.amount > order.amount : charge.amount == order.amount
    guard right, charge.currency == order.currency.lowercased() else {
      return [
        Violation(
          .agreed,
          "\(charge.amount) \(charge.currency) was charged for order \(order.id) of \(order.amount) \(order.currency)")
      ]
    }
    return []
  }

  private func refunds(_ ledger: Ledger, _ orders: [String: Order]) -> [Violation] {
    var found: [Violation] = []
    let charges = ledger.movements.filter { $0.kind == "charge" }
    let refunds = Dictionary(grouping: ledger.movements.filter { $0.kind == "refund" }) { $0.charge ?? "" }
    let known = Set(charges.map(\.id))
    for (charge, _) in refunds.sorted(by: { $0.key < $1.key }) where !known.contains(charge) {
      found.append(Violation(.refunds, "a refund of \(charge.isEmpty ? "no charge" : charge) that was never taken"))
    }
    for charge in charges {
      let given = refunds[charge.id] ?? []
      let sum = given.reduce(0) { $0 + $1.amount }
      let due = Self.due(charge, orders)
      if sum > charge.amount {
        found.append(Violation(.refunds, "\(sum) of \(charge.id) was given back, and \(charge.amount) was taken"))
      } else if given.count > 1 {
        found.append(Violation(.refunds, "\(charge.id) was given back \(given.count) times"))
      } else if sum > 0, sum != due {
        found.append(Violation(.refunds, "\(sum) of \(charge.id) was given back where \(due) is due"))
      } else if atRest, refunded, sum != due {
        found.append(Violation(.refunds, "\(due) of \(charge.id) should have been given back"))
      }
    }
    return found
  }

  /// What the pipeline's rules give back of a charge: the whole of a second one, or what was taken too much.
  private static func due(_ charge: Ledger.Movement, _ orders: [String: Order]) -> Int64 {
    guard let limit = refundLimit[charge.currency] else { return 0 }
    let amount: Int64
    switch charge.anomaly {
    case "duplicate": amount = charge.amount
    case "overcharge":
      guard let order = charge.metadata["order_id"].flatMap({ orders[$0] }) else { return 0 }
      amount = charge.amount - order.amount
    default: return 0
    }
    return amount <= limit ? amount : 0
  }
}
