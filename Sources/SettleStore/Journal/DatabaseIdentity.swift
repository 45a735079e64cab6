package import Postgres

/// Which database a store is in, by facts that a copy of it cannot share.
package struct DatabaseIdentity: Sendable, Equatable {
  /// Made by initdb, and copied with the files; nil where this role may not ask.
  package var system: String?
  /// Rises when a standby is promoted and when a recovery ends at an earlier time; nil where this role may not ask.
  package var timeline: Int64?
  /// Of the database in its cluster: a dump that is restored gets another. Nil where a store has not been asked yet.
  package var oid: Int64?
  package var name: String?

  package init(system: String?, timeline: Int64?, oid: Int64?, name: String?) {
    self.system = system
    self.timeline = timeline
    self.oid = oid
    self.name = name
  }

  /// Whether something that is known of both differs. A name may change at any time, and says nothing.
  package func contradicts(_ other: DatabaseIdentity) -> Bool {
    func differ<Value: Equatable>(_ one: Value?, _ two: Value?) -> Bool {
      if let one, let two { one != two } else { false }
    }
    return differ(system, other.system) || differ(timeline, other.timeline) || differ(oid, other.oid)
  }

  /// Whether a restored or promoted database would be recognised.
  package var isWhole: Bool { system != nil && timeline != nil }
}

extension Session {
  /// The database that this session is connected to.
  ///
  /// The functions are everybody's unless an administrator has revoked them. The timeline is read off the name of the
  /// file being written, since `pg_control_checkpoint()` tells of a promotion only after the next checkpoint.
  package func databaseIdentity() throws -> DatabaseIdentity {
    guard
      let row = try first(
        """
        SELECT oid::bigint AS oid, datname::text AS name,
          coalesce(has_function_privilege(to_regprocedure('pg_control_system()'), 'EXECUTE'), false) AS asks_system,
          coalesce(has_function_privilege(to_regprocedure('pg_current_wal_lsn()'), 'EXECUTE')
            AND has_function_privilege(to_regprocedure('pg_walfile_name(pg_lsn)'), 'EXECUTE'), false)
            AND NOT pg_is_in_recovery() AS asks_timeline
        FROM pg_database WHERE datname = current_database()
        """)
    else { throw StoreError.noAnswer("the database's identity") }
    let asksSystem: Bool = try row.get("asks_system")
    let asksTimeline: Bool = try row.get("asks_timeline")
    let system: String? =
      asksSystem ? try first("SELECT system_identifier::text AS system FROM pg_control_system()")?.get("system") : nil
    let timeline: Int64? =
      asksTimeline
      ? try first(
        "SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint AS timeline")?.get("timeline")
      : nil
    return DatabaseIdentity(
      system: system, timeline: timeline, oid: try row.get("oid"), name: try row.get("name"))
  }
}
