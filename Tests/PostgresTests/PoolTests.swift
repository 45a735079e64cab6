import Testing

@testable import Postgres

@Suite struct PoolTests {
  @Test func manyTasksShareFewConnections() async throws {
    try await withPool(size: 3) { pool, _ async throws in
      try await pool.session { db in try db.script("CREATE TABLE t (n bigint, pid bigint)") }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<200 {
          group.addTask {
            _ = try await pool.transaction { db in try db.execute("INSERT INTO t SELECT \(number), pg_backend_pid()") }
          }
        }
        try await group.waitForAll()
      }
      let row = try await pool.session { db in
        let row = try #require(try db.first("SELECT count(*) AS n, count(DISTINCT pid) AS pids FROM t"))
        return (try row.get("n", as: Int.self), try row.get("pids", as: Int.self))
      }
      #expect(row.0 == 200)
      #expect((1...3).contains(row.1))
    }
  }

  @Test func theQueueServesInOrder() async throws {
    let queue = PoolQueue(size: 1)
    guard case .vacancy = try await queue.take() else {
      Issue.record("the first caller opens a connection")
      return
    }
    let order = Recorder<Int>()
    var waiters: [Task<Void, any Error>] = []
    for number in 0..<5 {
      waiters.append(
        Task {
          _ = try await queue.take()
          order.append(number)
          queue.giveUpVacancy()
        })
      while queue.waiting <= number { await Task.yield() }
    }
    waiters[2].cancel()
    await #expect(throws: CancellationError.self) { try await waiters[2].value }
    queue.giveUpVacancy()
    for number in [0, 1, 3, 4] { try await waiters[number].value }
    #expect(order.values == [0, 1, 3, 4])
  }

  @Test func aConnectionThatEndedUnusedIsReplaced() async throws {
    try await withPool(size: 1) { pool, settings async throws in
      func pid() async throws -> Int? { try await pool.session { db in try db.value("SELECT pg_backend_pid()") } }
      let first = try await pid()
      let other = try await Connection.open(settings)
      try await other.run { db in try db.execute("SELECT pg_terminate_backend(\(first)::int, 20000)") }
      await other.close()
      let second = try await pid()
      #expect(second != nil && second != first)
    }
  }

  /// The server's last words may be there to read before the connection has ended.
  @Test func aConnectionThatIsEndingIsReplaced() async throws {
    try await withPool(size: 1) { pool, settings async throws in
      let other = try await Connection.open(settings)
      for _ in 0..<50 {
        let pid = try await pool.session { db in try db.value("SELECT pg_backend_pid()", as: Int32.self) }
        try await other.run { db in
          try db.execute("SELECT pg_terminate_backend(\(pid))")
          while try db.value("SELECT count(*) FROM pg_stat_activity WHERE pid = \(pid)", as: Int64.self) == 1 {}
        }
      }
      await other.close()
    }
  }

  @Test func aConnectionThatEndsInUseIsReplaced() async throws {
    try await withPool(size: 1) { pool, settings async throws in
      let work = Task { _ = try await pool.session { db in try db.execute("SELECT pg_sleep(500)") } }
      try await awaitActivity("%pg_sleep(500)%", in: settings)
      let other = try await Connection.open(settings)
      try await other.run { db in
        try db.execute(
          """
          SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE query LIKE '%pg_sleep(500)%' AND application_name = \(settings.applicationName)
            AND pid <> pg_backend_pid()
          """)
      }
      await other.close()
      let error = await postgresError { try await work.value }
      #expect(error?.kind == .connectionLost)
      #expect(try await pool.session { db in try db.value("SELECT \(1)", as: Int.self) } == 1)
    }
  }

  /// A COPY that only its connection's end or a cancellation ends; it has begun.
  private static func endlessCopy(into table: String, of pool: Pool) async -> Task<Void, any Error> {
    let copying = Recorder<Bool>()
    let work = Task {
      _ = try await pool.transaction { db in
        try db.copyIn(table, columns: ["n"]) { writer in
          copying.append(true)
          while true {
            writer.beginRow()
            writer.append(Int64(1))
            try writer.endRow()
          }
        }
      }
    }
    while copying.values.isEmpty { await Task.yield() }
    return work
  }

  @Test func aCopyThatLosesItsConnectionLeavesNoneBroken() async throws {
    try await withPool(size: 1) { pool, settings async throws in
      try await pool.session { db in try db.script("CREATE TABLE t (n bigint)") }
      let other = try await Connection.open(settings)
      let pid = try await pool.session { db in try db.value("SELECT pg_backend_pid()::bigint", as: Int64.self) }
      let work = await Self.endlessCopy(into: "t", of: pool)
      try await other.run { db in try db.execute("SELECT pg_terminate_backend(\(pid)::int, 20000)") }
      await other.close()
      let error = await postgresError { try await work.value }
      #expect(error?.kind == .connectionLost)
      #expect(try await pool.session { db in try db.value("SELECT count(*) FROM t") } == 0)
    }
  }

  @Test func aCancelledCopyLeavesTheConnectionGood() async throws {
    try await withPool(size: 1) { pool, _ async throws in
      func pid() async throws -> Int? { try await pool.session { db in try db.value("SELECT pg_backend_pid()") } }
      try await pool.session { db in try db.script("CREATE TABLE t (n bigint)") }
      let before = try await pid()
      let work = await Self.endlessCopy(into: "t", of: pool)
      work.cancel()
      await #expect(throws: CancellationError.self) { try await work.value }
      #expect(try await pool.session { db in try db.value("SELECT count(*) FROM t") } == 0)
      #expect(try await pid() == before)
    }
  }

  @Test func aDeadlockIsTriedAgainWhereTheCallerAllowsIt() async throws {
    try await withPool(size: 2) { pool, _ async throws in
      try await pool.session { db in
        try db.script("CREATE TABLE t (n bigint PRIMARY KEY, v bigint); INSERT INTO t VALUES (1, 0), (2, 0)")
      }
      let begun = Recorder<Int>()
      // Both hold one row before either asks for the other's: one of them must be rolled back, and does it again.
      try await withThrowingTaskGroup(of: Void.self) { group in
        for order in [[1, 2], [2, 1]] {
          group.addTask {
            try await pool.transaction(repeats: 3) { db in
              _ = try db.execute("UPDATE t SET v = v + 1 WHERE n = \(order[0])")
              begun.append(order[0])
              while begun.values.count < 2 { _ = try db.execute("SELECT pg_sleep(0.005)") }
              _ = try db.execute("UPDATE t SET v = v + 1 WHERE n = \(order[1])")
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(begun.values.count == 3)
      #expect(
        try await pool.session { db in try db.query("SELECT v FROM t") { try $0.get("v", as: Int.self) } } == [2, 2])
    }
  }

  @Test func preparationRunsOnEachConnection() async throws {
    let prepare: @Sendable (Session) throws -> Void = { db in _ = try db.execute("SET search_path = prepared") }
    try await withPool(size: 1, prepare: prepare) { pool, _ async throws in
      func path() async throws -> String? { try await pool.session { db in try db.value("SHOW search_path") } }
      #expect(try await path() == "prepared")
      await #expect(throws: PostgresError.self) {
        try await pool.session { db in try db.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
      }
      #expect(try await path() == "prepared")
    }
  }

  @Test func nothingIsLeftForTheNextUser() async throws {
    let prepare: @Sendable (Session) throws -> Void = { db in _ = try db.execute("SET statement_timeout = '77s'") }
    try await withPool(size: 1, prepare: prepare) { pool, _ async throws in
      func pid() async throws -> Int? { try await pool.session { db in try db.value("SELECT pg_backend_pid()") } }
      let before = try await pid()
      try await pool.session { db in
        try db.execute("SET statement_timeout = '1h'")
        try db.execute("CREATE TEMPORARY TABLE left_over AS SELECT 1 AS a")
      }
      try await pool.session { db throws in
        #expect(try db.value("SHOW statement_timeout") == "77s")
        #expect(try db.value("SHOW TimeZone") == "UTC")
        #expect(try db.value("SELECT to_regclass('left_over')::text", as: String?.self) == .some(nil))
      }
      #expect(try await pid() == before)
    }
  }

  @Test func localSettingsCostNothing() async throws {
    try await withPool(size: 1) { pool, _ async throws in
      for _ in 0..<3 {
        try await pool.transaction { db in
          try db.execute("SET LOCAL lock_timeout = '5s'")
          try db.execute("SELECT \(1) AS kept")
        }
      }
      let kept = try await pool.session { db in
        try db.value("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%kept%'", as: Int.self)
      }
      #expect(kept == 1)
    }
  }

  @Test func closingWaitsForWorkUnderWay() async throws {
    let settings = try await freshSettings()
    let pool = Pool(settings, size: 1)
    let work = Task { try await pool.session { db in try db.value("SELECT pg_sleep(0.2)::text", as: String.self) } }
    try await awaitActivity("%pg_sleep(0.2)%", in: settings)
    await pool.close()
    #expect(try await work.value == "")
    let error = await postgresError { _ = try await pool.session { db in try db.execute("SELECT 1") } }
    #expect(error?.kind == .misuse)
    await pool.close()
  }

  @Test func aFailedConnectionGivesItsPlaceBack() async throws {
    let pool = Pool(ConnectionSettings(conninfo: "host=/nonexistent"), size: 1)
    for _ in 0..<3 {
      let error = await postgresError { _ = try await pool.session { _ in } }
      #expect(error?.isUnreachable == true)
    }
    await pool.close()
  }
}
