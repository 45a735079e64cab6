import Glibc
import SettleTesting
import Testing

@testable import Postgres

/// A COMMIT whose answer was lost is looked up, on a real server, behind a relay that cuts connections.
@Suite struct CommitLookUpTests {
  /// A pool through a relay, a table `t`, and a pool beside the relay to look with.
  private func withRelay(
    size: Int = 1, patience: Duration = .seconds(10),
    _ body: (SocketRelay, Pool, Pool) async throws -> Void
  ) async throws {
    try await withPool(size: 1) { direct, settings async throws in
      try await direct.session { db in try db.script("CREATE TABLE t (n bigint)") }
      let relay = try SocketRelay(to: settings)
      let pool = Pool(relay.settings, size: size, patience: patience)
      let result: Result<Void, any Error>
      do { result = .success(try await body(relay, pool, direct)) } catch { result = .failure(error) }
      relay.close()
      await pool.close()
      try result.get()
    }
  }

  private func rows(_ pool: Pool) async throws -> [Int] {
    try await pool.session { db in try db.query("SELECT n FROM t ORDER BY n") { try $0.get("n") } }
  }

  @Test func whatIsStoredReturnsAsIfNothingHadHappened() async throws {
    try await withRelay { relay, pool, direct async throws in
      relay.cut(.answered, "COMMIT")
      let answer = try await pool.transaction { db in
        try db.execute("INSERT INTO t VALUES (1)")
        return "done"
      }
      #expect(answer == "done")
      #expect(relay.cuts == 1)
      #expect(try await rows(direct) == [1])
      #expect(try await rows(pool) == [1], "the pool has replaced the connection")
    }
  }

  @Test func whatNeverArrivedIsSaidToBeUndone() async throws {
    try await withRelay { relay, pool, direct async throws in
      relay.cut(.before, "COMMIT")
      let error = await postgresError {
        _ = try await pool.transaction { db in try db.execute("INSERT INTO t VALUES (1)") }
      }
      #expect(error?.kind == .connectionLost)
      #expect(error?.message.contains("nothing of it was stored") == true)
      #expect(try await rows(direct) == [])
    }
  }

  /// Where chance decides whether the server sees COMMIT, the answer and the table agree.
  @Test func theAnswerIsWhatTheTableHolds() async throws {
    try await withRelay { relay, pool, direct async throws in
      for number in 1...20 {
        relay.cut(.sent, "COMMIT")
        let isStored: Bool
        do {
          _ = try await pool.transaction { db in try db.execute("INSERT INTO t VALUES (\(number))") }
          isStored = true
        } catch let error as PostgresError {
          #expect(error.kind == .connectionLost, "\(error)")
          isStored = false
        }
        #expect(try await rows(direct).contains(number) == isStored)
      }
    }
  }

  @Test func aTransactionThatWroteNothingNeedsNoLookUp() async throws {
    try await withRelay(patience: .milliseconds(1)) { relay, pool, _ async throws in
      relay.cut(.answered, "COMMIT", then: { relay.close() })
      #expect(try await pool.transaction { db in try db.value("SELECT \(5)", as: Int.self) } == 5)
    }
  }

  @Test func aServerThatCannotBeAskedLeavesItOpen() async throws {
    try await withRelay(patience: .milliseconds(50)) { relay, pool, direct async throws in
      relay.cut(.answered, "COMMIT", then: { relay.close() })
      let error = await postgresError {
        _ = try await pool.transaction { db in try db.execute("INSERT INTO t VALUES (1)") }
      }
      #expect(error?.kind == .commitUnknown)
      #expect(error?.isUnreachable == true)
      #expect(error?.message.contains("could not be looked up") == true)
      #expect(try await rows(direct) == [1])
    }
  }

  @Test func aCancelledTaskLearnsItToo() async throws {
    try await withRelay { relay, pool, direct async throws in
      let cancelled = Recorder<@Sendable () -> Void>()
      relay.cut(.answered, "COMMIT") { for cancel in cancelled.values { cancel() } }
      let work = Task {
        _ = try await pool.transaction { db in
          while cancelled.values.isEmpty { _ = try db.execute("SELECT pg_sleep(0.001)") }
          return try db.execute("INSERT INTO t VALUES (1)")
        }
      }
      cancelled.append { work.cancel() }
      try await work.value
      #expect(try await rows(direct) == [1])
    }
  }

  @Test func aConnectionOfItsOwnLooksItUpAndStaysLost() async throws {
    try await withRelay { relay, _, direct async throws in
      let connection = try await Connection.open(relay.settings)
      relay.cut(.answered, "COMMIT")
      #expect(
        try await connection.transaction { db in try db.execute("INSERT INTO t VALUES (1), (2)") } == 2)
      #expect(try await rows(direct) == [1, 2])
      #expect(await connection.isOpen == false)
      await connection.close()
    }
  }

  @Test func connectionsThatDiedUnnoticedAreReplacedBeforeAnythingBegins() async throws {
    try await withRelay(size: 2) { relay, pool, direct async throws in
      for round in 1...3 {
        relay.cut(.before, "BEGIN")
        try await pool.transaction { db in _ = try db.execute("INSERT INTO t VALUES (\(round))") }
      }
      #expect(relay.cuts == 3)
      #expect(try await rows(direct) == [1, 2, 3])
    }
  }

  /// In an immediate shutdown a session says goodbye in a notice. libpq reads that after a write that has failed, and
  /// still believes in the connection.
  @Test(arguments: [false, true])
  func aServerThatSaysGoodbyeIsGone(inCommit: Bool) async throws {
    try await withRelay { relay, pool, direct async throws in
      let answered = Recorder<Bool>()
      relay.cut(.farewell, inCommit ? "SELECT pg_current_xact_id_if_assigned()" : "SELECT 7") {
        while answered.values.isEmpty { usleep(1_000) }
      }
      let error = await postgresError {
        try await pool.transaction { db in
          try db.execute("INSERT INTO t VALUES (1)")
          if inCommit { return answered.append(true) }
          try db.script("SELECT 7")
          answered.append(true)
          while relay.hasConnections { usleep(1_000) }
          try db.execute("INSERT INTO t VALUES (2)")
        }
      }
      #expect(error?.kind == .connectionLost, "\(error.map { "\($0)" } ?? "it was stored")")
      #expect(try await rows(direct) == [])
      #expect(try await rows(pool) == [], "the pool has replaced the connection")
    }
  }

  @Test func aServerThatNeverLetsAnythingBeginIsAFailure() async throws {
    try await withRelay(size: 2) { relay, pool, _ async throws in
      relay.cut(.before, "BEGIN", every: 1)
      let error = await postgresError { _ = try await pool.transaction { db in try db.execute("SELECT 1") } }
      #expect(error?.kind == .connectionLost)
      relay.cutNothing()
      try await pool.transaction { db in _ = try db.execute("SELECT 1") }
    }
  }
}
