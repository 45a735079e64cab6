import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

/// A store that finds itself in another database than before may be older than what its processor has charged.
@Suite struct StoreIdentityTests {
  private static let account = ProcessorAccount(id: "acct_1", live: false)
  private static let now = Timestamp(seconds: 1_795_000_000)
  private static let known = DatabaseIdentity(system: "7", timeline: 1, oid: 5, name: "settle")

  private func meet(_ store: Store, at now: Timestamp = now) async throws -> StoreDoubt? {
    try await store.pool.transaction { db in
      try db.bind(to: Self.account, of: "stripe")
      return try db.recogniseDatabase(at: now)
    }
  }

  private func looked(_ store: Store, at now: Timestamp = now) async throws {
    try await store.pool.transaction { try $0.endDoubt(at: now) }
  }

  @Test(arguments: [
    (known, false), (DatabaseIdentity(system: "8", timeline: 1, oid: 5, name: "settle"), true),
    (DatabaseIdentity(system: "7", timeline: 2, oid: 5, name: "settle"), true),
    (DatabaseIdentity(system: "7", timeline: 1, oid: 6, name: "settle"), true),
    (DatabaseIdentity(system: "7", timeline: 1, oid: 5, name: "renamed"), false),
    (DatabaseIdentity(system: nil, timeline: nil, oid: 5, name: "settle"), false),
    (DatabaseIdentity(system: nil, timeline: nil, oid: 6, name: "settle"), true),
    (DatabaseIdentity(system: nil, timeline: nil, oid: nil, name: nil), false),
  ])
  func onlyWhatIsKnownOfBothCanDiffer(other: DatabaseIdentity, differs: Bool) {
    #expect(Self.known.contradicts(other) == differs)
    #expect(other.contradicts(Self.known) == differs)
  }

  @Test func aNewStoreIsInDoubtUntilItHasLooked() async throws {
    let store = try await Store.test(connections: 1)
    #expect(try await meet(store) == .newStore)
    // A run that died before it had looked leaves the doubt to the next.
    #expect(try await meet(store) == .newStore)
    try await looked(store)
    #expect(try await meet(store) == nil)
    let before = try await store.fingerprint()
    #expect(try await meet(store) == nil)
    #expect(try await store.fingerprint() == before)
    await store.close()
  }

  /// Its account has been charged with before: it may be the successor of a store that was lost.
  @Test func aNewStoreOnAUsedAccountStaysInDoubt() async throws {
    let store = try await Store.test(connections: 1)
    _ = try await meet(store)
    for day in 0..<7 {
      let now = Self.now.adding(.seconds(Int64(day) * 86_400))
      try await store.pool.transaction { try $0.prolongDoubt(at: now) }
      try await looked(store, at: now)
      #expect(try await meet(store, at: now) == .newStore)
    }
    let later = Self.now.adding(.seconds(7 * 86_400))
    try await looked(store, at: later)
    #expect(try await meet(store, at: later) == nil)
    try await store.pool.transaction { try $0.prolongDoubt(at: later) }
    #expect(try await meet(store, at: later) == nil)
    await store.close()
  }

  @Test func aCopyElsewhereIsRecognised() async throws {
    let store = try await Store.test(connections: 1)
    _ = try await meet(store)
    try await looked(store)
    let copy = Store(try await TestCluster.copy(of: store.settings), connections: 1)
    #expect(try await meet(copy) == .otherDatabase)
    #expect(try await meet(store) == nil)
    // Files that were loaded before the restore may be put back days later, so the doubt lasts.
    try await looked(copy)
    #expect(try await meet(copy) == .otherDatabase)
    let later = Self.now.adding(.seconds(8 * 86_400))
    try await looked(copy, at: later)
    #expect(try await meet(copy, at: later) == nil)
    await copy.close()
    await store.close()
  }

  /// What a promotion or a recovery to an earlier time leaves: another timeline of the same cluster.
  @Test(arguments: ["timeline = timeline - 1", "system_identifier = '1'", "database_oid = 1"])
  func eachPartCounts(change: String) async throws {
    let store = try await Store.test(connections: 1)
    _ = try await meet(store)
    try await looked(store)
    try await store.pool.session { try $0.script("UPDATE store_identity SET \(change)") }
    #expect(try await meet(store) == .otherDatabase)
    await store.close()
  }

  /// A store of the version before remembers no database: the first run does, without doubting it.
  @Test func anOlderStoreLearnsItsDatabase() async throws {
    let store = try await Store.test(connections: 1)
    _ = try await meet(store)
    try await looked(store)
    try await store.pool.session {
      try $0.script(
        "UPDATE store_identity SET system_identifier = NULL, timeline = NULL, database_oid = NULL, database_name = NULL"
      )
    }
    #expect(try await meet(store) == nil)
    #expect(try await store.rows("SELECT (database_oid IS NOT NULL)::text FROM store_identity") == ["true"])
    await store.close()
  }
}
