package import Postgres
package import SettleStore

extension Store {
  /// Each row of a query as one text, its columns (cast to text by the query) joined by blanks; NULL is a dash.
  package func rows(_ sql: SQL) async throws -> [String] {
    try await pool.session { db in
      try db.query(sql) { row in
        try row.columns.indices.map { try row.get($0, as: String?.self) ?? "-" }.joined(separator: " ")
      }
    }
  }

  package func execute(_ sql: SQL) async throws { _ = try await pool.session { try $0.execute(sql) } }

  /// Every table with a fingerprint of its rows, in any order: two that are equal hold the same.
  package func fingerprint() async throws -> [String: String] {
    try await pool.transaction { db in
      let tables: [String] = try db.query(
        """
        SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY 1
        """
      ) { try $0.get("name") }
      return try tables.reduce(into: [:]) { prints, table in
        prints[table] = try db.first(
          """
          SELECT count(*) || ' ' || md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS fingerprint
          FROM \(identifier: table) t
          """)?.get("fingerprint")
      }
    }
  }
}

extension Session {
  /// How many sessions wait for a lock that this one holds.
  package func othersWaiting() throws -> Int64 {
    try first(
      """
      SELECT count(DISTINCT pid) AS waiting FROM pg_locks
      WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
      """)?.get("waiting") ?? 0
  }
}
