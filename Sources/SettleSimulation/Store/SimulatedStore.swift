import SettleModel

/// The transitions that settle's store guarantees, each one transaction: attempts stored before they are sent, one
/// open attempt a payment, states that only rise, writes that carry the run's token.
struct SimulatedStore {
  var payments: [PaymentID: SimulatedPayment] = [:]
  /// Payments in a fixed order.
  var order: [PaymentID] = []
  /// The attempts of a payment, by number from 1.
  var attempts: [PaymentID: [SimulatedAttempt]] = [:]
  /// Payments whose latest attempt is open.
  var open: Set<PaymentID> = []
  var refunds: [RefundID: SimulatedRefundRow] = [:]
  var breaks: [SimulatedBreak] = []
  var outcomes: [String: SimulatedOutcome] = [:]
  /// The charges that files or answers told of, and whose payment they are.
  var charges: [String: PaymentID] = [:]
  /// Set while the store has not looked yet for what another life of it may have charged.
  var mustLookFirst = true
  var lease = SimulatedLease()

  /// Takes an authorization from the inbox, by the contract's table of what comes again.
  mutating func ingest(_ id: PaymentID, _ amount: Money, _ instrument: Instrument, _ authorizedAt: Timestamp) {
    guard var payment = payments[id] else {
      payments[id] = SimulatedPayment(id: id, amount: amount, instrument: instrument, authorizedAt: authorizedAt)
      order.append(id)
      return
    }
    guard payment.instrument != instrument, payment.state != .succeeded, !open.contains(id) else { return }
    payment.instrument = instrument
    payment.authorizedAt = authorizedAt
    payment.isDue = true
    payments[id] = payment
  }

  // MARK: Charging

  var openAttempts: [SimulatedAttempt] { order.filter(open.contains).compactMap { attempts[$0]?.last } }

  func openAttempts(lookUp: Bool) -> [SimulatedAttempt] { openAttempts.filter { $0.lookUp == lookUp } }

  /// Claims due payments: each gets its attempt with the exact request, before anything is sent.
  ///
  /// - Parameter keeping: whether the attempts are stored; a seeded defect keeps them in the process alone.
  mutating func claim(_ size: Int, at now: Timestamp, keeping: Bool = true) -> [SimulatedAttempt] {
    var claimed: [SimulatedAttempt] = []
    for id in order {
      guard claimed.count < size, let payment = payments[id], payment.isDue else { continue }
      let attempt = SimulatedAttempt(
        payment: id, number: payment.attempts + 1, amount: payment.amount,
        request: SimulatedRequest(Self.operation(payment)), storedAt: now)
      if keeping { keep(attempt) }
      claimed.append(attempt)
    }
    return claimed
  }

  mutating func keep(_ attempt: SimulatedAttempt) {
    guard !open.contains(attempt.payment), payments[attempt.payment]?.state != .succeeded else { return }
    attempts[attempt.payment, default: []].append(attempt)
    open.insert(attempt.payment)
    payments[attempt.payment]?.attempts += 1
    payments[attempt.payment]?.isDue = false
  }

  private static func operation(_ payment: SimulatedPayment) -> ProcessorOperation {
    let order = ChargeOrder(
      payment: payment.id, orderReference: "", attempt: payment.attempts + 1, amount: payment.amount,
      instrument: payment.instrument)
    if let hold = payment.instrument.hold { return .capture(order, hold: hold) }
    if let intent = payment.intent { return .confirm(order, processorPayment: intent) }
    return .charge(order)
  }

  /// Records an answer. Recording it twice changes nothing: only an open attempt is closed, and states only rise.
  mutating func record(_ result: SimulatedResult) {
    switch result.outcome {
    case .ended(.succeeded(let charge, _)):
      close(result, as: .succeeded)
      succeed(result.payment, intent: charge.processorPayment, charge: charge.processorCharge)
    case .ended(.declined(let decline)):
      guard close(result, as: .declined) else { return }
      fail(result.payment, intent: decline.processorPayment)
    case .ended(.refused):
      guard close(result, as: .refused) else { return }
      fail(result.payment, intent: nil)
    case .open(_, let lookUp, let intent):
      guard isOpen(result) else { return }
      if lookUp { changeLast(result.payment) { $0.lookUp = true } }
      if let intent, payments[result.payment]?.intent == nil { payments[result.payment]?.intent = intent }
    }
  }

  private func isOpen(_ result: SimulatedResult) -> Bool {
    open.contains(result.payment) && attempts[result.payment]?.last?.number == result.attempt
  }

  @discardableResult
  private mutating func close(_ result: SimulatedResult, as state: SimulatedAttempt.State) -> Bool {
    guard isOpen(result) else { return false }
    changeLast(result.payment) { $0.state = state }
    open.remove(result.payment)
    return true
  }

  private mutating func changeLast(_ id: PaymentID, _ body: (inout SimulatedAttempt) -> Void) {
    guard var list = attempts[id], !list.isEmpty else { return }
    body(&list[list.count - 1])
    attempts[id] = list
  }

  mutating func succeed(_ id: PaymentID, intent: String, charge: String?) {
    if let charge { charges[charge] = id }
    guard var payment = payments[id], payment.state != .succeeded else { return }
    payment.state = payment.state.told(.succeeded)
    payment.intent = intent
    payment.charge = charge
    payment.isDue = false
    payments[id] = payment
  }

  private mutating func fail(_ id: PaymentID, intent: String?) {
    guard var payment = payments[id], payment.state != .succeeded else { return }
    payment.state = payment.state.told(.failed)
    payment.intent = intent ?? payment.intent
    payments[id] = payment
  }

  /// Gives back attempts that were claimed and certainly never sent.
  mutating func release(_ left: [SimulatedAttempt]) {
    for attempt in left {
      guard open.contains(attempt.payment), attempts[attempt.payment]?.last?.number == attempt.number else { continue }
      changeLast(attempt.payment) { $0.state = .superseded }
      open.remove(attempt.payment)
      if payments[attempt.payment]?.state != .succeeded { payments[attempt.payment]?.isDue = true }
    }
  }

  /// From when on the processor's list must be gone through before anything due is charged.
  ///
  /// - Parameter before: how much earlier than its latest terms an authorization may have made a processor payment:
  ///   a customer who brings another card agrees anew, and that card confirms what the first one made.
  func doubtfulSince(keysExpiredBefore: Timestamp, before: Duration) -> Timestamp? {
    order.compactMap { payments[$0] }.filter { payment in
      payment.isDue && payment.instrument.hold == nil
        && (mustLookFirst || payment.authorizedAt < keysExpiredBefore
          || payment.intent == nil && attempts[payment.id]?.contains { $0.state == .declined } == true)
    }.map(\.authorizedAt).min()?.adding(.zero - before)
  }

  /// Takes over what the processor's list tells of payments that have not succeeded here. Newest first, so the oldest
  /// success wins.
  mutating func adopt(_ found: [ProcessorCharge], at now: Timestamp) {
    for charge in found.reversed() {
      guard let id = charge.payment, let payment = payments[id], payment.state != .succeeded else { continue }
      // The next attempt's number, and with it the next key, lies above all that the processor has seen.
      payments[id]?.attempts = max(payment.attempts, charge.attempt ?? 0)
      switch charge.state {
      case .succeeded:
        if open.contains(id) {
          changeLast(id) { $0.state = .succeeded }
          open.remove(id)
        }
        succeed(id, intent: charge.processorPayment, charge: charge.processorCharge)
      case .pending where payment.isDue: leaveOpen(payment, charge, at: now)
      case .failed where payment.intent == nil && payment.instrument.hold == nil:
        payments[id]?.intent = charge.processorPayment
      default: break
      }
    }
  }

  /// What is undecided at the processor is waited for, and not charged meanwhile.
  private mutating func leaveOpen(_ payment: SimulatedPayment, _ charge: ProcessorCharge, at now: Timestamp) {
    guard !open.contains(payment.id) else { return }
    var attempt = SimulatedAttempt(
      payment: payment.id, number: charge.attempt ?? 1, amount: payment.amount,
      request: SimulatedRequest(Self.operation(payment)), storedAt: now)
    attempt.lookUp = true
    attempts[payment.id, default: []].append(attempt)
    open.insert(payment.id)
    payments[payment.id]?.isDue = false
    payments[payment.id]?.intent = charge.processorPayment
  }
}

extension SimulatedStore {
  /// Makes a failed payment due again: what a seeded defect does with one that it only believes to have failed.
  mutating func retry(_ id: PaymentID) {
    if payments[id]?.state != .succeeded, !open.contains(id) { payments[id]?.isDue = true }
  }
}
