import Faults
import Foundation
package import Logging
import Postgres
import SettleFiles
package import SettleModel
package import SettleStore

/// One execution of a pipeline for one business date.
///
/// 1. Takes the store's lease; only one run writes at a time.
/// 2. Goes through the stages in their order. Each is journalled, and each may fail without the others failing.
/// 3. Puts the report in place, journals the end and gives the lease back.
package struct Runner: Sendable {
  let store: Store
  private let processor: @Sendable () throws -> any ProcessorAdapter
  private let givenClock: (@Sendable () -> Timestamp)?
  let progress: any ProgressSink
  private let logger: Logger

  /// - Parameters:
  ///   - processor: makes the adapter when a stage first needs one, so that a run without charges or refunds needs no
  ///     key.
  ///   - clock: nil for the run's own, which is the database's carried forward on boot time; tests give another.
  package init(
    store: Store, processor: @escaping @Sendable () throws -> any ProcessorAdapter,
    clock: (@Sendable () -> Timestamp)? = nil, progress: any ProgressSink, logger: Logger
  ) {
    self.store = store
    self.processor = processor
    givenClock = clock
    self.progress = progress
    self.logger = logger
  }

  /// Runs the stages. Throws only where no run could begin (``Failure`` reads the error); what fails later is in the
  /// result, with the exit status that it means.
  package func run(_ request: RunRequest) async throws -> RunResult {
    let layouts = try LayoutCatalogue(folder: request.pipeline.layoutsFolder)
    try await store.checkWritable()
    guard !request.dryRun else { return try await Rehearsal(runner: self, layouts: layouts).run(request) }
    try await store.checkSchema()
    let id = UUID()
    let lease = try await Lease.acquire(store.settings, run: id, holder: Self.holder(request))
    FaultPoint.afterLease.reached()
    let fence = Fence(token: lease.token)
    do {
      let clock = await runClock { lease.clock }
      let context = context(
        for: request, layouts: layouts, run: RunIdentity(id: id, fence: fence), permit: { try lease.permit() },
        clock: clock)
      try request.tryOut(context.reports)
      let result = try await perform(request, context)
      await Self.release(lease)
      return result
    } catch {
      await Self.release(lease)
      throw error
    }
  }

  /// The clock that was given, else the run's own.
  func runClock(_ own: () async throws -> RunClock) async rethrows -> @Sendable () -> Timestamp {
    if let givenClock { return givenClock }
    let clock = try await own()
    return { clock.now() }
  }

  func context(
    for request: RunRequest, layouts: LayoutCatalogue, run: RunIdentity, permit: @escaping @Sendable () throws -> Void,
    clock: @escaping @Sendable () -> Timestamp
  ) -> RunContext {
    let date = request.date ?? request.pipeline.calendar.today(at: clock())
    let patience = store.patience
    let shared = SharedProcessor { [processor] in PatientProcessor(base: try processor(), patience: patience) }
    return RunContext(
      store: store, run: run, permit: permit, pipeline: request.pipeline, layouts: layouts, date: date,
      asOf: request.asOf, anew: request.anew, inbox: request.inbox,
      reports: ReportFolder(
        path: request.out ?? RunRequest.reports(of: date, asOf: request.asOf), token: run.fence.token),
      processor: { try await shared.adapter() }, clock: clock, progress: progress, logger: logger,
      otherRules: request.rules)
  }

  /// A run that is stopped gives its lease back too.
  private static func release(_ lease: Lease) async {
    await Task { await lease.release() }.value
  }

  private func perform(_ request: RunRequest, _ context: RunContext) async throws -> RunResult {
    let startedAt = context.clock()
    let record = RunRecord(
      id: context.run.id, pipeline: request.pipeline.name, date: context.date, arguments: request.arguments,
      stages: request.stagesInOrder.map(\.rawValue), version: request.version)
    try await context.write { try $0.begin(record, fence: context.run.fence, at: startedAt) }
    var result = RunResult(
      runID: context.run.id, request: request, date: context.date, startedAt: startedAt, finishedAt: startedAt,
      stages: [], totals: [], outFolder: nil, exitStatus: .done, messages: request.unreadFiles)
    for name in request.stagesInOrder {
      guard let stage = StageCatalogue.stage(name) else { continue }
      try await perform(stage, context, &result)
    }
    try await conclude(&result, context)
    return result
  }

  private func perform(_ stage: any Stage, _ context: RunContext, _ result: inout RunResult) async throws {
    let startedAt = context.clock()
    var entry = StageResult(stage: stage.name, status: .running, startedAt: startedAt, finishedAt: startedAt)
    if let (why, trouble) = await reasonToSkip(stage.name, context, after: result.stages) {
      entry.status = .skipped
      entry.message = why
      entry.database = trouble
    } else {
      FaultPoint.begin(stage: stage.name.rawValue)
      progress.begin(stage.name, of: nil, unit: stage.unit)
      do {
        try await context.write { try $0.beginStage(stage.name.rawValue, of: context.run.id, at: startedAt) }
        let report = try await stage.perform(context)
        FaultPoint.stageDone.reached()
        entry.counts = report.counts
        entry.files = report.files
        if !report.totals.isEmpty { result.totals = report.totals }
        result.report = report.written ?? result.report
        entry.status = report.stop == nil ? .done : .failed
        entry.message = report.stop?.message
        entry.exitStatus = report.stop?.status ?? .done
        entry.database = report.stop?.database
        result.messages += report.notes
        progress.finish(stage.name, summary: report.summary)
      } catch {
        let failure = Failure(error)
        entry.status = .failed
        entry.message = failure.message
        entry.exitStatus = failure.status
        entry.database = failure.database
      }
    }
    // Whatever it met first (the fence, a session that the server has ended), this is what happened.
    if entry.status == .failed, await hasSuccessor(context) { entry.supersede() }
    entry.finishedAt = context.clock()
    // Each refused file was noted when it was met.
    if let message = entry.message, !entry.hasRefusedFiles { progress.note(stage.name, message) }
    // What a run that was superseded has to tell, its own result tells: the journal is its successor's now. And what
    // could not begin for want of the database cannot be journalled either.
    if !entry.isSuperseded, !result.stages.contains(where: \.isSuperseded),
      entry.status != .skipped || entry.database == nil, await !journal(entry, context)
    {
      entry.supersede()
      progress.note(stage.name, entry.message ?? "")
    }
    result.stages.append(entry)
  }

  /// Whether another run holds the store now, or has held it meanwhile. One that cannot be asked is asked again by the
  /// fence of the next write.
  private func hasSuccessor(_ context: RunContext) async -> Bool {
    let fence = context.run.fence
    do {
      return try await Uncancelled.run { [store] in try await store.pool.session { try !$0.isLatest(fence) } }
    } catch {
      return false
    }
  }

  /// What this run has seen so far decides, and for refunds also what the last import for this date has seen.
  private func reasonToSkip(
    _ stage: StageName, _ context: RunContext, after results: [StageResult]
  ) async -> (why: String, trouble: DatabaseTrouble?)? {
    if Task.isCancelled { return ("left out, because the run was told to stop", nil) }
    if let why = StageOrder.reasonToSkip(stage, after: results) {
      return (why, why == StageOrder.databaseIsAway ? .away : nil)
    }
    // A database that was away for one stage may be back for the next.
    if results.contains(where: { $0.database != nil }), await !store.answers() {
      return (StageOrder.databaseIsAway, .away)
    }
    guard stage == .refund else { return nil }
    let date = context.date
    do {
      let importFailed = try await store.pool.session { try $0.outcomesAreIncomplete(on: date) }
      return importFailed ? (StageOrder.afterRefusedOutcomes, nil) : nil
    } catch {
      // Nothing is refunded while nobody can tell what the import has seen.
      return (StageOrder.databaseIsAway, .away)
    }
  }

  /// A stage's end that cannot be journalled (the database is gone) shows in the run's own result. Returns
  /// false where another run has taken over.
  private func journal(_ entry: StageResult, _ context: RunContext) async -> Bool {
    let counts = JSONText.object(entry.counts)
    do {
      try await Uncancelled.run {
        try await context.write {
          try $0.finishStage(
            entry.stage.rawValue, of: context.run.id, status: entry.status, counts: counts, message: entry.message,
            at: entry.finishedAt)
        }
      }
    } catch StoreError.leaseLost {
      return false
    } catch {
      logger.error("the end of stage \(entry.stage) could not be journalled: \(Failure(error).message)")
    }
    return true
  }

  private static func holder(_ request: RunRequest) -> String {
    "\(request.pipeline.name) on \(ProcessInfo.processInfo.hostName), process \(ProcessInfo.processInfo.processIdentifier)"
  }
}

/// One adapter for a whole run, made when it is first needed, so that pace is kept from stage to stage.
private actor SharedProcessor {
  private let make: @Sendable () throws -> any ProcessorAdapter
  private var made: (any ProcessorAdapter)?

  init(make: @escaping @Sendable () throws -> any ProcessorAdapter) { self.make = make }

  func adapter() throws -> any ProcessorAdapter {
    if let made { return made }
    let adapter = try make()
    made = adapter
    return adapter
  }
}
