import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// Which fenced transactions count as a change of the store.
@Suite struct ChangesTests {
  private static let batch: SQL = "INSERT INTO payment_references VALUES ('default', 'stripe', 'A', 'hold', \(UUID()))"

  /// How many numbers a fenced transaction draws.
  private func drawn(_ store: Store, _ body: @Sendable (Session) throws -> Void) async throws -> Int64 {
    let before = try await store.pool.session { try $0.lastChange() }
    try await store.write(Fence(token: 0), body)
    return try await store.pool.session { try $0.lastChange() } - before
  }

  @Test func rowsOfPermanentTablesCount() async throws {
    let store = try await Store.test()
    let other: SQL = "UPDATE payment_references SET value = 'B'"
    #expect(try await drawn(store) { _ in } == 0)
    #expect(try await drawn(store) { _ = try $0.execute(Self.batch) } == 1)
    // What the last transaction did is not this one's, though the server may not have been told of it yet.
    #expect(try await drawn(store) { _ in } == 0)
    #expect(try await drawn(store) { _ = try $0.query("SELECT * FROM payment_references FOR UPDATE") } == 0)
    #expect(try await drawn(store) { _ = try $0.execute("\(sql: other) WHERE false") } == 0)
    #expect(try await drawn(store) { _ = try $0.execute(other) } == 1)
    #expect(
      try await drawn(store) {
        _ = try $0.execute("INSERT INTO missing_files VALUES (\(UUID()), \(UUID()), 'stripe', '2026-11-20', 'x')")
      } == 1)
    await store.close()
  }

  @Test func theJournalAndTemporaryTablesDoNot() async throws {
    let store = try await Store.test()
    let run = UUID()
    #expect(
      try await drawn(store) { db in
        try db.begin(
          RunRecord(
            id: run, pipeline: "test", date: BusinessDate(daysSinceEpoch: 20_000), arguments: [], stages: [],
            version: "test"), fence: Fence(token: 0), at: Timestamp(microseconds: 0))
        try db.beginStage("report", of: run, at: Timestamp(microseconds: 0))
        try db.script("CREATE TEMPORARY TABLE staged (line bigint) ON COMMIT DROP; INSERT INTO staged VALUES (1)")
      } == 0)
    await store.close()
  }

  @Test func whatIsRolledBackDoesNotMatter() async throws {
    struct Stop: Error {}
    let store = try await Store.test()
    await #expect(throws: Stop.self) {
      try await store.write(Fence(token: 0)) { db in
        _ = try db.execute(Self.batch)
        throw Stop()
      }
    }
    #expect(try await store.pool.session { try $0.lastChange() } == 0)
    await store.close()
  }
}
