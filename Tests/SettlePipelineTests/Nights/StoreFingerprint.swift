import Postgres
import SettleStore

extension Store {
  /// One hash a table over all its rows, so that a test can say that nothing changed. The journal is left out: it is
  /// what a run that changes nothing still writes.
  func fingerprint() async throws -> [String: String] {
    try await pool.session { db in
      let tables: [String] = try db.query(
        """
        SELECT relname::text AS name FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
          AND relname NOT IN ('runs', 'stage_runs', 'lease') ORDER BY relname
        """
      ) { try $0.get("name") }
      return try tables.reduce(into: [:]) { hashes, table in
        let row = try db.first(
          """
          SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS hash
          FROM \(identifier: table) t
          """)
        hashes[table] = try row?.get("hash") ?? ""
      }
    }
  }
}
