import SettleModel

// The refund stage's order of steps: what was asked for and has no answer first, then the breaks that a rule refunds.

extension SimulatedRun {
  func refund(then next: @escaping () -> Void) {
    send(world.store.openRefunds) { [self] in
      let candidates = world.store.candidates
      guard world.twoAskers else { return consider(candidates, then: next) }
      // Two askers at once: the rules, and somebody who decides about the same charges.
      var left = 2
      let done = {
        left -= 1
        if left == 0 { next() }
      }
      consider(candidates.filter { $0.reason != .unexpectedCharge }, then: done)
      consider(candidates.filter { $0.reason == .unexpectedCharge }, then: done)
    }
  }

  private func send(_ refunds: [SimulatedRefundRow], then next: @escaping () -> Void) {
    guard let first = refunds.first else { return next() }
    send(first) { [self] in send(Array(refunds.dropFirst()), then: next) }
  }

  private func consider(_ candidates: [SimulatedBreak], then next: @escaping () -> Void) {
    guard let first = candidates.first else { return next() }
    consider(first) { [self] in consider(Array(candidates.dropFirst()), then: next) }
  }

  private func consider(_ candidate: SimulatedBreak, then next: @escaping () -> Void) {
    guard let payment = world.store.payments[candidate.payment] else { return next() }
    let subject = RefundPolicy.Case(
      reason: candidate.reason, expected: payment.amount, reported: candidate.reported, proven: true,
      sameCurrency: true)
    switch Self.policy.decide(subject, spent: RefundPolicy.Spent()) {
    case .noRule: next()
    case .heldBack(let held): write({ $0.hold(candidate.id, because: held) }, then: next)
    case .refund(let amount, _):
      let checked = world.defect == .refundWithoutLock ? world.store.spent(of: candidate.charge) : nil
      ask("the charge's figures") {
        $0.retrieve(candidate.charge)
      } then: { [self] charge in
        guard let charge else {
          return write({ $0.hold(candidate.id, because: .chargeNotFound) }, then: next)
        }
        if let held = contradiction(candidate, payment, charge, amount) {
          return write({ $0.hold(candidate.id, because: held) }, then: next)
        }
        reserve(candidate, charge, amount, checked, then: next)
      }
    }
  }

  /// Money goes back only where the processor itself has taken a second charge, or more than was asked.
  private func contradiction(
    _ candidate: SimulatedBreak, _ payment: SimulatedPayment, _ charge: ProcessorCharge, _ amount: Money
  ) -> RefundPolicy.Held? {
    guard world.defect != .unprovenRefund else { return nil }
    switch candidate.reason {
    case .duplicateCharge, .unexpectedCharge:
      let isOwn = charge.processorPayment == payment.intent || charge.processorCharge == payment.charge
      return isOwn || payment.charge == nil ? .notProven : nil
    default: return charge.captured - charge.refunded - payment.amount.minor < amount.minor ? .notProven : nil
    }
  }

  private func reserve(
    _ candidate: SimulatedBreak, _ charge: ProcessorCharge, _ amount: Money,
    _ checked: (processed: Int64, underWay: Int64)?, then next: @escaping () -> Void
  ) {
    let order = RefundOrder(
      refund: RefundID(charge: candidate.charge, reason: candidate.reason, askedFor: World.breakID(candidate.id)),
      payment: candidate.payment, processorCharge: candidate.charge, amount: amount, reason: candidate.reason)
    let now = world.now
    var row: SimulatedRefundRow?
    write { store in
      let (stored, held) = store.reserve(order, for: candidate.id, charge: charge, checked: checked, at: now)
      row = stored
      if let held { store.hold(candidate.id, because: held) }
    } then: { [self] in
      guard let row else { return next() }
      send(row, then: next)
    }
  }

  /// Sends a stored refund until its lifecycle says what came of it.
  private func send(_ row: SimulatedRefundRow, then next: @escaping () -> Void) {
    let lifecycle = RefundLifecycle(
      storedAt: row.storedAt, keyLife: SimulatedProcessor.keyLife, margin: Self.keyMargin)
    send(row, lifecycle, then: next)
  }

  private func send(_ row: SimulatedRefundRow, _ lifecycle: RefundLifecycle, then next: @escaping () -> Void) {
    guard permit() else { return end("its lease was not renewed in time") }
    guard lifecycle.maySend(at: world.now) else { return lookUp(row, why: "the key may be forgotten", then: next) }
    post(row.request) { [self] answer in
      var lifecycle = lifecycle
      switch lifecycle.answered(answer, at: world.now) {
      case .end(let result): write({ $0.record(result, of: row.order) }, then: next)
      case .repeatSame(let pause):
        var again = row
        if world.defect == .newRefundOnUnknown { again.request.key += "+" }
        wait(pause) { [self] in send(again, lifecycle, then: next) }
      case .lookUp(let why): lookUp(row, why: why, then: next)
      case .stop(let stop):
        note("stops: \(stop)")
        end("the refund stage stopped")
      }
    }
  }

  private func lookUp(_ row: SimulatedRefundRow, why: String, then next: @escaping () -> Void) {
    ask("the charge's refunds") { processor in
      processor.refunds(of: row.order.processorCharge).first { $0.refund == row.order.refund }
    } then: { [self] (found: ProcessorRefund?) in
      let result = found.map(RefundLifecycle.result(of:)) ?? .unknown(why: why)
      write({ $0.record(result, of: row.order) }, then: next)
    }
  }
}
