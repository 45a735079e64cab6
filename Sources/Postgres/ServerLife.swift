/// Which server a connection speaks to, and which of its lives: between two crashes, and on one line of history.
///
/// A transaction's number means something only within one of them. After a crash a number whose WAL had not reached the
/// disk is given out a second time, and a standby that was promoted gives out again what never reached it.
struct ServerLife: Sendable, Equatable {
  /// `system_identifier`: made with the cluster, and shared by its standbys.
  let system: String
  /// Rises with every promotion and every restore to a point in time.
  let timeline: String
  /// When the server's statistics began: a crash loses them, a clean restart does not.
  let statisticsSince: String
}

extension Session {
  /// Nil on a standby, which commits nothing, and where the role may not ask.
  func askServerLife() throws -> ServerLife? {
    do {
      return try query(
        """
        SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system,
          left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline,
          (SELECT stats_reset::text FROM pg_stat_wal) AS since
        WHERE NOT pg_is_in_recovery()
        """
      ) { row in
        ServerLife(
          system: try row.get("system"), timeline: try row.get("timeline"), statisticsSince: try row.get("since"))
      }.first
    } catch let error as PostgresError where !isLost && error.kind != .misuse {
      // Some hosts withhold these functions: then no lost answer can be looked up, and that is said when one is lost.
      return nil
    }
  }
}
