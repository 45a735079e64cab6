extension Bank {
  func create(_ new: Command.NewIntent, key: String?, in draft: inout Draft) throws(StripeError) -> PaymentIntent {
    if let name = new.paymentMethod, CardBehaviour(paymentMethod: name) == nil {
      throw .missing("PaymentMethod", name, param: "payment_method", status: 400)
    }
    if new.confirm && new.paymentMethod == nil {
      throw .invalid(
        "parameter_missing", "A PaymentIntent needs a payment method to be confirmed.", param: "payment_method")
    }
    let intent = PaymentIntent(
      id: draft.id("pi"), amount: new.amount, currency: new.currency.code, created: draft.now,
      manualCapture: new.manualCapture, customer: new.customer, description: new.description,
      metadata: Metadata().merging(new.metadata),
      status: new.paymentMethod == nil ? .requiresPaymentMethod : .requiresConfirmation,
      paymentMethod: new.paymentMethod)
    guard new.confirm else {
      draft.change.intents.append(intent)
      return intent
    }
    return try confirm(intent, paymentMethod: nil, offSession: new.offSession, key: key, in: &draft)
  }

  func update(
    _ intent: PaymentIntent, description: String?, metadata: [Metadata.Pair], in draft: inout Draft
  ) -> PaymentIntent {
    var intent = intent
    intent.description = description ?? intent.description
    intent.metadata = intent.metadata.merging(metadata)
    draft.change.intents.append(intent)
    return intent
  }

  func confirm(
    _ intent: PaymentIntent, paymentMethod: String?, offSession: Bool, key: String?, in draft: inout Draft
  ) throws(StripeError) -> PaymentIntent {
    guard [.requiresPaymentMethod, .requiresConfirmation, .requiresAction].contains(intent.status) else {
      throw .unexpectedState(intent, doing: "confirmed")
    }
    var intent = intent
    guard let name = paymentMethod ?? intent.paymentMethod else {
      throw .unexpectedState(intent, doing: "confirmed without a payment method")
    }
    guard let behaviour = CardBehaviour(paymentMethod: name) else {
      throw .missing("PaymentMethod", name, param: "payment_method", status: 400)
    }
    intent.paymentMethod = name
    intent.lastDecline = nil
    switch behaviour {
    case .declined(let decline): return refuse(intent, decline, in: &draft)
    case .needsAuthentication where offSession: return refuse(intent, .authenticationRequired, in: &draft)
    case .needsAuthentication: intent.status = .requiresAction
    case .processing: intent.status = .processing
    case .accepted:
      let charge = newCharge(for: intent, in: &draft)
      guard intent.manualCapture else { return settle(intent, charge: charge, key: key, in: &draft) }
      intent.status = .requiresCapture
      intent.latestCharge = charge.id
      draft.change.charges.append(charge)
    }
    draft.change.intents.append(intent)
    return intent
  }

  func capture(
    _ intent: PaymentIntent, amount: Int64?, metadata: [Metadata.Pair], key: String?, in draft: inout Draft
  ) throws(StripeError) -> PaymentIntent {
    guard intent.status == .requiresCapture, let charge = intent.latestCharge.flatMap({ charges[$0] }) else {
      throw .unexpectedState(intent, doing: "captured")
    }
    let amount = amount ?? intent.amount
    guard amount <= intent.amount else {
      throw .invalid(
        "amount_too_large", "The amount to capture is greater than the amount authorized.", param: "amount_to_capture")
    }
    try checkStep(amount, intent.currency, param: "amount_to_capture")
    var intent = intent
    intent.metadata = intent.metadata.merging(metadata)
    return settle(intent, charge: charge, asking: amount, key: key, in: &draft)
  }

  /// Some currencies have steps larger than their smallest unit (see ``StripeCurrency/step``).
  func checkStep(_ amount: Int64, _ currency: String, param: String) throws(StripeError) {
    guard let step = StripeCurrency(currency)?.step, amount % step != 0 else { return }
    throw .invalid(nil, "Amounts in \(currency) must be multiples of \(step).", param: param)
  }

  func cancel(_ intent: PaymentIntent, reason: String?, in draft: inout Draft) throws(StripeError) -> PaymentIntent {
    guard [.requiresPaymentMethod, .requiresConfirmation, .requiresAction, .requiresCapture].contains(intent.status)
    else { throw .unexpectedState(intent, doing: "canceled") }
    return release(intent, reason: reason, in: &draft)
  }

  /// Ends a PaymentIntent without money, its hold let go.
  @discardableResult
  func release(_ intent: PaymentIntent, reason: String?, in draft: inout Draft) -> PaymentIntent {
    if intent.status == .requiresCapture, var charge = intent.latestCharge.flatMap({ charges[$0] }) {
      charge.released = true
      draft.change.charges.append(charge)
    }
    var intent = intent
    intent.status = .canceled
    intent.canceledAt = draft.now
    intent.cancellationReason = reason
    // A cancelled intent is no declined one, though a decline may have come before.
    intent.lastDecline = nil
    draft.change.intents.append(intent)
    return intent
  }

  func newCharge(for intent: PaymentIntent, decline: Decline? = nil, in draft: inout Draft) -> Charge {
    Charge(
      id: draft.id("ch"), intent: intent.id, amount: intent.amount, currency: intent.currency, created: draft.now,
      paymentMethod: intent.paymentMethod, decline: decline)
  }

  private func refuse(_ intent: PaymentIntent, _ decline: Decline, in draft: inout Draft) -> PaymentIntent {
    let charge = newCharge(for: intent, decline: decline, in: &draft)
    var intent = intent
    intent.status = .requiresPaymentMethod
    intent.paymentMethod = nil
    intent.latestCharge = charge.id
    intent.lastDecline = decline
    draft.change.charges.append(charge)
    draft.change.intents.append(intent)
    return intent
  }
}
