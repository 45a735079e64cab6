import Foundation
import Postgres
import SettleFiles
import SettleModel
import SettleStore

/// A dry run: all stages in one transaction that is rolled back, on a store that need not even be migrated yet.
///
/// It takes no lease and calls no processor. What charging would tell is not known to the stages after it.
struct Rehearsal {
  let runner: Runner
  let layouts: LayoutCatalogue

  func run(_ request: RunRequest) async throws -> RunResult {
    let clock = try await runner.runClock { try await runner.store.pool.session { try $0.runClock() } }
    let context = runner.context(
      for: request, layouts: layouts, run: RunIdentity(id: UUID(), fence: Fence(token: 0)), permit: {}, clock: clock)
    let startedAt = context.clock()
    try request.tryOut(context.reports)
    // Migrating needs the owner, who may also do all that the writer may.
    let owner = Pool(context.store.settings, size: 1, prepare: Store.makeRoom)
    do {
      let stages = try await owner.rolledBack { db in
        // Migrating locks tables; a store that is current needs none of it.
        do { try Migrator().check(db) } catch StoreError.notMigrated { _ = try Migrator().migrate(db) }
        return try rehearse(request.stagesInOrder, db, context)
      }
      await owner.close()
      return RunResult(
        runID: context.run.id, request: request, date: context.date, startedAt: startedAt,
        finishedAt: context.clock(), stages: stages.map(\.result), totals: stages.last?.report.totals ?? [],
        outFolder: nil,
        exitStatus: ExitStatus.first(of: stages.map(\.result.exitStatus)),
        messages: request.unreadFiles + stages.flatMap(\.report.notes) + ["dry run: nothing was changed"],
        flips: stages.lazy.compactMap(\.report.flips).first)
    } catch {
      await owner.close()
      throw error
    }
  }

  private func rehearse(
    _ names: [StageName], _ db: Session, _ context: RunContext
  ) throws -> [(result: StageResult, report: StageReport)] {
    var results: [(result: StageResult, report: StageReport)] = []
    for name in names {
      guard let stage = StageCatalogue.stage(name) else { continue }
      let startedAt = context.clock()
      let report = try stage.rehearse(db, context)
      results.append(
        (
          StageResult(
            stage: name, status: report.stop == nil ? .done : .failed, counts: report.counts,
            message: report.stop?.message, exitStatus: report.stop?.status ?? .done, files: report.files,
            startedAt: startedAt, finishedAt: context.clock()), report
        ))
    }
    return results
  }
}
