package import Foundation
package import Postgres
package import SettleModel

/// A run as the journal keeps it.
package struct RunRecord: Sendable {
  package var id: UUID
  package var pipeline: String
  package var date: BusinessDate
  package var arguments: [String]
  package var stages: [String]
  package var version: String

  /// What `settle decide` is in the journal.
  package static let decideStages = ["decide"]

  package init(
    id: UUID, pipeline: String, date: BusinessDate, arguments: [String], stages: [String], version: String
  ) {
    self.id = id
    self.pipeline = pipeline
    self.date = date
    self.arguments = arguments
    self.stages = stages
    self.version = version
  }
}

/// How a stage stands in the journal. Stored spellings are never reused.
package enum StageStatus: String, Sendable, SQLEncodable, SQLDecodable { case running, done, failed, skipped }

extension Session {
  package func begin(_ run: RunRecord, fence: Fence, at now: Timestamp) throws {
    _ = try execute(
      """
      INSERT INTO runs (run_id, pipeline, business_date, arguments, stages, version, token, started_at)
      VALUES (\(run.id), \(run.pipeline), \(run.date), \(run.arguments), \(run.stages), \(run.version),
        \(fence.token), \(now))
      """)
  }

  package func finish(_ run: UUID, exitStatus: Int32, seal: AuditSeal? = nil, at now: Timestamp) throws {
    _ = try execute(
      """
      UPDATE runs SET finished_at = \(now), exit_status = \(exitStatus), seal = \(seal?.number), seal_hash = \(seal?.hash)
      WHERE run_id = \(run)
      """)
  }

  package func beginStage(_ stage: String, of run: UUID, at now: Timestamp) throws {
    _ = try execute(
      """
      INSERT INTO stage_runs (run_id, stage, status, started_at)
      VALUES (\(run), \(stage), \(StageStatus.running), \(now))
      """)
  }

  /// - Parameter counts: a JSON object of numbers.
  package func finishStage(
    _ stage: String, of run: UUID, status: StageStatus, counts: String, message: String?, at now: Timestamp
  ) throws {
    _ = try execute(
      """
      INSERT INTO stage_runs (run_id, stage, status, started_at, finished_at, counts, message)
      VALUES (\(run), \(stage), \(status), \(now), \(now), \(JSONText(counts)), \(message))
      ON CONFLICT (run_id, stage) DO UPDATE SET status = excluded.status, finished_at = excluded.finished_at,
        counts = excluded.counts, message = excluded.message
      """)
  }

  /// What the last run of each stage for a date left undone, in no run's words but the stage's: for the report's head.
  /// A run that was killed left its stage running.
  package func unfinishedStages(on date: BusinessDate) throws -> [(stage: String, message: String)] {
    try query(
      """
      SELECT stage, coalesce(message, 'ended early') AS message FROM (
        SELECT DISTINCT ON (s.stage) s.stage, s.status, s.message
        FROM stage_runs s JOIN runs r ON r.run_id = s.run_id
        WHERE r.business_date = \(date) AND s.status <> 'skipped'
        ORDER BY s.stage, r.token DESC) last
      WHERE status IN ('failed', 'running') AND stage NOT IN ('report', 'decide') ORDER BY stage
      """
    ) { row in (stage: try row.get("stage"), message: try row.get("message")) }
  }

  /// Open breaks but those that finance lets wait, and rows that were refused on the date: what `fail_on` bounds. What
  /// was decided for a later date counts from that one on.
  package func exceptions(on date: BusinessDate) throws -> (openBreaks: Int64, quarantined: Int64) {
    let row = try first(
      """
      SELECT (SELECT count(*) FROM breaks b WHERE status = 'open' AND NOT \(sql: Self.isWaiting(on: date)))
          + (SELECT count(*) FROM (\(sql: Self.decidedLater(than: date))) later) AS breaks,
        (SELECT coalesce(sum(rows_quarantined), 0)::bigint FROM input_files WHERE business_date = \(date)) AS rows
      """)
    guard let row else { throw StoreError.noAnswer("exceptions") }
    return (openBreaks: try row.get("breaks"), quarantined: try row.get("rows"))
  }
}
