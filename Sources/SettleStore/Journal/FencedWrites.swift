import Faults
package import Postgres

/// A run's right to write, carried by every transaction.
package struct Fence: Sendable {
  package let token: Int64
  package init(token: Int64) { self.token = token }
}

extension Store {
  /// One transaction of the run. It commits only if no later holder of the lease has come.
  ///
  /// The check at the end locks the lease row until the commit: a successor's taking over waits for it, or was there
  /// first and is seen. The lock is short, so that the holder's own renewal hardly ever waits.
  ///
  /// Before that, a change of anything but the journal is counted: see ``Postgres/Session/lastChange()``.
  ///
  /// The body may run more than once: after a deadlock or a serialization failure the database has undone it, and it is
  /// begun again. So it changes nothing but the store.
  package func write<T: Sendable>(_ fence: Fence, _ body: @Sendable (Session) throws -> T) async throws -> T {
    let result = try await pool.transaction(repeats: 3) { db in
      let touched = try db.prove(fence)
      let result = try body(db)
      try db.hold(fence, touchedBefore: touched)
      FaultPoint.beforeCommit.reached()
      return result
    }
    FaultPoint.afterCommit.reached()
    return result
  }
}

extension Session {
  /// Whether no other run has taken the lease since.
  package func isLatest(_ fence: Fence) throws -> Bool {
    try first("SELECT token FROM lease")?.get("token") == fence.token
  }

  /// The fence holds now. Returns how many rows the session has touched: see ``touchedRows``.
  fileprivate func prove(_ fence: Fence) throws -> Int64? {
    try row("SELECT token, \(sql: Self.touchedRows) AS touched FROM lease", of: fence).get("touched")
  }

  /// The fence holds until the commit. Where rows were touched since it was proved first, a change is counted.
  fileprivate func hold(_ fence: Fence, touchedBefore: Int64?) throws {
    _ = try row(
      """
      SELECT token, CASE WHEN (\(sql: Self.touchedRows) = \(touchedBefore)) IS NOT TRUE THEN nextval('changes') END
      FROM lease FOR SHARE
      """, of: fence)
  }

  private func row(_ query: SQL, of fence: Fence) throws -> Row {
    guard let row = try first(query) else { throw StoreError.noAnswer("the lease") }
    if Defect.noFencing.isSeeded { return row }
    guard try row.get("token") == fence.token else { throw StoreError.leaseLost("another run has taken over") }
    return row
  }
}
