package import Postgres

// Whether the store has changed since a report was written is counted, not guessed from what stages say they did: each
// fenced transaction asks PostgreSQL itself whether it changed a row. A transaction holds the lease row until its commit,
// so a run that holds the lease sees the number of no change before it sees the change.

extension Session {
  /// The number of the last change that was counted. It only rises; after a crash it may have skipped some.
  package func lastChange() throws -> Int64 {
    try first("SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM changes")?.get("last") ?? 0
  }

  /// Counts a change, and returns its number.
  func drawChange() throws -> Int64 {
    guard let drawn: Int64 = try first("SELECT nextval('changes') AS change")?.get("change") else {
      throw StoreError.noAnswer("the number of a change")
    }
    return drawn
  }

  /// How many rows of permanent tables, but those of the journal, the session has inserted, changed or deleted: of the
  /// open transaction, and perhaps of some before it, so that only what is added while one is open tells of it.
  ///
  /// On a server that keeps no statistics it is NULL, so that every transaction counts.
  static let touchedRows: SQL = """
    (SELECT CASE WHEN current_setting('track_counts') = 'on' THEN coalesce(sum(
        pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
        + pg_stat_get_xact_tuples_deleted(oid)), 0)::bigint END
      FROM pg_class
      WHERE relkind = 'r' AND relpersistence <> 't'
        AND relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
        AND relname <> ALL ('{lease, runs, stage_runs, audit_seals, report_editions, edition_chunks,
          published_reports}'::name[]))
    """
}
