import SettleModel

extension SimulatedProcessor {
  func charge(_ order: ChargeOrder) -> ProcessorAnswer {
    guard order.instrument.paymentMethod != TestCard.unknown else {
      return .refused(code: "resource_missing", message: "no such payment method")
    }
    let intent = SimulatedIntent(
      id: newID("pi"), payment: order.payment, attempt: order.attempt, amount: order.amount, state: .needsMethod,
      charge: nil, decline: nil, createdAt: clock)
    keep(intent)
    return present(order.instrument.paymentMethod, to: intent.id, asked: order.amount)
  }

  /// Confirming what is charged already takes nothing: the processor's own guard.
  func confirm(_ order: ChargeOrder, _ id: String) -> ProcessorAnswer {
    guard let intent = intents[id], intent.payment == order.payment else {
      return .refused(code: "resource_missing", message: "no such payment")
    }
    switch intent.state {
    case .needsMethod: break
    case .succeeded, .held: return told(intent, asked: order.amount)
    case .processing: return .pending(reference: id)
    case .canceled: return .canceled(reference: id)
    }
    guard order.instrument.paymentMethod != TestCard.unknown else {
      return .refused(code: "resource_missing", message: "no such payment method")
    }
    return present(order.instrument.paymentMethod, to: id, asked: order.amount)
  }

  func capture(_ order: ChargeOrder, _ id: String) -> ProcessorAnswer {
    guard let intent = intents[id] else { return .refused(code: "resource_missing", message: "no such hold") }
    switch intent.state {
    case .held:
      change(id) {
        $0.payment = order.payment
        $0.attempt = order.attempt
        $0.amount = order.amount
      }
      return take(id, asked: order.amount)
    case .succeeded where intent.payment == order.payment: return told(intent, asked: order.amount)
    case .canceled: return .canceled(reference: id)
    default: return .refused(code: "payment_intent_unexpected_state", message: "it cannot be captured")
    }
  }

  func cancel(_ id: String) -> ProcessorAnswer {
    guard let intent = intents[id] else { return .refused(code: "resource_missing", message: "no such payment") }
    if intent.state == .succeeded { return told(intent, asked: intent.amount) }
    change(id) { $0.state = .canceled }
    return .canceled(reference: id)
  }

  /// A hold that a shop made before settle ever heard of it.
  func hold(_ amount: Money) -> String {
    let id = newID("pi")
    keep(
      SimulatedIntent(
        id: id, payment: nil, attempt: nil, amount: amount, state: .held, charge: nil, decline: nil, createdAt: clock))
    return id
  }

  private func present(_ method: String?, to id: String, asked: Money) -> ProcessorAnswer {
    switch method {
    case TestCard.good: return take(id, asked: asked)
    case TestCard.slow, TestCard.slowFailing:
      change(id) { $0.state = .processing }
      world.after(world.dice.seconds(5...40_000)) { [self] in
        guard intents[id]?.state == .processing else { return }
        if method == TestCard.slow { _ = take(id, asked: asked) } else { _ = decline(id, TestCard.slowFailing) }
      }
      return .pending(reference: id)
    default: return decline(id, method ?? "")
    }
  }

  private func decline(_ id: String, _ method: String) -> ProcessorAnswer {
    let poor = method == TestCard.poor
    let decline = Decline(
      reason: poor ? .insufficientFunds : .cardDeclined, code: poor ? "insufficient_funds" : "lost_card",
      processorPayment: id, mayRetry: poor)
    change(id) {
      $0.state = .needsMethod
      $0.decline = decline
    }
    return .declined(decline)
  }

  private func take(_ id: String, asked: Money) -> ProcessorAnswer {
    guard let payment = intents[id]?.payment else { return .refused(code: "internal", message: "a hold of nobody") }
    let over: Int64 = world.dice.happens(world.weather.overcharge) ? Int64(world.dice.within(1...300)) : 0
    let charge = SimulatedCharge(
      id: newID("ch"), intent: id, payment: payment, captured: asked.minor + over, isAnomaly: false)
    keep(charge)
    change(id) {
      $0.state = .succeeded
      $0.charge = charge.id
    }
    enter(.charge, charge.id, of: charge, charge.captured)
    if over == 0, world.dice.happens(world.weather.duplicate) { duplicate(id, asked) }
    return intents[id].map { told($0, asked: asked) } ?? .unknown(why: "gone", replayed: false)
  }

  /// The processor's own mistake: the money once more, under another payment with the same metadata.
  private func duplicate(_ id: String, _ asked: Money) {
    guard let original = intents[id], let payment = original.payment else { return }
    var intent = original
    intent.id = newID("pi")
    let charge = SimulatedCharge(
      id: newID("ch"), intent: intent.id, payment: payment, captured: asked.minor, isAnomaly: true)
    intent.charge = charge.id
    keep(intent)
    keep(charge)
    enter(.charge, charge.id, of: charge, charge.captured)
    world.note("processor charges \(payment.short) a second time, unasked: \(charge.id)")
  }

  /// What the client is told was taken is what it asked for, even where more was.
  private func told(_ intent: SimulatedIntent, asked: Money) -> ProcessorAnswer {
    var charge = figures(intent)
    charge.captured = min(charge.captured, asked.minor)
    return .charged(charge)
  }

  func refund(_ order: RefundOrder) -> ProcessorAnswer {
    guard let charge = charges[order.processorCharge] else {
      return .refused(code: "resource_missing", message: "no such charge")
    }
    if guardsRefunds, order.amount.minor > charge.captured - charge.refunded {
      return .refused(code: "charge_already_refunded", message: "more than is left of it")
    }
    let pending = world.dice.happens(world.weather.pendingRefund)
    let refund = SimulatedRefund(
      id: newID("re"), refund: order.refund, charge: charge.id, amount: order.amount,
      state: pending ? .pending : .succeeded)
    keep(refund)
    var changed = charge
    changed.refunded += order.amount.minor
    keep(changed)
    if pending {
      let fails = world.dice.happens(2_000)
      world.after(world.dice.seconds(60...30_000)) { [self] in
        finish(refund: refund.id, as: fails ? .failed : .succeeded)
      }
    } else {
      enter(.refund, refund.id, of: charge, order.amount.minor)
      if world.dice.happens(world.weather.failedRefund) {
        world.after(world.dice.seconds(3_600...200_000)) { [self] in finish(refund: refund.id, as: .failed) }
      }
    }
    return .refunded(figures(refund))
  }
}
