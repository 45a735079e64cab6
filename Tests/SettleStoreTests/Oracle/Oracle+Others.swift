import SettleModel

@testable import SettleStore

// Refunds, disputes, and what belongs to nothing.

extension Oracle {
  mutating func pairRefunds(_ night: Int) {
    var used = Set(refundMatches.values)
    for (index, refund) in world.refunds.enumerated() {
      let payment = world.payments.firstIndex { $0.id == refund.payment.id }
      let mine = come.filter {
        record($0).kind == .refund && links[$0]?.payment == payment
          && (record($0).references.refund == refund.id || record($0).references.processorRefund == refund.reference)
      }
      let money = Money(minor: -refund.amount, currency: refund.payment.amount.currency)
      if refundMatches[index] == nil, let first = mine.filter({ !used.contains($0) }).sorted(by: isBefore).first {
        if record(first).compared == money {
          refundMatches[index] = first
          used.insert(first)
        } else {
          broken("refund_amount_mismatch", refund.payment, first, money, record(first).compared)
          used.insert(first)
          continue
        }
      }
      if let row = refundMatches[index] {
        lines.append(
          "match refund \(refund.payment.name) \(world.rows[row].name)"
            + " \(record(row).references.processorRefund == refund.reference ? "processor_id" : "refund_id")"
            + " \(money.minor) \(money.currency) 0")
      } else if night > waitingDays {
        broken("missing_refund", refund.payment, nil, money, nil)
      }
    }
    for row in come where record(row).kind == .refund && !used.contains(row) && !isReversed(row) {
      broken("unexpected_refund", nil, row, nil, record(row).compared)
    }
  }

  /// Goes through what one refund's id has told in time, as over a pile: what comes back is what went last.
  func isReversed(_ row: Int) -> Bool {
    let (it, name) = (record(row), record(row).references.processorRefund)
    guard let name, !world.refunds.contains(where: { $0.reference == name }) else { return false }
    let told = come.filter {
      [.refund, .refundFailure].contains(record($0).kind) && record($0).references.processorRefund == name
        && world.rows[$0].processor == world.rows[row].processor && abs(record($0).compared.minor) == -it.compared.minor
        && record($0).compared.currency == it.compared.currency
    }
    var gone: [Int] = []
    let inTime = told.sorted { left, right in
      let (a, b) = (record(left), record(right))
      if a.occurredAt != b.occurredAt { return a.occurredAt.microseconds < b.occurredAt.microseconds }
      return a.kind != b.kind ? a.kind == .refund : world.rows[left].id.description < world.rows[right].id.description
    }
    for event in inTime {
      if record(event).kind == .refund { gone.append(event) } else { _ = gone.popLast() }
    }
    return !gone.contains(row)
  }

  mutating func wantOthers() {
    for row in come {
      let it = record(row)
      let isUnlinked = links[row] == nil || !rules.takesReferences && links[row]?.by == "order_reference"
      if [.charge, .captureReversal].contains(it.kind), isUnlinked {
        broken(ambiguous.contains(row) ? "ambiguous_match" : "unexpected_charge", nil, row, nil, it.compared)
      }
      guard it.kind == .dispute else { continue }
      let isReversed = come.contains {
        record($0).kind == .disputeReversal && record($0).occurredAt.microseconds >= it.occurredAt.microseconds
          && record($0).references.processorDispute == it.references.processorDispute
      }
      if !isReversed { broken("dispute", nil, row, nil, it.compared) }
    }
  }

  mutating func broken(_ reason: String, _ payment: Payment?, _ row: Int?, _ asked: Money?, _ told: Money?) {
    let name = payment?.name ?? row.flatMap { links[$0] }.map { world.payments[$0.payment].name } ?? "-"
    let amounts = [asked, told].map { $0.map { "\($0.minor) \($0.currency)" } ?? "- -" }.joined(separator: " ")
    lines.append("\(reason) \(name) \(row.map { world.rows[$0].name } ?? "-") \(amounts)")
  }
}
