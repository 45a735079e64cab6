package import Postgres
package import SettleModel

/// The database's own state, as `settle doctor` judges it.
package struct DatabaseHealth: Sendable {
  /// The major version.
  package var version: Int
  package var user: String
  package var database: String
  /// Of the three settings that durability rests on, those that are switched off.
  package var relaxed: [String]
  package var isReadOnly: Bool
  package var clock: Timestamp
  package var connectionsLeft: Int
  /// Functions that the user may not call, without which the lost answer to a COMMIT cannot be looked up.
  package var withheld: [String] = []
}

/// What the roles may do, against what they should.
package struct RoleHealth: Sendable {
  package var exists: Bool
  /// Whether the connecting user may take the role on.
  package var isMember: Bool
  /// Rights that the role lacks, and such as it should not have, as `UPDATE on quarantine`.
  package var missing: [String]
  package var excessive: [String]
}

extension Session {
  package func databaseHealth() throws -> DatabaseHealth {
    let lookUpFunctions = [
      "pg_control_checkpoint()", "pg_control_system()", "pg_current_wal_lsn()", "pg_walfile_name(pg_lsn)",
      "pg_xact_status(xid8)",
    ]
    guard
      let row = try first(
        """
        SELECT current_setting('server_version_num')::int / 10000 AS version, session_user AS "user",
          current_database() AS database, pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'
            AS read_only, clock_timestamp() AS clock,
          ARRAY(SELECT name FROM pg_settings
            WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name)
            AS relaxed,
          ARRAY(SELECT name FROM unnest(\(lookUpFunctions)) name
            WHERE NOT has_function_privilege(session_user, name, 'EXECUTE')) AS withheld,
          current_setting('max_connections')::int - (SELECT count(*) FROM pg_stat_activity) AS connections
        """)
    else { throw StoreError.noAnswer("the server's settings") }
    return DatabaseHealth(
      version: try row.get("version"), user: try row.get("user"), database: try row.get("database"),
      relaxed: try row.get("relaxed"), isReadOnly: try row.get("read_only"), clock: try row.get("clock"),
      connectionsLeft: try row.get("connections"), withheld: try row.get("withheld"))
  }

  /// The writer's rights: to read everything, to add wherever it is not the owner's, to change all but what is written
  /// once, to delete almost nothing.
  package func writerHealth() throws -> RoleHealth {
    let onceOnly = [
      "quarantine", "outbox", "event_sequence", "outcome_versions", "charge_batches", "input_files", "audit",
      "audit_seals", "file_digests", "bank_statements", "bank_lines", "arrivals", "processor_batches",
      "report_editions",
      "edition_chunks", "decisions", "instrument_changes", "bank_statement_lines", "former_matches",
      "sweeps", "carried",
    ]
    // What is the owner's, who migrates: how far the schema is, and how many digits a currency has.
    let given = ["migrations", "currencies"]
    let moved = [
      "outcome_records", "matches", "breaks", "bank_matches", "bank_match_lines", "bank_match_payouts", "sweeps",
      "carried",
    ]
    return try roleHealth(
      "settle_writer",
      wanted: """
        SELECT t.name, v.privilege FROM tables t CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'))
          v (privilege)
        WHERE v.privilege = 'SELECT' OR t.name <> ALL(\(given)) AND (v.privilege = 'INSERT'
          OR v.privilege = 'UPDATE' AND t.name <> ALL(\(onceOnly)) OR v.privilege = 'DELETE' AND t.name = ANY(\(moved)))
        """)
  }

  /// As whom a run writes: the user, after it has stepped down where it can, and whether that user could change what
  /// nobody should (a superuser or the tables' owner is refused nothing).
  package func writesAs() throws -> (user: String, isUnbound: Bool) {
    guard
      let row = try first(
        """
        SELECT current_user::text AS user, r.rolsuper OR coalesce(pg_has_role(current_user, c.relowner, 'USAGE'), false)
          AS unbound
        FROM pg_roles r LEFT JOIN pg_class c ON c.oid = to_regclass('payments') WHERE r.rolname = current_user
        """)
    else { throw StoreError.noAnswer("current_user") }
    return (user: try row.get("user"), isUnbound: try row.get("unbound"))
  }

  /// The reader's rights: to look.
  package func readerHealth() throws -> RoleHealth {
    try roleHealth("settle_reader", wanted: "SELECT t.name, 'SELECT' AS privilege FROM tables t")
  }

  private func roleHealth(_ role: String, wanted: SQL) throws -> RoleHealth {
    let known = try first(
      "SELECT pg_has_role(session_user, oid, 'MEMBER') AS member FROM pg_roles WHERE rolname = \(role)")
    guard let known else { return RoleHealth(exists: false, isMember: false, missing: [], excessive: []) }
    var health = RoleHealth(exists: true, isMember: try known.get("member"), missing: [], excessive: [])
    // Tables of other owners in the same schema are none of settle's business.
    try forEach(
      """
      WITH tables AS (
        SELECT c.relname::text AS name, c.oid FROM pg_class c
        WHERE c.relkind = 'r' AND (c.relnamespace, c.relowner) = (
          SELECT relnamespace, relowner FROM pg_class WHERE oid = to_regclass('payments'))
      ), wanted AS (\(sql: wanted))
      SELECT t.name, v.privilege, w.name IS NOT NULL AS wanted
      FROM tables t CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE')) v (privilege)
      LEFT JOIN wanted w ON w.name = t.name AND w.privilege = v.privilege
      WHERE has_table_privilege(\(role), t.oid, v.privilege) <> (w.name IS NOT NULL)
      ORDER BY t.name, v.privilege
      """
    ) { row in
      let right = "\(try row.get("privilege") as String) on \(try row.get("name") as String)"
      if try row.get("wanted") { health.missing.append(right) } else { health.excessive.append(right) }
    }
    return health
  }

  /// Whose money the store keeps; nil until a first run has asked the processor.
  package func storeIdentity() throws -> (processor: String, account: ProcessorAccount)? {
    try first("SELECT processor, account, live FROM store_identity").map { row in
      (
        processor: try row.get("processor"),
        account: ProcessorAccount(id: try row.get("account"), live: try row.get("live"))
      )
    }
  }
}
