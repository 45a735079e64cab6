/// The processor itself: objects, movements and saved answers, decided by commands on an injected clock.
///
/// It knows no network and no disk. A command becomes a ``Change``, and only ``apply(_:)`` changes anything, so that
/// reading the journal back gives the very state that answered.
struct Bank: Sendable {
  let identifiers: Identifiers
  let keyLife: Int64
  let anomalies: AnomalyRates

  private(set) var intents = Shelf<PaymentIntent>()
  private(set) var charges = Shelf<Charge>()
  private(set) var refunds = Shelf<Refund>()
  private(set) var movements: [Movement] = []
  private(set) var chargesOfIntent: [String: [String]] = [:]
  private(set) var refundsOfCharge: [String: [String]] = [:]
  private(set) var anomalyCounts: [Anomaly: Int] = [:]
  private(set) var serial: UInt64 = 0
  private(set) var clockOffset: Int64 = 0
  var saved = SavedReplies()
  var payouts = PayoutDays()
  var processing = Deadlines()
  var holds = Deadlines()
  /// Refunds whose end comes after a day, and such that wait for their customer for 45.
  var unfinishedRefunds = Deadlines()
  var waitingRefunds = Deadlines()
  private var lastInstant: Int64 = 0

  var seed: UInt64 { identifiers.seed }

  init(seed: UInt64, keyLife: Int64, anomalies: AnomalyRates) {
    identifiers = Identifiers(seed: seed)
    self.keyLife = keyLife
    self.anomalies = anomalies
  }

  /// The sandbox's clock for a wall clock's Unix seconds; it never goes back, whatever the wall clock does.
  func instant(wall: Int64) -> Int64 {
    max(lastInstant, wall + clockOffset)
  }

  mutating func apply(_ change: Change) {
    lastInstant = max(lastInstant, change.at)
    serial = change.serial
    if let offset = change.clockOffset { clockOffset = offset }
    for intent in change.intents {
      scheduleEnd(of: intent, at: change.at)
      intents.put(intent, id: intent.id)
    }
    for charge in change.charges where charges.put(charge, id: charge.id) {
      chargesOfIntent[charge.intent, default: []].append(charge.id)
    }
    for refund in change.refunds { scheduleEnd(of: refund, at: change.at) }
    for refund in change.refunds where refunds.put(refund, id: refund.id) {
      refundsOfCharge[refund.charge, default: []].append(refund.id)
    }
    for payout in change.payouts {
      payouts.close(payout)
    }
    for movement in change.movements {
      movements.append(movement)
      payouts.add(movement)
      if let anomaly = movement.anomaly { anomalyCounts[anomaly, default: 0] += 1 }
    }
    if let reply = change.saved { saved.put(reply) }
  }

  /// Stripe lets a hold go after seven days; `processing` ends after one, which is the sandbox's own choice.
  private mutating func scheduleEnd(of intent: PaymentIntent, at now: Int64) {
    guard intent.status != intents[intent.id]?.status else { return }
    switch intent.status {
    case .requiresCapture: holds.add(intent.id, due: now + 7 * 86_400)
    case .processing: processing.add(intent.id, due: now + 86_400)
    default: break
    }
  }

  /// A day is the sandbox's own choice; Stripe lets a customer take 45.
  private mutating func scheduleEnd(of refund: Refund, at now: Int64) {
    guard refunds[refund.id] == nil else { return }
    switch RefundBehaviour(of: charges[refund.charge]) {
    case .immediate: break
    case .pending, .pendingThenFails, .failsLater: unfinishedRefunds.add(refund.id, due: now + 86_400)
    case .needsAction: waitingRefunds.add(refund.id, due: now + 45 * 86_400)
    }
  }
}

/// A change in the making: what is added to it, and the serial numbers it draws.
struct Draft {
  var change: Change
  private let identifiers: Identifiers

  init(of bank: Bank, at now: Int64) {
    change = Change(at: now, serial: bank.serial)
    identifiers = bank.identifiers
  }

  var now: Int64 { change.at }

  mutating func id(_ prefix: String) -> String {
    defer { change.serial += 1 }
    return identifiers.id(prefix, serial: change.serial)
  }
}
