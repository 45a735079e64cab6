import Testing

@testable import Postgres

@Suite struct ConnectionTests {
  @Test func cancellingTheTaskCancelsTheStatement() async throws {
    let settings = try await freshSettings()
    let connection = try await Connection.open(settings)
    for body: @Sendable (Session) throws -> Void in [
      { db in _ = try db.execute("SELECT pg_sleep(600)") },
      { db in try db.script("SELECT pg_sleep(600)") },
      { db in try db.forEach("SELECT pg_sleep(600)") { _ in } },
      { db in _ = try db.copyOut("SELECT pg_sleep(600)") { _ in } },
    ] {
      let task = Task { try await connection.run(body) }
      try await awaitActivity("%pg_sleep(600)%", in: settings)
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      let answer = try await connection.run { db in try db.value("SELECT \(1)", as: Int.self) }
      #expect(answer == 1)
    }
    await connection.close()
  }

  @Test func cancellationHitsOnlyItsOwnWork() async throws {
    let settings = try await freshSettings()
    let connection = try await Connection.open(settings)
    for _ in 0..<50 {
      let first = Task { try await connection.run { db in try db.execute("SELECT pg_sleep(0.001)") } }
      let second = Task {
        try await connection.run { db in try db.value("SELECT pg_sleep(0.005)::text", as: String.self) }
      }
      first.cancel()
      #expect(try await second.value == "")
      _ = await first.result
    }
    await connection.close()
  }

  @Test func aCancelledTaskStartsNothing() async throws {
    let connection = try await Connection.open(try await freshSettings())
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await connection.run { db in try db.execute("CREATE TABLE t (a int)") }
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let found = try await connection.run { db in try db.value("SELECT to_regclass('t')::text", as: String?.self) }
    #expect(found == .some(nil))
    await connection.close()
  }

  @Test func aCancelledTransactionIsRolledBack() async throws {
    let settings = try await freshSettings()
    let connection = try await Connection.open(settings)
    try await connection.run { db in try db.script("CREATE TABLE t (a int)") }
    let task = Task {
      try await connection.transaction { db in
        try db.execute("INSERT INTO t VALUES (1)")
        try db.execute("SELECT pg_sleep(600)")
      }
    }
    try await awaitActivity("%pg_sleep(600)%", in: settings)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let count = try await connection.run { db in try db.value("SELECT count(*) FROM t", as: Int.self) }
    #expect(count == 0)
    await connection.close()
  }

  @Test func workOfManyTasksTakesTurns() async throws {
    let connection = try await Connection.open(try await freshSettings())
    try await connection.run { db in try db.script("CREATE TABLE t (n bigint); INSERT INTO t VALUES (0)") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<40 {
        group.addTask {
          try await connection.transaction { db in
            let number = try db.value("SELECT n FROM t", as: Int.self) ?? 0
            try db.execute("UPDATE t SET n = \(number + 1)")
          }
        }
      }
      try await group.waitForAll()
    }
    let number = try await connection.run { db in try db.value("SELECT n FROM t", as: Int.self) }
    #expect(number == 40)
    await connection.close()
  }

  @Test func advisoryLocksLiveWithTheirConnection() async throws {
    let settings = try await freshSettings()
    let holder = try await Connection.open(settings)
    let other = try await Connection.open(settings)
    let take: @Sendable (Session) throws -> Bool? = { db in try db.value("SELECT pg_try_advisory_lock(\(7))") }
    #expect(try await holder.run(take) == true)
    #expect(try await other.run(take) == false)
    await holder.close()
    let deadline = ContinuousClock.now + .seconds(20)
    while try await other.run(take) != true, ContinuousClock.now < deadline { await Task.yield() }
    #expect(try await other.run(take) == true)
    await other.close()
    let error = await postgresError { _ = try await holder.run(take) }
    #expect(error?.kind == .misuse)
  }

  @Test func aLostConnectionSaysSo() async throws {
    let connection = try await Connection.open(try await freshSettings())
    let error = await postgresError {
      _ = try await connection.run { db in try db.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
    }
    #expect(error?.kind == .connectionLost)
    #expect(error?.state == .adminShutdown)
    #expect(error?.isUnreachable == true)
    let again = await postgresError { _ = try await connection.run { db in try db.execute("SELECT 1") } }
    #expect(again?.kind == .connectionLost)
    await connection.close()
  }
}
