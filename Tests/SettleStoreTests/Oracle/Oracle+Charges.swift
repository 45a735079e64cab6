import SettleModel

@testable import SettleStore

// Which reported charge is what a payment asked for, and which is one too many.

extension Oracle {
  struct Charge {
    var rows: [Int]
    var amount: Int64
    var currencies: Set<Currency>
    var isOwn: Bool
    var isForeign: Bool
    var isTogether: Bool
    var by: String
    var first: Int
    var earliest: Int64
  }

  func charges(of index: Int) -> [Charge] {
    let mine = come.filter {
      guard let link = links[$0], link.payment == index else { return false }
      guard [.charge, .captureReversal].contains(record($0).kind) else { return false }
      return rules.takesReferences || link.by != "order_reference"
    }
    let groups = Dictionary(grouping: mine) { row -> String in
      if together.contains(row) { return "together" }
      if refs(row).contains(where: { ids[index, default: []].contains($0) }) { return "own" }
      let names = record(row).references
      return names.processorCharge ?? names.processorPayment ?? world.rows[row].id.description
    }
    return groups.map { key, rows in charge(rows, key: key, of: index) }
  }

  func charge(_ rows: [Int], key: String, of index: Int) -> Charge {
    let sorted = rows.sorted { left, right in
      let ranks = [left, right].map { (record($0).kind == .charge ? 0 : 2) + (record($0).rowID == nil ? 1 : 0) }
      return ranks[0] != ranks[1] ? ranks[0] < ranks[1] : isBefore(left, right)
    }
    let counted = rows.filter { record($0).rowID != nil }
    let amount =
      counted.isEmpty
      ? record(sorted[0]).compared.minor : counted.reduce(0) { $0 + record($1).compared.minor }
    let named = rows.compactMap { record($0).references.processorPayment }.min()
    return Charge(
      rows: rows, amount: amount, currencies: Set(rows.map { record($0).compared.currency }), isOwn: key == "own",
      isForeign: key != "together" && named != nil && paymentID[index] != nil && named != paymentID[index]
        && named?.prefix(3) == paymentID[index]?.prefix(3), isTogether: key == "together",
      by: rows.compactMap { links[$0]?.by }.min() ?? "", first: sorted[0],
      earliest: rows.map { record($0).occurredAt.microseconds }.min() ?? 0)
  }

  /// What the first rule lets pass that goes by the charge's link and says something of its currency.
  func allowed(_ charge: Charge, of index: Int) -> Int64 {
    let payment = world.payments[index]
    for rule in rules.rules where !rule.together || charge.isTogether {
      guard let limit = rule.tolerance?.limit(in: payment.amount.currency) else { continue }
      let goesByIt =
        switch charge.isOwn ? "processor_id" : charge.by {
        case "processor_id", "payment_id": rule.by.contains(.id)
        case "order_reference":
          !rule.by.contains(.id) && rule.by.contains(.reference) && charge.rows.contains { agrees($0, index, rule) }
        default: !rule.by.contains(.id) && !rule.by.contains(.reference)
        }
      if goesByIt { return limit.allowed(of: payment.amount.minor) }
    }
    return 0
  }

  func charge(_ row: Int) -> String? {
    record(row).references.processorCharge ?? record(row).references.processorPayment
  }

  mutating func bringTogether(_ index: Int) {
    let payment = world.payments[index]
    guard payment.answer == .elsewhere else { return }
    for row in come where !together.contains(row) && links[row]?.payment == index {
      guard [.charge, .captureReversal].contains(record(row).kind) else { continue }
      if together.contains(where: { links[$0]?.payment == index && charge($0) == charge(row) && charge(row) != nil }) {
        together.insert(row)
      }
    }
    for rule in rules.rules where rule.together {
      let all = charges(of: index)
      let limit = rule.tolerance?.limit(in: payment.amount.currency)?.allowed(of: payment.amount.minor) ?? 0
      let sum = all.reduce(0) { $0 + $1.amount }
      let fits = all.allSatisfy {
        $0.currencies == [payment.amount.currency] && $0.amount > 0 && abs($0.amount - payment.amount.minor) > limit
          && $0.rows.allSatisfy { record($0).rowID != nil } && $0.by != "amount_and_date"
          && (!rule.by.contains(.id) || $0.by != "order_reference")
      }
      if all.count > 1, fits, abs(sum - payment.amount.minor) <= limit { together.formUnion(all.flatMap(\.rows)) }
    }
  }

  mutating func pairCharges(_ night: Int) {
    for (index, payment) in world.payments.enumerated() {
      bringTogether(index)
      let all = charges(of: index).sorted { left, right in
        func rank(_ it: Charge) -> Int {
          (it.isTogether ? 0 : 8) + (it.isOwn ? 0 : 4) + (it.isForeign ? 2 : 0)
            + (["order_reference", "amount_and_date"].contains(it.by) ? 1 : 0)
        }
        if rank(left) != rank(right) { return rank(left) < rank(right) }
        if left.earliest != right.earliest { return left.earliest < right.earliest }
        return world.rows[left.first].id.description < world.rows[right.first].id.description
      }
      chargeMatched.remove(index)
      var isBroken = false
      for (place, charge) in all.enumerated() {
        if place == 0, !charge.isForeign {
          isBroken = !match(charge, index)
        } else {
          broken("duplicate_charge", nil, charge.first, nil, reported(charge))
        }
      }
      let isAwaited = told.contains(index) || payment.answer == .elsewhere
      if isAwaited, !chargeMatched.contains(index), !isBroken, night >= waitingDays {
        broken("missing_at_processor", payment, nil, payment.amount, nil)
      }
    }
  }

  func reported(_ charge: Charge) -> Money {
    Money(minor: charge.amount, currency: charge.currencies.min { $0.code < $1.code } ?? .all[0])
  }

  /// Whether it is what the payment asked for; else says why not.
  mutating func match(_ charge: Charge, _ index: Int) -> Bool {
    let payment = world.payments[index]
    let difference = charge.amount - payment.amount.minor
    let reason: String? =
      if charge.currencies != [payment.amount.currency] {
        "currency_mismatch"
      } else if abs(difference) > allowed(charge, of: index) {
        "amount_mismatch"
      } else if payment.answer == .declined || payment.answer == .unknown && !told.contains(index) {
        "status_mismatch"
      } else { nil }
    if let reason {
      broken(reason, payment, charge.first, payment.amount, reported(charge))
      return false
    }
    chargeMatched.insert(index)
    told.insert(index)
    let rule =
      (charge.isOwn ? "processor_id" : charge.by) + (charge.isTogether ? "_together" : "")
      + (difference != 0 ? "_tolerated" : "")
    lines.append(
      "match charge \(payment.name) \(world.rows[charge.first].name) \(rule) \(payment.amount.minor)"
        + " \(payment.amount.currency) \(difference)")
    return true
  }
}
