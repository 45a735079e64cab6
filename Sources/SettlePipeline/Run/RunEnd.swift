import Faults
import Postgres
import SettleModel
import SettleStore

// How a run ends: what it came to is judged and sealed, its report put in place, and its end journalled.

extension Runner {
  /// What the stages came to: seals it, puts the report in place and journals the end.
  func conclude(_ result: inout RunResult, _ context: RunContext) async throws {
    var statuses = result.stages.map(\.exitStatus)
    guard !result.stages.contains(where: \.isSuperseded) else {
      // It publishes nothing over its successor's report, and writes no end into a journal that is no longer its own.
      result.exitStatus = ExitStatus.first(of: statuses)
      result.finishedAt = context.clock()
      return
    }
    // What was known once is told again: nothing is judged, and nothing that changed is sealed.
    if context.asOf == nil { await judge(&result, &statuses, context) }
    if Task.isCancelled { statuses.append(.tryLater) }
    result.exitStatus = ExitStatus.first(of: statuses)
    result.finishedAt = context.clock()
    do {
      if result.stages.contains(where: { $0.stage == .report && $0.status == .done }) {
        try await publish(&result, context)
      }
      let (status, seal, at) = (result.exitStatus.rawValue, result.seal, result.finishedAt)
      try await Uncancelled.run {
        try await context.write { try $0.finish(context.run.id, exitStatus: status, seal: seal, at: at) }
      }
    } catch {
      let failure = Failure(error)
      result.messages.append(failure.message)
      if failure.database != nil { result.messages.append(Self.endIsNotJournalled) }
      result.exitStatus = ExitStatus.first(of: statuses + [failure.status])
    }
  }

  /// Puts the report in place, and keeps what it says.
  private func publish(_ result: inout RunResult, _ context: RunContext) async throws {
    try ReportFile.write(try result.json(), as: "run_results.json", in: context.reports.staging)
    let hashes = try context.reports.hashStaged()
    if let report = result.report {
      let (folder, at) = (context.reports, result.finishedAt)
      try await Uncancelled.run {
        try await context.write { try folder.keepEditions(hashes, of: report, in: $0, at: at) }
      }
    }
    // A run that was paused past its lease must not put its files over its successor's.
    FaultPoint.beforePublish.reached()
    try context.permit()
    for kept in try context.reports.publish(hashes) {
      progress.note(.report, "somebody edited a file of the report; it is kept as \(kept)")
    }
    result.outFolder = context.reports.path
    FaultPoint.afterPublish.reached()
  }

  /// What the pipeline's limits say to it, and the seal over what it added.
  private func judge(_ result: inout RunResult, _ statuses: inout [ExitStatus], _ context: RunContext) async {
    do {
      let date = context.date
      let exceptions = try await Uncancelled.run { [store] in
        try await store.pool.session { try $0.exceptions(on: date) }
      }
      let exceeded = context.pipeline.failOn.exceeded(by: exceptions)
      result.messages += exceeded
      if !exceeded.isEmpty { statuses.append(.exceeded) }
    } catch {
      statuses.append(Failure(error).status)
    }
    do {
      let (run, at) = (context.run.id, context.clock())
      result.seal = try await Uncancelled.run { try await context.write { try $0.seal(run: run, at: at) } }
    } catch {
      // The next run seals what this one has left.
      statuses.append(Failure(error).status)
    }
  }

  private static let endIsNotJournalled =
    "the run's end could not be written down, so `settle status` shows it as died; what was asked of the processor "
    + "and not answered in the store is asked again with its own key: start the database, then `settle retry`"
}
