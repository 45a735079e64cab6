import SettleModel

/// A promise that a world has shown broken.
package struct SimulatedViolation: Sendable, Equatable, CustomStringConvertible {
  package enum Promise: String, Sendable, CaseIterable {
    /// At most one charge per authorization that the processor did not add of its own accord.
    case once = "I1"
    /// Every movement is known, once reports have come.
    case known = "I2"
    /// Nobody gets back more than was taken too much, and no charge gives more than it took.
    case refunds = "I3"
    /// What was agreed is charged in the end, and nothing stays unknown.
    case complete = "I4"
  }
  package var promise: Promise
  package var what: String
  package var description: String { "\(promise.rawValue): \(what)" }
}

/// Judges a world by the processor's ledger.
struct Judge {
  let world: World

  /// What must hold at every moment.
  func safety() -> [SimulatedViolation] {
    var violations: [SimulatedViolation] = []
    let movements = Dictionary(grouping: world.processor.ledger, by: \.payment)
    let agreed = Dictionary(uniqueKeysWithValues: world.inbox.map { ($0.payment, $0.amount.minor) })
    for (payment, entries) in movements.sorted(by: { $0.key < $1.key }) {
      let asked = entries.filter { $0.kind == .charge && !$0.isAnomaly }
      if asked.count > 1 {
        violations.append(
          .init(promise: .once, what: "\(payment.short) was charged by \(asked.map(\.id).joined(separator: " and "))"))
      }
      violations += refunds(payment, entries, agreed: agreed[payment] ?? 0)
    }
    return violations
  }

  private func refunds(_ payment: PaymentID, _ entries: [LedgerEntry], agreed: Int64) -> [SimulatedViolation] {
    guard entries.contains(where: { $0.kind != .charge }) else { return [] }
    var violations: [SimulatedViolation] = []
    var taken: Int64 = 0
    var given: Int64 = 0
    for (charge, movements) in Dictionary(grouping: entries, by: \.charge).sorted(by: { $0.key < $1.key }) {
      let captured = movements.reduce(Int64(0)) { $1.kind == .charge ? $0 + $1.amount : $0 }
      let back = movements.reduce(Int64(0)) { sum, entry in
        switch entry.kind {
        case .charge: sum
        case .refund: sum + entry.amount
        case .refundReversal: sum - entry.amount
        }
      }
      if back > captured {
        violations.append(.init(promise: .refunds, what: "\(charge) took \(captured) and gave back \(back)"))
      }
      taken += captured
      given += back
    }
    if given > 0, taken - given < agreed {
      violations.append(
        .init(promise: .refunds, what: "\(payment.short) agreed to \(agreed), paid \(taken) and got back \(given)"))
    }
    return violations
  }

  /// What must hold when misfortunes have ended and some nights have passed since.
  func liveness() -> [SimulatedViolation] {
    let charged = Dictionary(grouping: world.processor.ledger.filter { $0.kind == .charge }, by: \.payment)
    var violations: [SimulatedViolation] = []
    for row in world.inbox {
      let payment = world.store.payments[row.payment]
      let movements = charged[row.payment] ?? []
      let isOpen = world.store.open.contains(row.payment)
      if let missing = movements.first(where: { world.store.charges[$0.charge] != row.payment }) {
        violations.append(
          .init(promise: .known, what: "\(missing.charge) of \(row.payment.short) is not known to settle"))
      }
      if movements.isEmpty == (payment?.state == .succeeded) {
        violations.append(
          .init(
            promise: .known,
            what: "\(row.payment.short) is \(payment?.state.rawValue ?? "not there") with \(movements.count) charges"))
      }
      let pays = row.instrument.hold != nil || TestCard.pays(row.instrument.paymentMethod)
      // An attempt that was never carried out and whose key is forgotten is a break for a person, by design.
      if pays, movements.isEmpty, !isOpen {
        violations.append(.init(promise: .complete, what: "\(row.payment.short) was never charged, and nobody will"))
      }
      if isOpen, let attempt = world.store.attempts[row.payment]?.last, !attempt.lookUp {
        violations.append(.init(promise: .complete, what: "\(attempt.request.key) is neither known nor looked for"))
      }
    }
    return violations
  }
}
