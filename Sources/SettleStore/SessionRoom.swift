package import Postgres

extension Store {
  /// Memory for statements over whole files and nights, and no compiler for them.
  ///
  /// PostgreSQL ships with room for many small queries at once: by its 4 MB, each sort and hash of a night goes through
  /// files, and by 8 MB of buffers a temporary table of any size is written and read again page by page. And where an
  /// estimate is high it compiles a statement for seconds that then runs for less. A run has one such statement at a
  /// time. Where the server has been given more, it keeps it.
  @Sendable package static func makeRoom(_ db: Session) throws {
    _ = try db.execute(
      """
      SELECT set_config(s.name, w.least::text, false)
      FROM (VALUES ('work_mem', 32 * 1024), ('maintenance_work_mem', 128 * 1024), ('temp_buffers', 64 * 128))
        w (name, least)
      JOIN pg_settings s ON s.name = w.name
      -- The last one stands as soon as the session has had a temporary table.
      WHERE s.setting::bigint < w.least AND (s.name <> 'temp_buffers' OR pg_my_temp_schema() = 0)
      """)
    _ = try db.execute("SET jit = off")
    // PostgreSQL ships with the costs of a spinning disk, on which a night's few among many payments would better be
    // found by reading all of them. A server that was told otherwise knows its disks.
    _ = try db.execute(
      """
      SELECT set_config(name, '1.1', false) FROM pg_settings WHERE name = 'random_page_cost' AND source = 'default'
      """)
  }
}

extension Session {
  /// For a statement that changes a great part of a large table: it goes along the table's key, and so along the table,
  /// as rows of one load lie in the order of their keys. A hash join in parts would reach for each page again and again.
  func inOrderOfKey<T>(_ body: () throws -> T) throws -> T {
    _ = try execute("SET LOCAL enable_hashjoin = off")
    let result = try body()
    _ = try execute("RESET enable_hashjoin")
    return result
  }
}
