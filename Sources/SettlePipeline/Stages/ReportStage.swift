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
    let page = page(context)
    let date = context.date
    let staging = context.reports.staging
    let zone = context.pipeline.timeZone.identifier
    try context.reports.prepare()
    return try await context.store.pool.transaction { db in
      // One snapshot for all files, so that they agree with each other whatever else is written meanwhile.
      _ = try db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
      let (counts, totals) = try ReportWriter(db: db, date: date, folder: staging, zone: zone).write(page)
      return StageReport(counts: [("files_written", try context.reports.staged)] + counts, totals: totals)
    }
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
