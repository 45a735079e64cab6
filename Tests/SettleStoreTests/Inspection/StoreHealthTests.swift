import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct StoreHealthTests {
  @Test func aMigratedStoreGrantsWhatIsNeededAndNoMore() async throws {
    let store = try await Store.test()
    let (writer, reader) = try await store.pool.session { (try $0.writerHealth(), try $0.readerHealth()) }
    for health in [writer, reader] {
      #expect(health.exists)
      #expect(health.missing == [])
      #expect(health.excessive == [])
    }
    #expect(writer.isMember, "whoever migrates may step down to the writer's role")
    #expect(
      try await store.pool.session { try $0.first("SELECT current_user::text AS role")?.get("role") as String? }
        == "settle_writer")
    await store.close()
  }

  @Test func aRightTooManyAndOneTooFewAreNamed() async throws {
    let store = try await Store.test()
    let owner = Pool(store.settings, size: 1)
    try await owner.session { db in
      try db.script("GRANT UPDATE ON quarantine TO settle_writer; REVOKE INSERT ON payments FROM settle_writer")
    }
    let writer = try await store.pool.session { try $0.writerHealth() }
    #expect(writer.excessive == ["UPDATE on quarantine"])
    #expect(writer.missing == ["INSERT on payments"])
    await owner.close()
    await store.close()
  }

  @Test func settingsThatLoseCommitsAreNamed() async throws {
    let store = try await Store.test()
    let health = try await store.pool.session { try $0.databaseHealth() }
    #expect(health.version >= 14)
    #expect(!health.isReadOnly)
    #expect(health.withheld == [])
    // The tests' own server is made to be fast and forgotten.
    #expect(health.relaxed == ["fsync", "full_page_writes", "synchronous_commit"])
    await store.close()
  }

  @Test func theStoreKnowsWhoseMoneyItKeeps() async throws {
    let store = try await Store.test()
    #expect(try await store.pool.session { try $0.storeIdentity() } == nil)
    let account = ProcessorAccount(id: "acct_1", live: false)
    try await store.pool.transaction { try $0.bind(to: account, of: "stripe") }
    let identity = try await store.pool.session { try $0.storeIdentity() }
    #expect(identity?.processor == "stripe")
    #expect(identity?.account == account)
    await store.close()
  }
}
