import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct MigratorTests {
  /// A database that no migration has touched, and its owner's pool.
  private func empty(_ body: (Store, Pool) async throws -> Void) async throws {
    let settings = try await TestCluster.database()
    let store = Store(settings, connections: 1)
    let owner = Pool(settings, size: 2)
    try await body(store, owner)
    await store.close()
    await owner.close()
  }

  @Test func appliesEachMigrationOnceInOrder() async throws {
    try await empty { store, _ in
      let first = try await store.migrate()
      #expect(first == first.sorted())
      #expect(first.prefix(4) == ["0001_control", "0002_payments", "0003_outcomes", "0004_roles"])
      try await store.checkSchema()
      let before = try await store.fingerprint()
      #expect(before["currencies"]?.hasPrefix("\(Currency.all.count) ") == true)
      #expect(try await store.migrate() == [])
      #expect(try await store.fingerprint() == before)
    }
  }

  /// A store that was filled before there was a trail: what it holds has no entries, and what comes has.
  @Test func theTrailBeginsWhereItIsBrought() async throws {
    let story = try await SmallStory.happened()
    let owner = Pool(story.store.settings, size: 1)
    try await owner.transaction { db in
      try db.script(
        """
        DROP TABLE audit, audit_seals, file_digests;
        ALTER TABLE runs DROP COLUMN seal, DROP COLUMN seal_hash;
        DELETE FROM migrations WHERE name IN ('0005_audit', '0009_standing');
        UPDATE charge_attempts SET token = 1;
        -- A pipeline's business date may be ahead of the server's.
        UPDATE runs SET business_date = current_date + 2;
        UPDATE breaks SET first_seen = current_date + 2, held_back = 'above_limit';
        """)
    }
    await owner.close()
    let store = Store(story.store.settings)
    #expect(try await store.migrate() == ["0005_audit", "0009_standing"])
    #expect(try await store.rows("SELECT seal::text, token::text, last_file::text FROM audit_seals") == ["0 1 2"])
    #expect(try await store.faults() == [])
    let lease = try await Lease.acquire(store.settings, run: UUID(), holder: "test")
    let context = LoadContext(merchant: "default", processor: "stripe", date: SmallStory.date, now: SmallStory.at(90))
    let record = RunRecord(
      id: lease.runID, pipeline: "later", date: SmallStory.date, arguments: [], stages: [], version: "test")
    let file = FileIdentity(sha256: String(repeating: "c", count: 64), name: "c.csv", bytes: 1, layout: "test")
    let fence = Fence(token: lease.token)
    try await store.write(fence) { db in
      try db.begin(record, fence: fence, at: context.now)
      _ = try db.loadAuthorizations(file, context: context) { try $0(.accepted(.order("later", 100))) }
      let run = RunIdentity(id: record.id, fence: fence)
      _ = try db.claimBatch(of: 1, run: run, context: context, keyLife: .seconds(82_800)) { _ in
        throw ProcessorRefusal.unsupported("none")
      }
      #expect(try db.seal(run: record.id, at: context.now).number == 1)
    }
    await lease.release()
    #expect(try await store.faults() == [])
    #expect(try await store.rows("SELECT kind FROM audit") == ["payment_failed"])
    await store.close()
    await story.store.close()
  }

  @Test func twoAtOnceWaitForEachOther() async throws {
    try await empty { store, _ in
      let settings = store.settings
      let applied = try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<3 {
          group.addTask {
            let store = Store(settings, connections: 1)
            let names = try await store.migrate()
            await store.close()
            return names
          }
        }
        return try await group.reduce(into: [[String]]()) { $0.append($1) }
      }
      #expect(applied.filter { !$0.isEmpty }.count == 1)
      try await store.checkSchema()
    }
  }

  @Test func aDryRunLeavesNothingBehind() async throws {
    try await empty { store, owner in
      let applied = try await owner.rolledBack { try Migrator().migrate($0) }
      #expect(!applied.isEmpty)
      #expect(try await store.fingerprint() == [:])
      // On a store that is migrated it changes nothing either.
      _ = try await store.migrate()
      let before = try await store.fingerprint()
      #expect(try await owner.rolledBack { try Migrator().migrate($0) } == [])
      #expect(try await store.fingerprint() == before)
    }
  }

  @Test func aRunRefusesAStoreThatIsNotMigrated() async throws {
    try await empty { store, owner in
      await #expect {
        try await store.checkSchema()
      } throws: { error in
        guard case .notMigrated(let missing) = error as? StoreError else { return false }
        return missing.first == "0001_control" && missing.count >= 4
      }
      _ = try await store.migrate()
      try await owner.session { try $0.execute("DELETE FROM migrations WHERE name = '0003_outcomes'") }
      await #expect(throws: StoreError.notMigrated(missing: ["0003_outcomes"])) { try await store.checkSchema() }
    }
  }

  @Test func aMigrationThatWasChangedIsRefused() async throws {
    try await empty { store, owner in
      _ = try await store.migrate()
      try await owner.session { try $0.execute("UPDATE migrations SET checksum = 'x' WHERE name = '0002_payments'") }
      await #expect(throws: StoreError.changedMigration("0002_payments")) { try await store.migrate() }
      await #expect(throws: StoreError.changedMigration("0002_payments")) { try await store.checkSchema() }
    }
  }

  @Test func aStoreOfANewerVersionIsRefused() async throws {
    try await empty { store, owner in
      _ = try await store.migrate()
      try await owner.session {
        try $0.execute("INSERT INTO migrations (name, checksum) VALUES ('0099_later', 'x'), ('0098_late', 'x')")
      }
      let refusal = StoreError.migratedByANewerVersion(unknown: ["0098_late", "0099_later"])
      await #expect(throws: refusal) { try await store.migrate() }
      await #expect(throws: refusal) { try await store.checkSchema() }
    }
  }

  /// A store of the version before holds attempts: their keys lived for Stripe's 24 hours less the shipped margin.
  @Test func attemptsOfAnEarlierVersionLearnUntilWhenTheirKeysAreReliedOn() async throws {
    let store = try await Store.test(connections: 1)
    let owner = Pool(store.settings, size: 1)
    try await owner.session {
      try $0.script(
        """
        ALTER TABLE charge_attempts DROP key_expires_at, DROP look_ups, DROP looked_up_at, DROP given_up_at;
        ALTER TABLE lease DROP taken_at;
        ALTER TABLE store_identity DROP system_identifier, DROP timeline, DROP database_oid, DROP database_name,
          DROP doubted_since, DROP doubted_until, DROP doubted_why;
        DELETE FROM migrations WHERE name = '0008_store_identity';
        INSERT INTO payments (payment_id, merchant, processor, order_reference, order_id, amount, currency, recorded_on,
          recorded_at) VALUES (md5('1')::uuid, 'm', 'stripe', 'A', md5('2')::uuid, 1, 'USD', '2026-11-20', now());
        INSERT INTO charge_attempts (payment_id, attempt, operation, idempotency_key, request_path, request_body,
          api_version, batch_id, token, business_date, created_at)
        VALUES (md5('1')::uuid, 1, 'charge', 'k', '/', '', 'v', 1, 1, '2026-11-20', '2026-11-20T01:00:00Z');
        INSERT INTO store_identity (processor, account, live) VALUES ('stripe', 'acct_1', false)
        """)
    }
    #expect(try await store.migrate() == ["0008_store_identity"])
    #expect(
      try await store.rows(
        "SELECT (key_expires_at = '2026-11-21T00:00:00Z')::text, look_ups::text FROM charge_attempts")
        == ["true 0"])
    await owner.close()
    await store.close()
  }

  @Test func currenciesFollowTheTable() async throws {
    try await empty { store, owner in
      _ = try await store.migrate()
      let before = try await store.fingerprint()
      try await owner.session { try $0.execute("UPDATE currencies SET digits = 5 WHERE code IN ('JPY', 'USD')") }
      _ = try await store.migrate()
      #expect(try await store.fingerprint() == before)
    }
  }
}
