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
    let (open, due) = try await context.store.pool.session { db in
      (try db.openAttemptCount(), try db.chargesDue(on: context.date, now: context.clock()))
    }
    let total = open + due.reduce(0) { $0 + $1.count }
    guard total > 0 else { return StageReport(counts: [("charged", 0)]) }
    let processor = try await context.processor()
    try await Self.bind(processor, context)
    context.progress.begin(name, of: total, unit: unit)
    let recorder = AnswerRecorder(
      record: { group in
        let load = context.load
        try await context.write { try $0.record(group, context: load) }
      }, advanced: { context.progress.advance(name, to: min($0, total), of: total) })
    let workers = ChargeWorkers(
      sender: AttemptSender(
        processor: processor, keyMargin: context.pipeline.charge.keyMargin, permit: context.permit,
        clock: context.clock),
      recorder: recorder, concurrency: context.pipeline.charge.concurrency)
    var stop = try await workers.drain(Self.openAttempts(context))
    if stop == nil { stop = try await workers.drain(Self.dueCharges(context, processor)) }
    if stop == nil { try await Self.resolve(context, processor, workers) }
    return try await Self.report(await recorder.tally, stop, context)
  }

  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport {
    let due = try db.chargesDue(on: context.date, now: context.clock())
    var report = StageReport(counts: [("to_charge", due.reduce(0) { $0 + $1.count })])
    for (_, amount) in due { report.counts.append(("to_charge_\(amount.currency)", amount.minor)) }
    report.counts.append(("to_ask_again", try db.openAttemptCount()))
    return report
  }

  /// A store and its processor account belong together: idempotency keys mean nothing at another.
  static func bind(_ processor: any ProcessorAdapter, _ context: RunContext) async throws {
    let account = try await processor.account()
    let name = processor.name
    try await context.write { try $0.bind(to: account, of: name) }
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

  private static func dueCharges(_ context: RunContext, _ processor: any ProcessorAdapter) -> AttemptQueue {
    let size = context.pipeline.charge.batch
    return AttemptQueue(lowWater: min(size / 2, 2 * context.pipeline.charge.concurrency)) {
      try Task.checkCancellation()
      let load = context.load
      let run = context.run
      let batch = try await context.write { db in
        try db.claimBatch(of: size, run: run, context: load) { try processor.request(for: $0) }
      }
      return batch.isLast ? nil : batch.attempts
    }
  }

  private static func resolve(
    _ context: RunContext, _ processor: any ProcessorAdapter, _ workers: ChargeWorkers
  ) async throws {
    for round in 1...rounds {
      let load = context.load
      let open = try await context.store.pool.session {
        try $0.openAttempts(after: nil, limit: 20 * page, lookUp: nil, context: load)
      }
      guard !open.isEmpty else { return }
      context.progress.note(.charge, "\(open.count) answers are not known yet: asking again")
      if round > 1 { try await Task.sleep(for: .milliseconds(500 << round)) }
      let sought = open.filter(\.lookUp)
      let found = try await ChargeLookUp(processor: processor).results(for: sought)
      for result in found { try await workers.recorder.add(result) }
      try await workers.recorder.finish()
      if try await workers.drain(openAttempts(context)) != nil { return }
    }
  }

  private static func report(
    _ tally: AnswerRecorder.Tally, _ stop: StageStop?, _ context: RunContext
  ) async throws -> StageReport {
    let open = try await context.store.pool.session { try $0.openAttemptCount() }
    var report = StageReport(counts: [
      ("charged", tally.charged), ("declined", tally.declined), ("refused", tally.refused), ("unknown", open),
    ])
    if let stop {
      report.stop = Failure(stop)
    } else if open > 0 {
      report.stop = Failure(
        StageStop.later("\(open) \(open == 1 ? "charge has" : "charges have") no known outcome yet"))
    }
    return report
  }
}

/// How far a paged query has come.
private actor LastSeen {
  private(set) var payment: PaymentID?
  func saw(_ payment: PaymentID) { self.payment = payment }
}
