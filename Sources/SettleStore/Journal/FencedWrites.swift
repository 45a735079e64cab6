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
  package func write<T: Sendable>(_ fence: Fence, _ body: @Sendable (Session) throws -> T) async throws -> T {
    let result = try await pool.transaction { db in
      try db.prove(fence, locking: false)
      let result = try body(db)
      try db.prove(fence, locking: true)
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

  fileprivate func prove(_ fence: Fence, locking: Bool) throws {
    if Defect.noFencing.isSeeded { return }
    let lock: SQL = locking ? " FOR SHARE" : ""
    let token: Int64? = try first("SELECT token FROM lease\(sql: lock)")?.get("token")
    guard token == fence.token else { throw StoreError.leaseLost("another run has taken over") }
  }
}
