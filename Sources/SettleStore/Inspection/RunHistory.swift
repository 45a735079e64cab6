package import Foundation
package import Postgres
package import SettleModel

/// A run as the journal has it, with its stages in the order in which they began.
package struct RunSummary: Sendable {
  package var id: UUID
  package var pipeline: String
  package var date: BusinessDate
  package var arguments: [String]
  /// What it was asked for.
  package var stages: [String]
  package var version: String
  package var startedAt: Timestamp
  /// Nil while it runs, and for ever where it died.
  package var finishedAt: Timestamp?
  package var exitStatus: Int32?
  package var stageRuns: [StageSummary] = []

  /// Whether it took finance's decisions, and was no night's.
  package var isDeciding: Bool { stages == RunRecord.decideStages }
}

package struct StageSummary: Sendable {
  package var stage: String
  package var status: StageStatus
  package var startedAt: Timestamp
  package var finishedAt: Timestamp?
  /// In order of their names.
  package var counts: [(name: String, value: Int64)]
  package var message: String?
}

/// Who holds the right to write.
package struct LeaseHolder: Sendable {
  package var run: UUID
  /// The pipeline, the host and the process.
  package var holder: String
  package var since: Timestamp?
  package var expiresAt: Timestamp
  /// Whether the next run would have to wait: the lease has not lapsed, and its process is not known to be gone.
  package var isAlive: Bool
  package var process: ProcessPresence
}

extension Session {
  /// The newest runs first.
  ///
  /// - Parameter deciding: whether those count that took finance's decisions, and are no night's.
  package func recentRuns(limit: Int, deciding: Bool = true) throws -> [RunSummary] {
    var runs = try query(
      """
      SELECT run_id, pipeline, business_date, arguments, stages, version, started_at, finished_at, exit_status
      FROM runs WHERE \(deciding) OR stages <> \(RunRecord.decideStages) ORDER BY token DESC LIMIT \(limit)
      """
    ) { row in
      RunSummary(
        id: try row.get("run_id"), pipeline: try row.get("pipeline"), date: try row.get("business_date"),
        arguments: try row.get("arguments"), stages: try row.get("stages"), version: try row.get("version"),
        startedAt: try row.get("started_at"), finishedAt: try row.get("finished_at"),
        exitStatus: try row.get("exit_status"))
    }
    for (id, stage) in try stages(of: runs.map(\.id)) {
      guard let index = runs.firstIndex(where: { $0.id == id }) else { continue }
      runs[index].stageRuns.append(stage)
    }
    return runs
  }

  private func stages(of runs: [UUID]) throws -> [(UUID, StageSummary)] {
    try query(
      """
      SELECT run_id, stage, status, started_at, finished_at, message,
        ARRAY(SELECT key FROM jsonb_each_text(counts) ORDER BY key) AS names,
        ARRAY(SELECT value::bigint FROM jsonb_each_text(counts) ORDER BY key) AS figures
      FROM stage_runs WHERE run_id = ANY(\(runs)) ORDER BY started_at, finished_at, stage
      """
    ) { row in
      let names: [String] = try row.get("names")
      let figures: [Int64] = try row.get("figures")
      return (
        try row.get("run_id"),
        StageSummary(
          stage: try row.get("stage"), status: try row.get("status"), startedAt: try row.get("started_at"),
          finishedAt: try row.get("finished_at"), counts: zip(names, figures).map { (name: $0, value: $1) },
          message: try row.get("message"))
      )
    }
  }

  /// Nil where nobody holds it.
  package func leaseHolder() throws -> LeaseHolder? {
    try first(
      """
      SELECT run_id, holder, boot_id, pid, process_start, taken_at, expires_at, expires_at > clock_timestamp() AS live
      FROM lease WHERE run_id IS NOT NULL
      """
    ).map { row in
      let process = ProcessIdentity(
        bootID: try row.get("boot_id"), pid: try row.get("pid"), start: try row.get("process_start"))
      let lives: Bool = try row.get("live")
      return LeaseHolder(
        run: try row.get("run_id"), holder: try row.get("holder"), since: try row.get("taken_at"),
        expiresAt: try row.get("expires_at"), isAlive: lives && !process.isGone, process: process.presence)
    }
  }
}
