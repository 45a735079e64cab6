import Foundation
import Postgres
package import SettleModel
package import SettleStore

/// Takes a file of finance's decisions: a run of its own, which holds the lease, journals itself and seals its end.
///
/// All rows that can be taken are, in one transaction; each of the others is refused for itself.
package struct DecideRun: Sendable {
  private let store: Store
  private let givenClock: (@Sendable () -> Timestamp)?

  /// - Parameter clock: nil for the run's own, which is the database's; tests give another.
  package init(store: Store, clock: (@Sendable () -> Timestamp)? = nil) {
    self.store = store
    givenClock = clock
  }

  /// Throws where nothing could be begun or written (``Failure`` reads the error); rows that are refused are in the
  /// result.
  package func perform(_ request: DecideRequest) async throws -> DecideResult {
    try await store.checkWritable()
    try await store.checkSchema()
    guard !request.dryRun else { return try await rehearse(request) }
    let id = UUID()
    let lease = try await Lease.acquire(
      store.settings, run: id,
      holder: "decisions on \(ProcessInfo.processInfo.hostName), process \(ProcessInfo.processInfo.processIdentifier)")
    do {
      let clock: @Sendable () -> Timestamp = givenClock ?? { [clock = lease.clock] in clock.now() }
      let result = try await perform(request, RunIdentity(id: id, fence: Fence(token: lease.token)), clock)
      await Task { await lease.release() }.value
      return result
    } catch {
      await Task { await lease.release() }.value
      throw error
    }
  }

  private func perform(
    _ request: DecideRequest, _ run: RunIdentity, _ clock: @escaping @Sendable () -> Timestamp
  ) async throws -> DecideResult {
    let now = clock()
    let stage = RunRecord.decideStages[0]
    let date = try await store.pool.session { try Self.date(of: request, $0, now: now) }
    let record = RunRecord(
      id: run.id, pipeline: request.pipeline.name, date: date, arguments: request.arguments,
      stages: RunRecord.decideStages, version: request.version)
    try await store.write(run.fence) { db in
      try db.begin(record, fence: run.fence, at: now)
      try db.beginStage(stage, of: run.id, at: now)
    }
    // From here on it goes to its end, whoever asks it to stop: it is short, and its journal should say how it ended.
    return try await Uncancelled.run { [store] in
      let context = Self.context(request, date, now)
      do {
        var result = try await store.write(run.fence) { db in
          let result = try Self.take(request, run: run.id, db, context)
          try db.finishStage(
            stage, of: run.id, status: .done, counts: JSONText.object(result.counts), message: nil, at: clock())
          return result
        }
        let status = result.exitStatus.rawValue
        result.seal = try await store.write(run.fence) { db in
          let seal = try db.seal(run: run.id, at: clock())
          try db.finish(run.id, exitStatus: status, seal: seal, at: clock())
          return seal
        }
        return result
      } catch {
        await Self.journal(Failure(error), of: run, in: store, at: clock())
        throw error
      }
    }
  }

  /// Why it failed, where that can still be written down; where it cannot, `settle status` shows that it died.
  private static func journal(_ failure: Failure, of run: RunIdentity, in store: Store, at now: Timestamp) async {
    _ = try? await store.write(run.fence) { db in
      try db.finishStage(
        RunRecord.decideStages[0], of: run.id, status: .failed, counts: "{}", message: failure.message, at: now)
      try db.finish(run.id, exitStatus: failure.status.rawValue, at: now)
    }
  }

  private func rehearse(_ request: DecideRequest) async throws -> DecideResult {
    let clock: @Sendable () -> Timestamp
    if let givenClock {
      clock = givenClock
    } else {
      let own = try await store.pool.session { try $0.runClock() }
      clock = { own.now() }
    }
    let now = clock()
    return try await store.pool.rolledBack { db in
      let date = try Self.date(of: request, db, now: now)
      return try Self.take(request, run: UUID(), db, Self.context(request, date, now))
    }
  }

  private static func take(
    _ request: DecideRequest, run: UUID, _ db: Session, _ context: LoadContext
  ) throws -> DecideResult {
    var taker = DecisionTaker(db: db, request: request, context: context)
    try taker.take()
    return DecideResult(
      runID: run, request: request, date: context.date, rows: taker.rows.sorted { $0.line < $1.line },
      undecided: taker.undecided)
  }

  private static func context(_ request: DecideRequest, _ date: BusinessDate, _ now: Timestamp) -> LoadContext {
    LoadContext(merchant: request.pipeline.merchant, processor: request.pipeline.processor, date: date, now: now)
  }

  /// What has been reported is not told anew: a decision that names no date belongs to the first one whose report is
  /// still to come, today at the earliest. Only the last report's own date may be asked for by name, to be written again.
  private static func date(of request: DecideRequest, _ db: Session, now: Timestamp) throws -> BusinessDate {
    let reported = try db.latestReported()
    let today = request.pipeline.calendar.today(at: now)
    let usual = reported.map { max(today, $0.adding(days: 1)) } ?? today
    guard let date = request.date else { return usual }
    if let reported, date < reported {
      throw Failure(
        status: .usage,
        message: "reports were written up to \(reported), and decisions do not change earlier ones: leave --date out,"
          + " which takes \(usual), the first date whose report is still to come, or give --date \(reported) where that"
          + " report is to be written again")
    }
    return date
  }
}
