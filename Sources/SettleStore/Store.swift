package import Postgres
import SettleModel

/// settle's system of record. All SQL of the project is in this module; everything here runs on a real PostgreSQL.
package struct Store: Sendable {
  package let settings: ConnectionSettings
  /// How long in all the database is waited for while it is being restarted.
  package let patience: Duration
  /// Sessions of the writer role, where the database has it.
  package let pool: Pool

  /// Twice a lease's life: most restarts are over by then, and the fence says whether the run still may write.
  package static let usualPatience: Duration = .seconds(10)

  /// Opens nothing yet: connections are made when they are first used.
  ///
  /// - Parameter patience: how long in all a database is waited for that is being restarted.
  package init(_ settings: ConnectionSettings, connections: Int = 4, patience: Duration = Store.usualPatience) {
    self.settings = settings
    self.patience = patience
    pool = Pool(settings, size: connections, patience: patience, prepare: Store.becomeWriter)
  }

  /// Applies missing migrations as the connecting user, who owns the tables, and returns their names.
  package func migrate() async throws -> [String] {
    let owner = Pool(settings, size: 1, prepare: nil)
    do {
      let applied = try await owner.transaction { db in
        try db.checkWritable()
        let applied = try Migrator().migrate(db)
        try db.registerCurrencies()
        return applied
      }
      await owner.close()
      return applied
    } catch {
      await owner.close()
      throw error
    }
  }

  /// Throws ``StoreError/notMigrated(missing:)`` unless the schema is the one that this version was written for.
  package func checkSchema() async throws { try await pool.session { try Migrator().check($0) } }

  /// Throws ``StoreError/standby`` or ``StoreError/readOnly`` where a run could store nothing.
  package func checkWritable() async throws {
    try await pool.session { try $0.checkWritable() }
  }

  /// Whether the database can be reached and written to now, as far as asking can tell.
  package func answers() async -> Bool {
    do {
      try await checkWritable()
      return true
    } catch {
      return false
    }
  }

  /// Refreshes the planner's statistics after a load. Needs the owner, so the session steps out of the writer's role.
  package func analyze(_ tables: [String]) async throws {
    try await pool.session { db in
      _ = try db.execute("RESET ROLE")
      for table in tables { _ = try db.execute("ANALYZE \(identifier: table)") }
      try Store.becomeWriter(db)
    }
  }

  package func close() async { await pool.close() }

  /// A process that is stopped inside a transaction keeps its locks, and its successor would wait for them without end:
  /// the server ends such a session. No statement of settle's follows the one before it by seconds.
  @Sendable static func letGoWhenStopped(_ db: Session) throws {
    _ = try db.execute("SET idle_in_transaction_session_timeout = '10s'")
  }

  /// The rights of a run: no more than the writer role has. Without the role (a database whose administrator made
  /// none) the connecting user's own rights apply; `settle doctor` says so.
  @Sendable private static func becomeWriter(_ db: Session) throws {
    let member: Bool? = try db.first(
      """
      SELECT pg_has_role(current_user, oid, 'MEMBER') AS member FROM pg_roles WHERE rolname = 'settle_writer'
      """)?.get("member")
    if member == true { _ = try db.execute("SET ROLE settle_writer") }
    _ = try db.execute("SET TIME ZONE 'UTC'")
    try Store.letGoWhenStopped(db)
    try Store.makeRoom(db)
  }
}

extension Session {
  fileprivate func checkWritable() throws {
    let row = try first(
      "SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') = 'on' AS read_only")
    guard let row else { throw StoreError.noAnswer("the server's settings") }
    if try row.get("standby") { throw StoreError.standby }
    if try row.get("read_only") { throw StoreError.readOnly }
  }

  /// Makes the currencies' digits known to SQL.
  fileprivate func registerCurrencies() throws {
    _ = try execute(
      """
      INSERT INTO currencies (code, digits)
      SELECT * FROM unnest(\(Currency.all.map(\.code)), \(Currency.all.map { Int32($0.digits) }))
      ON CONFLICT (code) DO UPDATE SET digits = excluded.digits WHERE currencies.digits <> excluded.digits
      """)
  }
}
