import SettleModel

@testable import SettleStore

/// What reconciling a small world must find: the obvious way, each row against each payment, night after night.
struct Oracle {
  typealias Payment = SmallWorld.Payment
  typealias Row = SmallWorld.Row

  let world: SmallWorld
  let rules: MatchRules
  let waitingDays: Int
  let date: BusinessDate
  /// Rows that have come, by their place in the world; and of each linked one its payment and by what it is linked.
  var come: [Int] = []
  var links: [Int: (payment: Int, by: String)] = [:]
  var ambiguous: Set<Int> = []
  var together: Set<Int> = []
  /// The processor's ids of each payment, as far as settle knows.
  var ids: [Int: Set<String>] = [:]
  var paymentID: [Int: String] = [:]
  var told: Set<Int> = []
  var refundMatches: [Int: Int] = [:]
  var chargeMatched: Set<Int> = []
  var lines: [String] = []

  init(_ world: SmallWorld, rules: MatchRules, waitingDays: Int, date: BusinessDate) {
    self.world = world
    self.rules = rules
    self.waitingDays = waitingDays
    self.date = date
    for (index, payment) in world.payments.enumerated() where payment.answer == .charged {
      ids[index] = ["pi_\(payment.name)", "ch_\(payment.name)"]
      paymentID[index] = "pi_\(payment.name)"
      told.insert(index)
    }
  }

  /// Takes the night's rows and reconciles. `lines` are then all open breaks and all matches.
  mutating func live(through night: Int) {
    lines = []
    let new = world.rows.indices.filter { world.rows[$0].night == night }
    come += new
    link(new, after: [])
    var fresh = [-1]
    // What has become known may tell whose other rows are.
    while !fresh.isEmpty {
      fresh = come.filter { links[$0] == nil && isAbout($0) && byImport($0) != nil }
      link(fresh, after: [])
    }
    linkByRules()
    pairCharges(night)
    pairRefunds(night)
    wantOthers()
  }

  func record(_ row: Int) -> OutcomeRecord { world.rows[row].record }

  func isAbout(_ row: Int) -> Bool { ![.fee, .payout].contains(record(row).kind) }

  func isBefore(_ left: Int, _ right: Int) -> Bool {
    let (a, b) = (record(left).occurredAt.microseconds, record(right).occurredAt.microseconds)
    return a != b ? a < b : world.rows[left].id.description < world.rows[right].id.description
  }

  func refs(_ row: Int) -> [String] {
    let names = record(row).references
    return [names.processorPayment, names.processorCharge].compactMap(\.self)
  }

  func byImport(_ row: Int) -> (payment: Int, by: String)? {
    let names = record(row).references
    for index in world.payments.indices where world.payments[index].processor == world.rows[row].processor {
      if refs(row).contains(where: { ids[index, default: []].contains($0) }) { return (index, "processor_id") }
    }
    if let index = world.payments.firstIndex(where: { $0.id == names.payment }) { return (index, "payment_id") }
    if let refund = world.refunds.first(where: { $0.id == names.refund }),
      let index = world.payments.firstIndex(where: { $0.id == refund.payment.id })
    {
      return (index, "payment_id")
    }
    let ordered = world.payments.indices.filter {
      world.payments[$0].order == names.order && world.payments[$0].processor == world.rows[row].processor
    }
    return ordered.count == 1 ? (ordered[0], "order_reference") : nil
  }

  mutating func link(_ rows: [Int], after: [Int]) {
    for row in rows where isAbout(row) { if let found = byImport(row) { links[row] = found } }
    tell(rows)
  }

  /// Of a payment that had not succeeded the first row that proves it says what its ids are.
  mutating func tell(_ rows: [Int]) {
    for index in world.payments.indices where !told.contains(index) {
      let mine = rows.filter { links[$0]?.payment == index && record($0).kind == .charge }
      let proofs = mine.filter { ["processor_id", "payment_id"].contains(links[$0]?.by) }.sorted(by: isBefore)
      if let first = proofs.first {
        told.insert(index)
        ids[index, default: []].formUnion(refs(first))
        paymentID[index] = record(first).references.processorPayment ?? paymentID[index]
      } else if let first = mine.sorted(by: isBefore).first, world.payments[index].answer == .elsewhere,
        record(first).compared == world.payments[index].amount
      {
        told.insert(index)
      }
    }
  }

  mutating func linkByRules() {
    ambiguous = []
    for (row, link) in links where link.by == "amount_and_date" {
      let better = links.contains {
        $0.key != row && $0.value.payment == link.payment && $0.value.by != "amount_and_date"
          && record($0.key).kind == .charge
      }
      if better { links[row] = nil }
    }
    for rule in rules.rules where rule.findsPayments {
      let orphans = come.filter { isOrphan($0, rule) }
      let waiting = world.payments.indices.filter { isWaiting($0) }
      let by = rule.by.contains(.reference) ? "order_reference" : "amount_and_date"
      var found: [Int] = []
      for row in orphans {
        let candidates = waiting.filter { fits(row, $0, rule) }
        guard let payment = candidates.first else { continue }
        if candidates.count == 1, orphans.filter({ fits($0, payment, rule) }).count == 1 {
          links[row] = (payment, by)
          ambiguous.remove(row)
          found.append(row)
        } else {
          ambiguous.insert(row)
        }
      }
      tell(found)
    }
  }

  func theirs(_ row: Int, _ rule: MatchRule) -> String? {
    switch rule.theirs {
    case .order: record(row).references.order
    case .processorPayment: record(row).references.processorPayment
    case .processorCharge: record(row).references.processorCharge
    case .rowID: record(row).rowID
    }
  }

  func isOrphan(_ row: Int, _ rule: MatchRule) -> Bool {
    let it = record(row)
    guard links[row] == nil, it.kind == .charge, it.compared.minor > 0, it.references.payment == nil else {
      return false
    }
    guard rule.by.contains(.reference) ? theirs(row, rule) != nil : it.references.order == nil else { return false }
    return !come.contains {
      $0 != row && links[$0] == nil && [.charge, .captureReversal].contains(record($0).kind)
        && world.rows[$0].processor == world.rows[row].processor
        && it.references.processorCharge != nil
        && record($0).references.processorCharge == it.references.processorCharge
    }
  }

  func isWaiting(_ index: Int) -> Bool {
    guard told.contains(index) || world.payments[index].answer == .elsewhere else { return false }
    return !chargeMatched.contains(index)
      && !links.contains {
        $0.value.payment == index && [.charge, .captureReversal].contains(record($0.key).kind)
      }
  }

  func agrees(_ row: Int, _ index: Int, _ rule: MatchRule) -> Bool {
    let payment = world.payments[index]
    let ours = rule.ours == .orderID ? payment.order : payment.authorization
    return ours != nil && ours == theirs(row, rule)
  }

  func fits(_ row: Int, _ index: Int, _ rule: MatchRule) -> Bool {
    let (payment, it) = (world.payments[index], record(row))
    guard payment.processor == world.rows[row].processor, paymentID[index] == nil || refs(row).isEmpty else {
      return false
    }
    if rule.by.contains(.reference), !agrees(row, index, rule) { return false }
    if rule.by.contains(.amount) {
      guard it.compared.currency == payment.amount.currency else { return false }
      let allowed = rule.tolerance?.limit(in: payment.amount.currency)?.allowed(of: payment.amount.minor) ?? 0
      guard abs(it.compared.minor - payment.amount.minor) <= allowed else { return false }
    }
    guard rule.by.contains(.date) else { return true }
    let day = Int(it.occurredAt.microseconds / 86_400_000_000)
    return abs(day - date.daysSinceEpoch) <= rule.within
  }
}
