package import Postgres
package import SettleModel

extension Session {
  /// Whether the last import for a date ended badly, so that an outcome file may be missing that would explain what is to
  /// be refunded. One that refused nothing but a bank's statements has taken all outcome files.
  package func outcomesAreIncomplete(on date: BusinessDate) throws -> Bool {
    try first(
      """
      SELECT 1 AS found FROM (
        SELECT s.status, s.counts FROM stage_runs s JOIN runs r ON r.run_id = s.run_id
        WHERE r.business_date = \(date) AND s.stage = 'import' AND s.status <> 'skipped'
        ORDER BY r.token DESC LIMIT 1) last
      WHERE status IN ('failed', 'running')
        AND NOT coalesce((counts ->> 'statements_refused')::bigint = (counts ->> 'files_refused')::bigint, false)
      """) != nil
  }
}
