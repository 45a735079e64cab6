import SettleModel

/// A processor in memory with the parts of Stripe's behaviour that decide whether money moves once: idempotency keys
/// with saved answers that are pruned, payments by state, its own mistakes, and lists that lag.
final class SimulatedProcessor {
  static let keyLife: Duration = .seconds(24 * 3_600)

  unowned let world: World
  private(set) var ledger: [LedgerEntry] = []
  private(set) var intents: [String: SimulatedIntent] = [:]
  /// In order of creation, as lists give them.
  private(set) var order: [String] = []
  private(set) var charges: [String: SimulatedCharge] = [:]
  private(set) var refunds: [SimulatedRefund] = []
  private var keys: [String: SavedKey] = [:]
  private var made = 0
  /// Whether it refuses to give back more of a charge than it took. Stripe does; settle must not lean on it.
  let guardsRefunds: Bool
  /// By how much its clock is off from settle's.
  let skew: Duration
  /// How long a new object stays out of lists.
  let lag: Duration

  init(world: World, guardsRefunds: Bool, skew: Duration, lag: Duration) {
    self.world = world
    self.guardsRefunds = guardsRefunds
    self.skew = skew
    self.lag = lag
  }

  var clock: Timestamp { world.now.adding(skew) }

  /// A request arrives. `reply` is called at once, or when it has been carried out.
  func receive(_ request: SimulatedRequest, reply: @escaping (ProcessorAnswer) -> Void) {
    if let saved = keys[request.key] {
      let pruned = world.time - saved.firstUsed >= Self.keyLife.inMicroseconds
      if !pruned || saved.answer == nil { return reply(repeated(request, saved)) }
    }
    keys[request.key] = SavedKey(fingerprint: request.body, answer: nil, firstUsed: world.time)
    let weather = world.weather
    if world.dice.happens(weather.brokenBefore) {
      keys[request.key] = nil
      world.note("processor answers 500 to \(request.key) before anything is done")
      return reply(.unknown(why: "HTTP 500", replayed: false))
    }
    world.after(world.dice.milliseconds(20...400)) { [self] in
      var answer: ProcessorAnswer
      var said: ProcessorAnswer
      if world.dice.happens(weather.savedError) {
        if world.dice.happens(5_000) { _ = carryOut(request.operation) }
        answer = .unknown(why: "HTTP 500", replayed: true)
        said = .unknown(why: "HTTP 500", replayed: false)
        world.note("processor saves a 500 for \(request.key)")
      } else {
        answer = carryOut(request.operation)
        said = answer
        world.note("processor answers \(request.key): \(answer.word)")
      }
      keys[request.key]?.answer = answer
      reply(said)
    }
  }

  private func repeated(_ request: SimulatedRequest, _ saved: SavedKey) -> ProcessorAnswer {
    guard saved.fingerprint == request.body else {
      world.note("processor refuses \(request.key): known with another body")
      return .keyMismatch(why: "known with other parameters")
    }
    guard let answer = saved.answer else {
      world.note("processor answers 409: \(request.key) is in use")
      return .unknown(why: "HTTP 409", replayed: false)
    }
    world.statistics.replays += 1
    world.note("processor repeats what it answered to \(request.key): \(answer.word)")
    return answer
  }

  private func carryOut(_ operation: ProcessorOperation) -> ProcessorAnswer {
    switch operation {
    case .charge(let order): charge(order)
    case .confirm(let order, let id): confirm(order, id)
    case .capture(let order, let id): capture(order, id)
    case .cancel(_, let id): cancel(id)
    case .refund(let order): refund(order)
    }
  }

  func newID(_ prefix: String) -> String {
    made += 1
    return "\(prefix)_\(made)"
  }

  func keep(_ intent: SimulatedIntent) {
    if intents[intent.id] == nil { order.append(intent.id) }
    intents[intent.id] = intent
  }

  func change(_ id: String, _ body: (inout SimulatedIntent) -> Void) {
    if var intent = intents[id] {
      body(&intent)
      intents[id] = intent
    }
  }

  func keep(_ charge: SimulatedCharge) { charges[charge.id] = charge }

  func keep(_ refund: SimulatedRefund) { refunds.append(refund) }

  func enter(_ kind: LedgerEntry.Kind, _ id: String, of charge: SimulatedCharge, _ amount: Int64) {
    ledger.append(
      LedgerEntry(
        kind: kind, id: id, charge: charge.id, payment: charge.payment, amount: amount, isAnomaly: charge.isAnomaly,
        at: world.now))
  }

  func finish(refund id: String, as state: ProcessorRefund.State) {
    guard let place = refunds.firstIndex(where: { $0.id == id }), let charge = charges[refunds[place].charge]
    else { return }
    let refund = refunds[place]
    guard refund.state == .pending || refund.state == .succeeded, refund.state != state else { return }
    if state == .succeeded { enter(.refund, id, of: charge, refund.amount.minor) }
    if state == .failed {
      if refund.state == .succeeded { enter(.refundReversal, id, of: charge, refund.amount.minor) }
      charges[charge.id]?.refunded -= refund.amount.minor
    }
    refunds[place].state = state
    world.note("processor: refund \(id) is now \(state)")
  }
}

extension Duration {
  var inMicroseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

extension ProcessorAnswer {
  /// A word for the transcript.
  var word: String {
    switch self {
    case .charged(let charge): "charged \(charge.processorPayment)"
    case .refunded(let refund): "refund \(refund.reference) \(refund.state)"
    case .pending(let reference): "pending \(reference)"
    case .canceled: "canceled"
    case .declined(let decline): "declined \(decline.code)"
    case .refused(let code, _): "refused \(code)"
    case .unknown(let why, let replayed): "unknown (\(why)\(replayed ? ", saved" : ""))"
    case .unreachable: "unreachable"
    case .later: "come back later"
    case .notPermitted: "not permitted"
    case .keyMismatch: "key mismatch"
    }
  }
}
