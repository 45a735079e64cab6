import Faults
import Postgres
import SettleModel
import SettleStore

/// Asks the processor for every payment that is due, exactly once each, whatever dies on the way.
///
/// 1. What the processor may have charged and this store does not know is looked for and taken over.
/// 2. Attempts that an earlier run left open are repeated with their own bytes and key.
/// 3. Due payments are claimed in batches, stored, sent and recorded.
/// 4. What is still open is looked up, and repeated, a few times over.
/// 5. The processor payments of what has failed for good are given up.
struct ChargeStage: Stage {
  let name = StageName.charge
  let unit = "charges"

  /// How often step 4 is gone through before the rest is left to a later run.
  private static let rounds = 4
  private static let page = 500

  func perform(_ context: RunContext) async throws -> StageReport {
    let load = context.load
    let (open, due, cancellations) = try await context.store.pool.session { db in
      (
        try db.openAttemptCount(context: load), try db.chargesDue(context: load),
        try db.cancellationsWaiting(context: load)
      )
    }
    let total = open + due.reduce(0) { $0 + $1.count }
    guard total + cancellations.due + cancellations.open > 0 else { return StageReport(counts: [("charged", 0)]) }
    context.progress.begin(name, of: total, unit: unit)
    let further = Further()
    let recorder = AnswerRecorder(
      record: { group in
        let load = context.load
        FaultPoint.beforeRecord.reached()
        let planned = try await context.write {
          try $0.record(group, retry: context.pipeline.charge.retry, context: load)
        }
        await further.planned(planned)
      }, advanced: { context.progress.advance(name, to: min($0, total), of: total) })
    let unsendable = Count()
    let notes = Notes()
    var stop: Failure?
    do {
      stop = try await charge(context, recorder, unsendable, notes, further).map { Failure($0) }
    } catch {
      // What was charged before is told all the same.
      stop = Failure(error)
    }
    let unrecorded = await recorder.unrecorded
    if unrecorded > 0 {
      stop?.message +=
        "; \(unrecorded) of the processor's answers could not be stored: the next run asks again with the same keys"
    }
    var report = try await Self.report(
      await recorder.tally, unsendable: await unsendable.value, await further.tally, stop, context)
    report.notes = await notes.sentences
    return report
  }

  private func charge(
    _ context: RunContext, _ recorder: AnswerRecorder, _ unsendable: Count, _ notes: Notes, _ further: Further
  ) async throws -> StageStop? {
    let processor = try await context.processor()
    let doubt = try await Self.bind(processor, context)
    let keyLife = processor.keyLife - context.pipeline.charge.keyMargin
    let workers = ChargeWorkers(
      sender: AttemptSender(
        processor: processor, permit: context.permit, clock: context.clock),
      recorder: recorder, concurrency: context.pipeline.charge.concurrency,
      release: { attempts in
        let load = context.load
        try await Uncancelled.run { try await context.write { try $0.release(attempts, context: load) } }
      })
    // Before anything is repeated, too: what a restored store believes to be open may have been answered long ago.
    await notes.add(try await DoubtfulCharges(context: context, processor: processor, keyLife: keyLife).settle(doubt))
    if let stop = try await workers.drain(Self.openAttempts(context), releasing: false) { return stop }
    // A payment that waits for a cancellation may be charged as soon as that is answered.
    try await further.cancel(.blocking, Canceller(context: context, processor: processor))
    try await Self.endPlans(context)
    let due = Self.dueCharges(context, processor, keyLife: keyLife, unsendable)
    if let stop = try await workers.drain(due, releasing: true) { return stop }
    if let stop = try await Self.resolve(context, processor, workers) { return stop }
    try await further.cancel(.all, Canceller(context: context, processor: processor))
    return nil
  }

  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport {
    let ended = try db.endPlans(notIn: context.pipeline.charge.retry, context: context.load)
    let due = try db.chargesDue(context: context.load)
    var report = StageReport(counts: [("to_charge", due.reduce(0) { $0 + $1.count })])
    report.notes = due.map { "charge: \($0.amount) in \($0.count.of("payment", "payments")) would be asked for" }
    if ended > 0 {
      let retries = ended.of("planned retry", "planned retries")
      report.notes.append("charge: \(retries) would be given up: charge.retry has no rule")
    }
    report.counts.append(("to_ask_again", try db.openAttemptCount(context: context.load)))
    try Self.rehearseFurther(db, context, &report)
    return report
  }

  /// A store and its processor account belong together: idempotency keys mean nothing at another.
  /// Returns why the processor may know more than the store, if anything says so.
  @discardableResult
  static func bind(_ processor: any ProcessorAdapter, _ context: RunContext) async throws -> StoreDoubt? {
    let account = try await processor.account()
    let name = processor.name
    let now = context.clock()
    return try await context.write { db in
      try db.bind(to: account, of: name)
      return try db.recogniseDatabase(at: now)
    }
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
    _ context: RunContext, _ processor: any ProcessorAdapter, keyLife: Duration, _ unsendable: Count
  ) -> AttemptQueue {
    let size = context.pipeline.charge.batch
    // To claim a batch takes as long as a quick processor takes for a third of it.
    return AttemptQueue(lowWater: size / 2) {
      try Task.checkCancellation()
      let load = context.load
      let run = context.run
      let batch = try await context.write { db in
        try db.claimBatch(of: size, run: run, context: load, keyLife: keyLife) { try processor.request(for: $0) }
      }
      FaultPoint.afterClaim.reached()
      await unsendable.add(batch.unsendable)
      return batch.isLast ? nil : batch.attempts
    }
  }

  private static func resolve(
    _ context: RunContext, _ processor: any ProcessorAdapter, _ workers: ChargeWorkers
  ) async throws -> StageStop? {
    var lookUp = ChargeLookUp(processor: processor)
    for round in 1...rounds {
      let load = context.load
      let open = try await context.store.pool.session {
        try $0.openAttempts(after: nil, limit: 20 * page, lookUp: nil, context: load)
      }
      let sought = lookUp.worthwhile(of: open)
      // What a repeat cannot settle was looked for in this run: another look tells no more today.
      guard !sought.isEmpty || open.contains(where: { !$0.lookUp }) else { return nil }
      context.progress.note(.charge, "\(open.count.of("answer is", "answers are")) not known yet: asking again")
      if round > 1 { try await Task.sleep(for: .milliseconds(500 << round)) }
      let found = try await lookUp.results(for: sought, at: load.now)
      if !sought.isEmpty { FaultPoint.afterLookUp.reached() }
      for result in found { try await workers.recorder.add(result) }
      try await workers.recorder.finish()
      try await noteLooks(lookUp.missing(sought, found), context)
      if let stop = try await workers.drain(openAttempts(context), releasing: false) { return stop }
    }
    return nil
  }

  /// A retry that the pipeline file has no rule for any more is not made: whoever takes a rule away means it.
  private static func endPlans(_ context: RunContext) async throws {
    let load = context.load
    let policy = context.pipeline.charge.retry
    let ended = try await context.write { try $0.endPlans(notIn: policy, context: load) }
    if ended > 0 {
      context.progress.note(
        .charge,
        "\(ended.of("planned retry is", "planned retries are")) given up, and failed for good:"
          + " charge.retry has no rule any more")
    }
  }

  private static func noteLooks(_ missing: [StoredAttempt], _ context: RunContext) async throws {
    guard !missing.isEmpty else { return }
    // The processor's reports are awaited for as long; until they are in, a look may be worth its time.
    let terms = context.pipeline.reconcile
    let awaited = terms.calendar.date(terms.waitingDays, after: context.date).days(since: context.date)
    let patience = Duration.seconds(86_400 * awaited)
    let load = context.load
    let givenUp = try await context.write {
      try $0.notFound(missing, enough: ChargeLookUp.enough, patience: patience, context: load)
    }
    if givenUp > 0 {
      context.progress.note(
        .charge,
        "\(givenUp.of("charge", "charges")) could not be found at the processor: a person or an outcome file decides")
    }
  }

  private static func report(
    _ tally: AnswerRecorder.Tally, unsendable: Int, _ further: Further.Tally, _ stop: Failure?, _ context: RunContext
  ) async throws -> StageReport {
    let load = context.load
    var report = StageReport(counts: [
      ("charged", tally.charged), ("declined", tally.declined), ("refused", tally.refused + Int64(unsendable)),
    ])
    report.counts += further.counts
    report.stop = stop ?? further.defect
    let (open, givenUp, cancellations): (Int64, Int64, Int64)
    do {
      (open, givenUp, cancellations) = try await Uncancelled.run {
        try await context.store.pool.session { db in
          (
            try db.openAttemptCount(context: load), try db.givenUpCount(context: load),
            try db.cancellationsWaiting(context: load).open
          )
        }
      }
    } catch {
      // What stopped the stage counts more, and what was charged is told all the same.
      guard stop != nil else { throw error }
      return report
    }
    report.counts.append(("unknown", open))
    if givenUp > 0 { report.counts.append(("left_to_person", givenUp)) }
    if report.stop == nil, open > 0 {
      report.stop = Failure(
        StageStop.later("\(open.of("charge has", "charges have")) no known outcome yet"))
    }
    if report.stop == nil { report.stop = further.stop(open: cancellations) }
    return report
  }
}

/// Counts across tasks.
private actor Count {
  private(set) var value = 0
  func add(_ more: Int) { value += more }
}

/// What a person should know, gathered though the stage may end early.
private actor Notes {
  private(set) var sentences: [String] = []
  func add(_ more: [String]) { sentences += more }
}

/// How far a paged query has come.
private actor LastSeen {
  private(set) var payment: PaymentID?
  func saw(_ payment: PaymentID) { self.payment = payment }
}
