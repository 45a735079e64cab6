package import Postgres

/// How many rows of a table were written.
package struct TableWrites: Codable, Equatable, Sendable {
  package var inserted: Int64 = 0
  package var updated: Int64 = 0
  package var deleted: Int64 = 0

  package init() {}

  package static func - (after: TableWrites, before: TableWrites) -> TableWrites {
    var difference = TableWrites()
    difference.inserted = after.inserted - before.inserted
    difference.updated = after.updated - before.updated
    difference.deleted = after.deleted - before.deleted
    return difference
  }
}

extension ConnectionSettings {
  /// Every table of the database with the rows that were ever written to it, rolled back or not, by the server's own
  /// count. A session's count is whole only when it has ended, so the end of all others is awaited.
  package func tableWrites() async throws -> [String: TableWrites] {
    let pool = Pool(self, size: 1)
    do {
      while try await pool.session({ try $0.hasCompany() }) { try await Task.sleep(for: .milliseconds(10)) }
      let writes = try await pool.session { try $0.tableWrites() }
      await pool.close()
      return writes
    } catch {
      await pool.close()
      throw error
    }
  }
}

extension Session {
  fileprivate func hasCompany() throws -> Bool {
    try first(
      """
      SELECT EXISTS (
        SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend') AS others
      """)?.get("others") ?? false
  }

  fileprivate func tableWrites() throws -> [String: TableWrites] {
    let tables = try query(
      """
      SELECT relname::text AS name, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables
      WHERE schemaname = current_schema()
      """
    ) { row in
      var writes = TableWrites()
      writes.inserted = try row.get("n_tup_ins")
      writes.updated = try row.get("n_tup_upd")
      writes.deleted = try row.get("n_tup_del")
      return (try row.get("name", as: String.self), writes)
    }
    return Dictionary(uniqueKeysWithValues: tables)
  }
}
