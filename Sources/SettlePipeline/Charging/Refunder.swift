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
  private var heldBack: Int64 = 0
  private var failed: Int64 = 0
  private var unknown: Int64 = 0

  init(context: RunContext) { self.context = context }

  func report(stop: Failure?) -> StageReport {
    var report = StageReport(counts: [
      ("refunded", refunded), ("held_back", heldBack), ("failed", failed), ("unknown", unknown),
    ])
    report.stop = stop
    if stop == nil, unknown > 0 {
      report.stop = Failure(StageStop.later("\(unknown) refunds have no known outcome yet"))
    }
    return report
  }

  /// Refunds a break if a rule says so and the charge allows it; else writes down why not.
  mutating func consider(_ candidate: RefundCandidate) async throws {
    var spent = try await spentSoFar()
    switch context.pipeline.refund.decide(candidate.subject, spent: spent) {
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
    return RefundID(charge: charge + drawn, reason: candidate.subject.reason, askedFor: candidate.breakID)
  }

  /// Sends a stored refund, repeats it with its own key while its outcome is not known, and records what came of it.
  mutating func send(_ refund: StoredRefund) async throws {
    let processor = try await connected()
    let permit = context.permit
    let clock = context.clock
    var lifecycle = RefundLifecycle(
      storedAt: refund.storedAt, keyLife: processor.keyLife, margin: context.pipeline.charge.keyMargin)
    while true {
      let step: RefundLifecycle.Step
      let keyExpires = lifecycle.keyExpires
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
        let found = try await processor.refunds(of: refund.order.processorCharge)
          .first { $0.refund == refund.order.refund }
        return try await record(found.map(RefundLifecycle.result(of:)) ?? .unknown(why: why), of: refund.order)
      case .stop(let stop):
        try await record(.unknown(why: "the stage stopped"), of: refund.order)
        throw stop
      }
    }
  }

  private mutating func record(_ result: RefundResult, of order: RefundOrder) async throws {
    switch result {
    case .processed, .pending: refunded += 1
    case .failed: failed += 1
    case .unknown: unknown += 1
    }
    let load = context.load
    FaultPoint.beforeRecord.reached()
    try await context.write { try $0.record(result, of: order, context: load) }
  }

  private mutating func reserve(
    _ order: RefundOrder, _ candidate: RefundCandidate, _ rule: RefundRule, _ charge: ProcessorCharge,
    _ processor: any ProcessorAdapter
  ) async throws -> StoredRefund? {
    let request = try processor.request(for: .refund(order))
    let load = context.load
    let run = context.run
    do {
      return try await context.write { db in
        try db.reserveRefund(
          order, for: candidate.breakID, rule: "\(rule.when.rawValue): \(rule.portion.rawValue)", request: request,
          charge: charge, run: run, context: load)
      }
    } catch let held as HeldBack {
      try await hold(candidate, held.why)
      return nil
    }
  }

  private mutating func hold(_ candidate: RefundCandidate, _ held: RefundPolicy.Held) async throws {
    heldBack += 1
    guard candidate.heldBack != held else { return }
    _ = try await context.write { try $0.holdBack(candidate.breakID, of: candidate.payment, because: held) }
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
