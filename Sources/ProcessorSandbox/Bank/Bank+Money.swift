extension Bank {
  /// Takes the money of a charge, with whatever mistake is due, and tells the client what was asked.
  @discardableResult
  func settle(
    _ intent: PaymentIntent, charge: Charge, asking amount: Int64? = nil, key: String?, in draft: inout Draft
  ) -> PaymentIntent {
    let asked = amount ?? intent.amount
    let anomaly = anomalies.choice(at: point(mixed(seed, key ?? intent.id)))
    var charge = charge
    charge.told = asked
    charge.taken = anomaly == .overcharge ? overcharged(asked, intent, key: key) : asked
    var intent = intent
    intent.status = .succeeded
    intent.latestCharge = charge.id
    intent.amountReceived = asked
    var movement = Movement(charge, intent, at: draft.now)
    movement.authorized = asked < charge.amount ? charge.amount : nil
    movement.idempotencyKey = key
    movement.anomaly = anomaly == .overcharge || anomaly == .missing ? anomaly : nil
    draft.change.intents.append(intent)
    draft.change.charges.append(charge)
    draft.change.movements.append(movement)
    if anomaly == .duplicate {
      takeUnasked(asked, .duplicate, like: intent, metadata: intent.metadata, in: &draft)
    } else if anomaly == .unexpected {
      let step = StripeCurrency(intent.currency)?.step ?? 1
      let random = Int64(mixed(seed ^ 0xBAD, key ?? intent.id) % 49_950 + 50) * step
      takeUnasked(random, .unexpected, like: intent, metadata: Metadata(), in: &draft)
    }
    return intent
  }

  /// 1 to 20 percent more, at least the smallest amount the currency can move by.
  private func overcharged(_ asked: Int64, _ intent: PaymentIntent, key: String?) -> Int64 {
    let step = StripeCurrency(intent.currency)?.step ?? 1
    let percent = Int64(mixed(seed ^ 0x0EC, key ?? intent.id) % 20) + 1
    return asked + max(step, asked * percent / 100 / step * step)
  }

  /// A charge that no request asked for, under a PaymentIntent of its own.
  private func takeUnasked(
    _ amount: Int64, _ anomaly: Anomaly, like asked: PaymentIntent, metadata: Metadata, in draft: inout Draft
  ) {
    var intent = PaymentIntent(
      id: draft.id("pi"), amount: amount, currency: asked.currency, created: draft.now, manualCapture: false,
      customer: anomaly == .duplicate ? asked.customer : nil,
      description: anomaly == .duplicate ? asked.description : nil, metadata: metadata, status: .succeeded,
      paymentMethod: asked.paymentMethod, amountReceived: amount)
    var charge = newCharge(for: intent, in: &draft)
    charge.told = amount
    charge.taken = amount
    intent.latestCharge = charge.id
    var movement = Movement(charge, intent, at: draft.now)
    movement.anomaly = anomaly
    draft.change.intents.append(intent)
    draft.change.charges.append(charge)
    draft.change.movements.append(movement)
  }
}

extension Movement {
  fileprivate init(_ charge: Charge, _ intent: PaymentIntent, at now: Int64) {
    let taken = charge.taken ?? 0
    self.init(
      id: charge.id, kind: .charge, amount: taken,
      fee: StripeCurrency(charge.currency)?.fee(on: taken) ?? 0, currency: charge.currency, created: now,
      intent: intent.id, metadata: intent.metadata)
  }
}
