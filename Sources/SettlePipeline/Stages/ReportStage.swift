import Foundation
import Postgres
import SettleModel
import SettleStore

/// Writes finance's files. They lie beside the old ones until the run has ended and puts them in place.
struct ReportStage: Stage {
  let name = StageName.report
  let unit = "files"

  func perform(_ context: RunContext) async throws -> StageReport {
    if let instant = context.asOf { return try await tellAgain(asOf: instant, context) }
    let (page, date, folder, anew) = (page(context), context.date, context.reports, context.anew)
    let zone = context.pipeline.timeZone.identifier
    // Asked before the snapshot is taken: a change that comes between is told, and counted as not told.
    let changes = try await context.store.pool.session { try $0.lastChange() }
    try folder.prepare()
    return try await context.store.pool.transaction { db in
      // One snapshot for all files, so that they agree with each other whatever else is written meanwhile.
      _ = try db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
      let basis = ReportBasis(page, zone: zone, undone: try db.unfinishedStages(on: date))
      let published = try db.publishedReport(of: date)
      var notes: [String] = []
      if !anew, let published, published.changes == changes, published.basis == basis.sha256 {
        do {
          return try tellAgain(published, in: folder, from: db)
        } catch let damage as Failure where damage.status == .inputRefused {
          // The report itself can still be written: finance has its files, and a person hears of the damage.
          notes.append(damage.message)
          try folder.prepare()
        }
      }
      let (counts, totals) = try ReportWriter(db: db, date: date, folder: folder.staging, zone: zone).write(page)
      return StageReport(
        counts: [("files_written", try folder.staged)] + counts, totals: totals,
        written: WrittenReport(date: date, changes: changes, basis: basis, counts: counts), notes: notes)
    }
  }

  /// A report that nothing has changed since: what it would say is what was published, byte for byte.
  private func tellAgain(
    _ published: PublishedReport, in folder: ReportFolder, from db: Session
  ) throws -> StageReport {
    let files = try folder.stage(try db.editions(of: published), from: db)
    return StageReport(
      counts: [("files_unchanged", Int64(files))] + published.counts.map { ($0.name, $0.value) },
      totals: try TotalsFile.read(in: folder.staging))
  }

  /// The files as they were known at an instant, not derived anew but as they were published.
  private func tellAgain(asOf instant: Timestamp, _ context: RunContext) async throws -> StageReport {
    let (folder, date) = (context.reports, context.date)
    try folder.prepare()
    let files = try await context.store.pool.transaction { try folder.stage(asOf: instant, of: date, from: $0) }
    return StageReport(counts: [("files", Int64(files))])
  }

  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport {
    if let instant = context.asOf {
      let files = try ReportFolder.editions(asOf: instant, of: context.date, from: db).count
      return StageReport(counts: [("files", Int64(files))])
    }
    let totals = try db.totals(on: context.date).rows
    let items = totals.filter { $0.bucket == "all" }.reduce(0) { $0 + $1.count }
    return StageReport(counts: [("items_to_report", items)], totals: totals)
  }

  private func page(_ context: RunContext) -> ReportPage {
    ReportPage(
      pipeline: context.pipeline.name, merchant: context.pipeline.merchant, processor: context.pipeline.processor,
      businessDate: context.date)
  }
}
