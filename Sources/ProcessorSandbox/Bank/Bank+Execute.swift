/// What came of an order.
struct Verdict: Sendable {
  let reply: Reply
  /// The answer is a saved one; nothing was done.
  let replayed: Bool
  /// What was done, to be kept before the answer goes out.
  let changes: [Change]
}

extension Bank {
  /// Carries an order out, or answers what is saved for its key.
  ///
  /// As Stripe does, whatever came of an execution is saved, errors too; a key with other parameters is refused and
  /// saves nothing. The parameters' form was checked before an ``Order`` could be made.
  mutating func execute(_ order: Order, wall: Int64) -> Verdict {
    let changes = tick(wall: wall)
    let now = instant(wall: wall)
    let key = order.key.map { SavedReply.Key(account: order.account, key: $0) }
    if let known = key.flatMap({ saved[$0] }) {
      let same = known.fingerprint == order.fingerprint
      return Verdict(reply: same ? known.reply : .failure(.otherParameters), replayed: same, changes: changes)
    }
    var draft = Draft(of: self, at: now)
    var reply: Reply
    do throws(StripeError) {
      reply = try carryOut(order, in: &draft)
    } catch {
      reply = .failure(error)
      draft = Draft(of: self, at: now)
    }
    if order.endsInError { reply = .failure(.server) }
    if let key {
      draft.keepSnapshot(of: reply)
      draft.change.saved = SavedReply(key: key, fingerprint: order.fingerprint, created: now, reply: reply)
    }
    apply(draft.change)
    return Verdict(reply: reply, replayed: false, changes: changes + [draft.change])
  }

  /// What happens by itself as time goes by: payouts, lapsed holds, ended processing, refunds' ends, forgotten keys.
  mutating func tick(wall: Int64) -> [Change] {
    let now = instant(wall: wall)
    saved.prune(savedUntil: now - keyLife)
    var draft = Draft(of: self, at: now)
    for (day, currency, net) in payouts.due(at: now) {
      let payout = Payout(id: draft.id("po"), day: day, currency: currency, amount: net)
      draft.change.payouts.append(payout)
      draft.change.movements.append(
        Movement(
          id: payout.id, kind: .payout, amount: net, fee: 0, currency: currency, created: (day + 1) * 86_400))
    }
    while let id = holds.popDue(at: now) {
      if let intent = intents[id], intent.status == .requiresCapture {
        release(intent, reason: "automatic", in: &draft)
      }
    }
    while let id = processing.popDue(at: now) {
      if let intent = intents[id], intent.status == .processing {
        settle(intent, charge: newCharge(for: intent, in: &draft), key: nil, in: &draft)
      }
    }
    finishRefunds(in: &draft)
    guard draft.change != Change(at: now, serial: serial) else { return [] }
    apply(draft.change)
    return [draft.change]
  }

  /// Moves the clock forward by whole seconds and does what falls due on the way.
  mutating func advance(by seconds: Int64, wall: Int64) -> [Change] {
    var draft = Draft(of: self, at: instant(wall: wall) + seconds)
    draft.change.clockOffset = clockOffset + seconds
    apply(draft.change)
    return [draft.change] + tick(wall: wall)
  }

  private func carryOut(_ order: Order, in draft: inout Draft) throws(StripeError) -> Reply {
    let intent: PaymentIntent
    switch order.command {
    case .createIntent(let new): intent = try create(new, key: order.key, in: &draft)
    case .confirm(let id, let paymentMethod, let offSession):
      intent = try confirm(
        try known(id), paymentMethod: paymentMethod, offSession: offSession, key: order.key, in: &draft)
    case .capture(let id, let amount, let metadata):
      intent = try capture(try known(id), amount: amount, metadata: metadata, key: order.key, in: &draft)
    case .update(let id, let description, let metadata):
      return .intent(
        update(try known(id), description: description, metadata: metadata, in: &draft), charge: nil)
    case .cancel(let id, let reason): intent = try cancel(try known(id), reason: reason, in: &draft)
    case .refund(let new): return .refund(try refund(new, in: &draft))
    case .cancelRefund(let id): return .refund(try cancelRefund(id, in: &draft))
    }
    if let decline = intent.lastDecline, intent.status == .requiresPaymentMethod {
      return .failure(.declined(decline, intent))
    }
    guard order.expandsCharge, let id = intent.latestCharge else { return .intent(intent, charge: nil) }
    return .intent(intent, charge: draft.change.charges.last { $0.id == id } ?? charges[id])
  }

  private func known(_ id: String) throws(StripeError) -> PaymentIntent {
    guard let intent = intents[id] else { throw .missing("payment_intent", id, param: "intent") }
    return intent
  }
}

extension StripeError {
  fileprivate static func declined(_ decline: Decline, _ intent: PaymentIntent) -> StripeError {
    StripeError(
      status: 402, kind: .card, code: decline.code, declineCode: decline.declineCode, message: decline.message,
      charge: intent.latestCharge, intent: intent)
  }
}

extension Draft {
  /// The journal writes a saved answer as ids of objects in the same change, so they must stand in it.
  fileprivate mutating func keepSnapshot(of reply: Reply) {
    switch reply {
    case .failure(let error):
      guard let intent = error.intent, !change.intents.contains(where: { $0.id == intent.id }) else { return }
      change.intents.append(intent)
    case .intent(_, let charge?):
      guard !change.charges.contains(where: { $0.id == charge.id }) else { return }
      change.charges.append(charge)
    case .intent(_, nil), .refund: return
    }
  }
}
