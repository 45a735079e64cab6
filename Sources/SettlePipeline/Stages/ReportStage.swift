import Postgres
import SettleModel
import SettleStore

/// Writes finance's files. They lie beside the old ones until the run has ended and puts them in place.
struct ReportStage: Stage {
  let name = StageName.report
  let unit = "files"

  func perform(_ context: RunContext) async throws -> StageReport {
    let page = page(context)
    let date = context.date
    let staging = context.reports.staging
    try context.reports.prepare()
    return try await context.store.pool.transaction { db in
      // One snapshot for all files, so that they agree with each other whatever else is written meanwhile.
      _ = try db.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
      let (counts, totals) = try ReportWriter(db: db, date: date, folder: staging).write(page)
      return StageReport(counts: [("files_written", try context.reports.staged)] + counts, totals: totals)
    }
  }

  func rehearse(_ db: Session, _ context: RunContext) throws -> StageReport {
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
