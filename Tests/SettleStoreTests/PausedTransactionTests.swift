import Postgres
import SettleStore
import SettleTesting
import Testing

@Suite struct PausedTransactionTests {
  /// A run that stands still in a transaction must not hold the lease's row against its successor for ever.
  @Test func theServerEndsATransactionWhoseRunStandsStill() async throws {
    let store = try await Store.test(connections: 1)
    // The second use of the connection has it too, after the pool has set it back.
    for _ in 1...2 {
      let timeout = try await store.rows("SELECT current_setting('idle_in_transaction_session_timeout')")
      #expect(timeout == ["10s"])
    }
    await store.close()
  }
}
