import Faults
import Postgres
import SettleModel
import SettleStore

/// One run's refunds: decides by the rules, checks the processor's own figures, stores, sends and records.
struct Refunder {
  let context: RunContext
  private var processor: (any ProcessorAdapter)?
  private var spent: RefundPolicy.Spent?
  private var refunded: Int64 = 0
  private var pending: Int64 = 0
  private var heldBack: Int64 = 0
  private var failed: Int64 = 0
  private var unknown: Int64 = 0
  /// Something was learnt of a refund of an earlier run, after this run's reconciliation had looked at it.
  private(set) var hasNews = false

  init(context: RunContext) { self.context = context }

  func report(stop: Failure?) -> StageReport {
    var report = StageReport(counts: [
      ("refunded", refunded), ("pending", pending), ("held_back", heldBack), ("failed", failed), ("unknown", unknown),
    ])
    report.stop = stop
    if stop == nil, unknown > 0 {
      report.stop = Failure(StageStop.later("\(unknown.of("refund has", "refunds have")) no known outcome yet"))
    }
    return report
  }

  /// Asks about refunds that the processor took on before and records what became of them: those that were not finished
  /// and those that may have failed since.
  mutating func follow(_ refunds: [KnownRefund]) async throws {
    guard !refunds.isEmpty else { return }
    let processor = try await connected()
    pending += Int64(refunds.filter(\.isUnfinished).count)
    for (refund, result) in try await RefundLookUp(processor: processor).news(of: refunds, at: context.clock()) {
      if refund.isUnfinished { pending -= 1 }
      try await record(result, of: refund.order)
      if result.processorState != nil { hasNews = true }
    }
  }

  /// Refunds a break if a rule says so and the charge allows it; else writes down why not.
  mutating func consider(_ candidate: RefundCandidate) async throws {
    var spent = try await spentSoFar()
    switch candidate.decision(by: context.pipeline.refund, spent: spent) {
    case .noRule: return
    case .heldBack(let held): try await hold(candidate, held)
    case .refund(let amount, let rule):
      guard let reference = candidate.processorCharge else { return try await hold(candidate, .chargeNotFound) }
      let order = RefundOrder(
        refund: Self.identity(of: candidate, charge: reference),
        payment: candidate.payment, processorCharge: reference, amount: amount, reason: candidate.subject.reason)
      let processor = try await connected()
      guard let charge = try await processor.charge(reference) else {
        return try await hold(candidate, .chargeNotFound)
      }
      if let held = candidate.contradiction(by: charge, refunding: amount) { return try await hold(candidate, held) }
      if let own = candidate.ownReference,
        let held = candidate.contradiction(byOwn: try await processor.charge(own))
      {
        return try await hold(candidate, held)
      }
      FaultPoint.beforeReserve.reached()
      guard let refund = try await reserve(order, candidate, rule, charge, processor) else { return }
      spent.add(amount)
      self.spent = spent
      FaultPoint.afterReserve.reached()
      try await send(refund)
    }
  }

  private static func identity(of candidate: RefundCandidate, charge: String) -> RefundID {
    let drawn = Defect.refundRandomID.isSeeded ? "\(UInt64.random(in: 0 ... .max))" : ""
    return candidate.refundID(of: charge + drawn)
  }

  /// Takes up a refund that an earlier run left without an answer.
  mutating func resume(_ refund: StoredRefund) async throws {
    let before = unknown
    try await send(refund)
    if unknown == before { hasNews = true }
  }

  /// Sends a stored refund, repeats it with its own key while its outcome is not known, and records what came of it.
  /// Where it may not be sent (the permit was refused) it stays as it was stored.
  private mutating func send(_ refund: StoredRefund) async throws {
    let processor = try await connected()
    let permit = context.permit
    let clock = context.clock
    var lifecycle = RefundLifecycle(keyExpires: refund.keyExpires)
    let keyExpires = lifecycle.keyExpires
    while true {
      let step: RefundLifecycle.Step
      do {
        let answer = try await processor.send(refund.request.keyed(anew: .refundRandomKey)) {
          guard !Defect.noCallGuard.isSeeded else { return }
          try permit()
          guard clock() < keyExpires else { throw KeyExpired() }
        }
        step = lifecycle.answered(answer, at: clock())
      } catch is KeyExpired {
        step = .lookUp(why: KeyExpired.why)
      }
      switch step {
      case .end(let result): return try await record(result, of: refund.order)
      case .repeatSame(let pause): try await Task.sleep(for: pause)
      case .lookUp(let why):
        let listed = try await processor.refunds(of: refund.order.processorCharge)
        return try await record(
          RefundLifecycle.result(of: refund.order, among: listed, otherwise: why), of: refund.order)
      case .stop(let stop):
        try await record(.unknown(why: "the stage stopped"), of: refund.order)
        throw stop
      }
    }
  }

  private mutating func record(_ result: RefundResult, of order: RefundOrder) async throws {
    switch result {
    case .processed: refunded += 1
    case .pending, .requiresAction: pending += 1
    case .failed, .canceled: failed += 1
    case .unknown: unknown += 1
    }
    let load = context.load
    FaultPoint.beforeRecord.reached()
    // What the processor has said is kept, though the run was told to stop meanwhile.
    try await Uncancelled.run { [context] in
      try await context.write { try $0.record(result, of: order, context: load) }
    }
  }

  private mutating func reserve(
    _ order: RefundOrder, _ candidate: RefundCandidate, _ rule: RefundRule, _ charge: ProcessorCharge,
    _ processor: any ProcessorAdapter
  ) async throws -> StoredRefund? {
    let load = context.load
    let (run, limits) = (context.run, context.pipeline.refund)
    let keyLife = processor.keyLife - context.pipeline.charge.keyMargin
    let name = candidate.decided == nil ? "\(rule.when.rawValue): \(rule.portion.rawValue)" : "decision"
    do {
      let request = try processor.request(for: .refund(order))
      return try await context.write { db in
        try db.reserveRefund(
          order, for: candidate.breakID, rule: name, request: request, charge: charge, keyLife: keyLife, within: limits,
          run: run, context: load)
      }
    } catch let held as HeldBack {
      try await hold(candidate, held.why)
    } catch ProcessorRefusal.unsupported {
      // One that the processor cannot take at all must not keep it from the others.
      try await hold(candidate, .unsupported)
    }
    return nil
  }

  private mutating func hold(_ candidate: RefundCandidate, _ held: RefundPolicy.Held) async throws {
    heldBack += 1
    guard candidate.heldBack != held else { return }
    let load = context.load
    _ = try await context.write {
      try $0.holdBack(candidate.breakID, of: candidate.payment, because: held, context: load)
    }
  }

  private mutating func spentSoFar() async throws -> RefundPolicy.Spent {
    if let spent { return spent }
    let load = context.load
    let run = context.run
    let read = try await context.store.pool.session { try $0.refundsSpent(run: run, context: load) }
    spent = read
    return read
  }

  private mutating func connected() async throws -> any ProcessorAdapter {
    if let processor { return processor }
    let connected = try await context.processor()
    try await ChargeStage.bind(connected, context)
    processor = connected
    return connected
  }
}
