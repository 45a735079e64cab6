import Faults
import Postgres
import SettleModel
import SettleStore

/// Asks the processor for every payment that is due, exactly once each, whatever dies on the way.
///
/// 1. Attempts that an earlier run left open are repeated with their own bytes and key.
/// 2. Due payments are claimed in batches, stored, sent and recorded.
/// 3. What is still open is looked up, and repeated, a few times over.
struct ChargeStage: Stage {
  let name = StageName.charge
  let unit = "charges"

  /// How often step 3 is gone through before the rest is left to a later run.
  private static let rounds = 4
  private static let page = 500

  func perform(_ context: RunContext) async throws -> StageReport {
    let load = context.load
    let (open, due) = try await context.store.pool.session { db in
      (try db.openAttemptCount(context: load), try db.chargesDue(context: load))
    }
    let total = open + due.reduce(0) { $0 + $1.count }
    guard total > 0 else { return StageReport(counts: [("charged", 0)]) }
    context.progress.begin(name, of: total, unit: unit)
    let recorder = AnswerRecorder(
      record: { group in
        let load = context.load
        FaultPoint.beforeRecord.reached()
        try await context.write { try $0.record(group, context: load) }
      }, advanced: { context.progress.advance(name, to: min($0, total), of: total) })
    let unsendable = Count()
    var stop: Failure?
    do {
      stop = try await charge(context, recorder, unsendable).map { Failure($0) }
    } catch {
      // What was charged before is told all the same.
      stop = Failure(error)
    }
    return try await Self.report(await recorder.tally, unsendable: await unsendable.value, stop, context)
  }

  private func charge(
    _ context: RunContext, _ recorder: AnswerRecorder, _ unsendable: Count
  ) async throws -> StageStop? {
    let processor = try await context.processor()
    let isNew = try await Self.bind(processor, context)
    let workers = ChargeWorkers(
      sender: AttemptSender(
        processor: processor, keyMargin: context.pipeline.charge.keyMargin, permit: context.permit,
        clock: context.clock),
      recorder: recorder, concurrency: context.pipeline.charge.concurrency,
      release: { attempts in
        let load = context.load
        try await Uncancelled.run { try await context.write { try $0.release(attempts, context: load) } }
      })
    if let stop = try await workers.drain(Self.openAttempts(context), releasing: false) { return stop }
    try await adoptKnown(context, processor, isNew: isNew)
    if let stop = try await workers.drain(Self.dueCharges(context, processor, unsendable), releasing: true) {
      return stop
    }
    return try await Self.resolve(context, processor, workers)
  }

  /// Looks for what is due in the processor's own list first, wherever an idempotency key could no longer protect it.
  private func adoptKnown(_ context: RunContext, _ processor: any ProcessorAdapter, isNew: Bool) async throws {
    let load = context.load
    let expired = load.now.adding(.zero - (processor.keyLife - context.pipeline.charge.keyMargin))
    let since = try await context.store.pool.session {
      try $0.doubtfulSince(everything: isNew, keysExpiredBefore: expired, context: load)
    }
    guard let since, !Defect.noLookUpFirst.isSeeded else { return }
    context.progress.note(name, "looking for earlier charges of what is due")
    let found = Count()
    try await processor.charges(since: since.adding(.zero - ChargeLookUp.clockSkew)) { page in
      await found.add(try await context.write { try $0.adopt(page, context: load) })
    }
    let adopted = await found.value
    if adopted > 0 { context.progress.note(name, "\(adopted) were charged before, and are not charged again") }
  }

  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport {
    let due = try db.chargesDue(context: context.load)
    var report = StageReport(counts: [("to_charge", due.reduce(0) { $0 + $1.count })])
    report.notes = due.map { "charge: \($0.amount) in \($0.count) payments would be asked for" }
    report.counts.append(("to_ask_again", try db.openAttemptCount(context: context.load)))
    return report
  }

  /// A store and its processor account belong together: idempotency keys mean nothing at another.
  /// Returns whether the two have only now met.
  @discardableResult
  static func bind(_ processor: any ProcessorAdapter, _ context: RunContext) async throws -> Bool {
    let account = try await processor.account()
    let name = processor.name
    return try await context.write { try $0.bind(to: account, of: name) }
  }

  private static func openAttempts(_ context: RunContext) -> AttemptQueue {
    let last = LastSeen()
    return AttemptQueue(lowWater: 0) {
      let after = await last.payment
      let load = context.load
      let attempts = try await context.store.pool.session {
        try $0.openAttempts(after: after, limit: page, lookUp: false, context: load)
      }
      guard let final = attempts.last else { return nil }
      await last.saw(final.payment)
      return attempts
    }
  }

  private static func dueCharges(
    _ context: RunContext, _ processor: any ProcessorAdapter, _ unsendable: Count
  ) -> AttemptQueue {
    let size = context.pipeline.charge.batch
    return AttemptQueue(lowWater: min(size / 2, 2 * context.pipeline.charge.concurrency)) {
      try Task.checkCancellation()
      let load = context.load
      let run = context.run
      let batch = try await context.write { db in
        try db.claimBatch(of: size, run: run, context: load) { try processor.request(for: $0) }
      }
      FaultPoint.afterClaim.reached()
      await unsendable.add(batch.unsendable)
      return batch.isLast ? nil : batch.attempts
    }
  }

  private static func resolve(
    _ context: RunContext, _ processor: any ProcessorAdapter, _ workers: ChargeWorkers
  ) async throws -> StageStop? {
    for round in 1...rounds {
      let load = context.load
      let open = try await context.store.pool.session {
        try $0.openAttempts(after: nil, limit: 20 * page, lookUp: nil, context: load)
      }
      guard !open.isEmpty else { return nil }
      context.progress.note(.charge, "\(open.count) answers are not known yet: asking again")
      if round > 1 { try await Task.sleep(for: .milliseconds(500 << round)) }
      let sought = open.filter(\.lookUp)
      let found = try await ChargeLookUp(processor: processor).results(for: sought)
      if !sought.isEmpty { FaultPoint.afterLookUp.reached() }
      for result in found { try await workers.recorder.add(result) }
      try await workers.recorder.finish()
      if let stop = try await workers.drain(openAttempts(context), releasing: false) { return stop }
    }
    return nil
  }

  private static func report(
    _ tally: AnswerRecorder.Tally, unsendable: Int, _ stop: Failure?, _ context: RunContext
  ) async throws -> StageReport {
    let load = context.load
    let open = try await Uncancelled.run {
      try await context.store.pool.session { try $0.openAttemptCount(context: load) }
    }
    var report = StageReport(counts: [
      ("charged", tally.charged), ("declined", tally.declined), ("refused", tally.refused + Int64(unsendable)),
      ("unknown", open),
    ])
    report.stop = stop
    if stop == nil, open > 0 {
      report.stop = Failure(
        StageStop.later("\(open) \(open == 1 ? "charge has" : "charges have") no known outcome yet"))
    }
    return report
  }
}

/// Counts across tasks.
private actor Count {
  private(set) var value = 0
  func add(_ more: Int) { value += more }
}

/// How far a paged query has come.
private actor LastSeen {
  private(set) var payment: PaymentID?
  func saw(_ payment: PaymentID) { self.payment = payment }
}
