/// What becomes of a refund, by how its charge was paid.
enum RefundBehaviour: Sendable, Equatable {
  case immediate
  /// Pending, and succeeds when the sandbox's clock has moved on by a day: `pm_card_pendingRefund`.
  case pending
  /// Succeeds at once, and fails a day later, its money coming back: `pm_card_refundFail`.
  case failsLater
  /// Pending, and fails a day later without its money ever having left; the sandbox's own addition.
  case pendingThenFails
  /// Waits for its customer, as refunds to bank accounts may; it can be canceled, and fails after 45 days. The
  /// sandbox's own addition, since no card of Stripe's does so.
  case needsAction

  init(of charge: Charge?) {
    let name = charge?.paymentMethod ?? ""
    self =
      switch CardBehaviour.plainName(name) {
      case "pendingRefund": .pending
      case "refundFail": .failsLater
      default:
        switch name {
        case "pm_sandbox_pendingRefundFail": .pendingThenFails
        case "pm_sandbox_refundNeedsAction": .needsAction
        default: .immediate
        }
      }
  }
}

extension Bank {
  func refund(_ new: Command.NewRefund, in draft: inout Draft) throws(StripeError) -> Refund {
    var charge = try refundedCharge(new)
    guard charge.refundable > 0 || charge.taken == nil else {
      throw .invalid("charge_already_refunded", "Charge \(charge.id) has already been refunded.", param: "charge")
    }
    guard charge.taken != nil else {
      throw .invalid(nil, "Charge \(charge.id) took no money, so there is nothing to refund.", param: "charge")
    }
    let amount = new.amount ?? charge.refundable
    guard amount <= charge.refundable else {
      throw .invalid(
        "amount_too_large", "Refund amount is greater than the unrefunded amount on the charge.", param: "amount")
    }
    try checkStep(amount, charge.currency, param: "amount")
    var refund = Refund(
      id: draft.id("re"), charge: charge.id, intent: charge.intent, amount: amount, currency: charge.currency,
      created: draft.now, reason: new.reason, metadata: Metadata().merging(new.metadata))
    // What is under way counts as refunded, so that the charge is never promised twice.
    charge.refunded += amount
    switch RefundBehaviour(of: charge) {
    case .immediate, .failsLater: draft.change.movements.append(Movement(refund, at: draft.now))
    case .pending, .pendingThenFails:
      refund.status = .pending
      refund.moved = false
    case .needsAction:
      refund.status = .requiresAction
      refund.moved = false
    }
    draft.change.refunds.append(refund)
    draft.change.charges.append(charge)
    return refund
  }

  /// Stripe lets only such refunds be canceled as wait for their customer.
  func cancelRefund(_ id: String, in draft: inout Draft) throws(StripeError) -> Refund {
    guard let refund = refunds[id] else { throw .missing("refund", id, param: "id") }
    guard refund.status == .requiresAction else {
      throw .invalid(nil, "Only refunds that require action can be canceled; this one is \(refund.status.rawValue).")
    }
    return giveUp(refund, as: .canceled, because: nil, in: &draft)
  }

  /// What becomes of refunds as time goes by.
  mutating func finishRefunds(in draft: inout Draft) {
    while let id = unfinishedRefunds.popDue(at: draft.now) {
      guard let refund = refunds[id] else { continue }
      switch (RefundBehaviour(of: charges[refund.charge]), refund.status) {
      case (.pending, .pending):
        var refund = refund
        refund.status = .succeeded
        refund.moved = true
        draft.change.refunds.append(refund)
        draft.change.movements.append(Movement(refund, at: draft.now))
      case (.pendingThenFails, .pending), (.failsLater, .succeeded):
        giveUp(refund, as: .failed, because: "expired_or_canceled_card", in: &draft)
      default: break
      }
    }
    while let id = waitingRefunds.popDue(at: draft.now) {
      guard let refund = refunds[id], refund.status == .requiresAction else { continue }
      giveUp(refund, as: .failed, because: "unknown", in: &draft)
    }
  }

  /// Ends a refund without its money being with the customer: what had left comes back, and the charge may be refunded
  /// again.
  @discardableResult
  private func giveUp(
    _ refund: Refund, as status: Refund.Status, because reason: String?, in draft: inout Draft
  ) -> Refund {
    var refund = refund
    refund.status = status
    refund.failureReason = reason
    if refund.moved {
      let id = draft.id("rf")
      refund.failureMovement = id
      var movement = Movement(refund, at: draft.now, id: id)
      movement.refund = refund.id
      draft.change.movements.append(movement)
    }
    draft.change.refunds.append(refund)
    // Another refund of the same charge may end in this very change.
    if var charge = draft.change.charges.last(where: { $0.id == refund.charge }) ?? charges[refund.charge] {
      charge.refunded -= refund.amount
      draft.change.charges.append(charge)
    }
    return refund
  }

  private func refundedCharge(_ new: Command.NewRefund) throws(StripeError) -> Charge {
    if let id = new.charge {
      guard let charge = charges[id] else { throw .missing("charge", id, param: "charge", status: 400) }
      return charge
    }
    let id = new.intent ?? ""
    guard let intent = intents[id] else {
      throw .missing("payment_intent", id, param: "payment_intent", status: 400)
    }
    guard let charge = intent.latestCharge.flatMap({ charges[$0] }) else {
      throw .invalid(nil, "This PaymentIntent has no charge to refund.", param: "payment_intent")
    }
    return charge
  }
}

extension Movement {
  /// A refund's money leaving; under an id of its own, the same money coming back.
  fileprivate init(_ refund: Refund, at now: Int64, id: String? = nil) {
    self.init(
      id: id ?? refund.id, kind: id == nil ? .refund : .refundFailure, amount: refund.amount, fee: 0,
      currency: refund.currency, created: now, intent: refund.intent, charge: refund.charge, metadata: refund.metadata)
  }
}
