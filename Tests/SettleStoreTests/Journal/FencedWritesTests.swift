import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct FencedWritesTests {
  private static let lost = StoreError.leaseLost("another run has taken over")
  private static let written: SQL = "SELECT value FROM payment_references"

  private static func reference(_ value: String) -> SQL {
    "INSERT INTO payment_references VALUES ('default', 'stripe', \(value), 'hold', \(UUID()))"
  }

  @Test func anOldTokenWritesNothing() async throws {
    let store = try await Store.test()
    let lease = try await Lease.acquire(store.settings, run: UUID(), holder: "now")
    let old = Fence(token: lease.token - 1)
    await #expect(throws: Self.lost) {
      try await store.write(old) { _ = try $0.execute(Self.reference("QQQ")) }
    }
    try await store.write(Fence(token: lease.token)) { _ = try $0.execute(Self.reference("QQR")) }
    #expect(try await store.rows(Self.written) == ["QQR"])
    await lease.release()
    await store.close()
  }

  /// A run that was paused in the middle of a transaction: its successor came while it had work uncommitted.
  @Test func aTransactionThatASuccessorOvertookIsRolledBack() async throws {
    let store = try await Store.test()
    let gate = try await Connection.open(store.settings)
    try await gate.run { _ = try $0.query("SELECT pg_advisory_lock(42)") }
    let paused = Task {
      try await store.write(Fence(token: 0)) { db in
        try db.execute(Self.reference("QQQ"))
        _ = try db.query("SELECT pg_advisory_xact_lock(42)")
      }
    }
    while try await gate.run({ try $0.othersWaiting() }) == 0 { try await Task.sleep(for: .milliseconds(5)) }
    let lease = try await Lease.acquire(store.settings, run: UUID(), holder: "successor")
    try await gate.run { _ = try $0.query("SELECT pg_advisory_unlock(42)") }
    await #expect(throws: Self.lost) { try await paused.value }
    #expect(try await store.rows(Self.written) == [])
    await lease.release()
    await gate.close()
    await store.close()
  }

  @Test func aThrowingBodyWritesNothing() async throws {
    struct Stop: Error {}
    let store = try await Store.test()
    await #expect(throws: Stop.self) {
      try await store.write(Fence(token: 0)) { db in
        try db.execute(Self.reference("QQQ"))
        throw Stop()
      }
    }
    #expect(try await store.rows(Self.written) == [])
    await store.close()
  }
}
