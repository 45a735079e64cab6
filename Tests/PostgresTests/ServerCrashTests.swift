import SettleTesting
import Testing

@testable import Postgres

/// What a client learns when its server is ended in immediate mode.
@Suite struct ServerCrashTests {
  private func rows(_ pool: Pool) async throws -> [Int] {
    try await pool.session { db in try db.query("SELECT n FROM t ORDER BY n") { try $0.get("n") } }
  }

  /// The commit was on disk when the server died: after its recovery it says so, and is believed.
  @Test func whatWasCommittedBeforeTheCrashIsFoundAfterTheRestart() async throws {
    try await CrashableServer.with { server, settings async throws in
      let relay = try SocketRelay(to: settings)
      let pool = Pool(relay.settings, size: 2)
      try await pool.session { db in try db.script("CREATE TABLE t (n bigint)") }
      relay.cut(.answered, "COMMIT", then: { server.crash() })
      async let stored: Void = pool.transaction { db in _ = try db.execute("INSERT INTO t VALUES (1)") }
      while relay.cuts == 0 || server.cluster.isRunning { try await Task.sleep(for: .milliseconds(5)) }
      try await server.cluster.start()
      try await stored
      #expect(try await rows(pool) == [1])
      relay.close()
      await pool.close()
    }
  }

  /// COMMIT and the server's end meet: whatever was told is what the restarted server holds.
  @Test func aCrashDuringCommitIsToldAsItWas() async throws {
    try await CrashableServer.with { server, settings async throws in
      let relay = try SocketRelay(to: settings)
      let pool = Pool(relay.settings, size: 2)
      try await pool.session { db in try db.script("CREATE TABLE t (n bigint)") }
      for number in 1...3 {
        let before = relay.cuts
        relay.cut(.sent, "COMMIT", then: { server.crash() })
        async let isStored = store(number, pool)
        while relay.cuts == before || server.cluster.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        try await server.cluster.start()
        let told = try await isStored
        #expect(try await rows(pool).contains(number) == told)
      }
      relay.close()
      await pool.close()
    }
  }

  private func store(_ number: Int, _ pool: Pool) async throws -> Bool {
    do {
      try await pool.transaction { db in _ = try db.execute("INSERT INTO t VALUES (\(number))") }
      return true
    } catch let error as PostgresError where error.kind == .connectionLost {
      return false
    }
  }

  /// What never reached the disk is gone with the crash, and so is its number: the server gives it to the next, and
  /// then calls it committed.
  @Test func aNumberThatWasGivenOutTwiceIsNotMistakenForOurs() async throws {
    // Nothing but a commit writes WAL out for so long.
    let settings = ["wal_writer_delay": "10s", "wal_writer_flush_after": "0", "bgwriter_delay": "10s"]
    try await CrashableServer.with(settings: settings) { server, settings async throws in
      let first = try await Connection.open(settings)
      try await first.run { db in try db.script("CREATE TABLE t (n bigint)") }
      let lost = try await first.run { db in
        try db.script("BEGIN; INSERT INTO t VALUES (1)")
        let number = try #require(try db.transactionNumber())
        server.crash()
        return LostCommit(number: number, life: db.life, state: nil)
      }
      #expect(lost.life != nil)
      try await server.cluster.start()
      let second = try await Connection.open(settings)
      var undone = try await second.run { db in try db.evidence(on: lost.number) }
      #expect(undone.verdict(on: lost) == .undone)
      var last: Int64 = 0
      while last < lost.number {
        last = try await second.transaction { db in
          try db.execute("INSERT INTO t VALUES (2)")
          return try #require(try db.transactionNumber())
        }
      }
      undone = try await second.run { db in try db.evidence(on: lost.number) }
      #expect(undone.status == .committed, "the hazard is real")
      #expect(undone.verdict(on: lost) != .stored)
      await first.close()
      await second.close()
    }
  }

  @Test func aPoolWaitsForTheRecoveryBeforeItBegins() async throws {
    try await CrashableServer.with { server, settings async throws in
      let pool = Pool(settings, size: 2)
      try await pool.session { db in try db.script("CREATE TABLE t (n bigint)") }
      server.crash()
      async let restarted = server.cluster.start()
      try await pool.transaction { db in _ = try db.execute("INSERT INTO t VALUES (1)") }
      _ = try await restarted
      #expect(try await rows(pool) == [1])
      await pool.close()
    }
  }

  @Test func aServerThatStaysAwayIsWaitedForOnlyOnce() async throws {
    try await CrashableServer.with { server, settings async throws in
      let pool = Pool(settings, size: 2, patience: .milliseconds(200))
      try await pool.session { db in try db.script("CREATE TABLE t (n bigint)") }
      server.crash()
      for _ in 0..<50 {
        let error = await postgresError { try await pool.transaction { _ in } }
        #expect(error?.isUnreachable == true)
      }
      try await server.cluster.start()
      #expect(try await rows(pool) == [])
      await pool.close()
    }
  }
}
