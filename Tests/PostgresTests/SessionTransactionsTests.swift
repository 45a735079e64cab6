import Testing

@testable import Postgres

@Suite struct SessionTransactionsTests {
  private func count(_ pool: Pool) async throws -> Int? {
    try await pool.session { db in try db.value("SELECT count(*) FROM t") }
  }

  private func withTable(_ body: (Pool) async throws -> Void) async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db in try db.script("CREATE TABLE t (n bigint PRIMARY KEY)") }
      try await body(pool)
    }
  }

  @Test func whatReturnsIsCommittedAndWhatThrowsIsNot() async throws {
    try await withTable { pool async throws in
      let answer = try await pool.transaction { db in
        try db.execute("INSERT INTO t VALUES (1)")
        return "done"
      }
      #expect(answer == "done")
      await #expect(throws: TestFailure.self) {
        try await pool.transaction { db in
          try db.execute("INSERT INTO t VALUES (2)")
          throw TestFailure()
        }
      }
      #expect(try await count(pool) == 1)
    }
  }

  @Test func aDryRunChangesNothing() async throws {
    try await withTable { pool async throws in
      let changed = try await pool.rolledBack { db in try db.execute("INSERT INTO t VALUES (1), (2)") }
      #expect(changed == 2)
      #expect(try await count(pool) == 0)
    }
  }

  @Test func aDroppedErrorDoesNotPassForSuccess() async throws {
    try await withTable { pool async throws in
      let error = await postgresError {
        try await pool.transaction { db in
          try db.execute("INSERT INTO t VALUES (1)")
          _ = try? db.execute("SELECT nonsense")
        }
      }
      #expect(error?.kind == .misuse)
      #expect(try await count(pool) == 0)
    }
  }

  @Test func transactionsEndOnlyFromOutside() async throws {
    try await withTable { pool async throws in
      let ended = await postgresError {
        try await pool.transaction { db in try db.script("INSERT INTO t VALUES (1); COMMIT") }
      }
      #expect(ended?.kind == .misuse)
      let left = await postgresError {
        try await pool.session { db in try db.script("BEGIN; INSERT INTO t VALUES (2)") }
      }
      #expect(left?.kind == .misuse)
      #expect(try await count(pool) == 1)
    }
  }

  @Test func aCommitThatFailsSaysWhy() async throws {
    try await withTable { pool async throws in
      try await pool.session { db in
        try db.script("CREATE TABLE c (n bigint CONSTRAINT parent REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
      }
      let error = await postgresError {
        _ = try await pool.transaction { db in try db.execute("INSERT INTO c VALUES (1)") }
      }
      #expect(error?.kind == .server)
      #expect(error?.constraint == "parent")
    }
  }

  @Test func savepointsUndoTheirOwnWorkAlone() async throws {
    try await withTable { pool async throws in
      try await pool.transaction { db throws in
        try db.execute("INSERT INTO t VALUES (1)")
        #expect { try db.savepoint { try db.execute("INSERT INTO t VALUES (2), (1)") } } throws: {
          SQLState.uniqueViolation ~= $0
        }
        try db.savepoint {
          try db.execute("INSERT INTO t VALUES (3)")
          #expect(throws: TestFailure.self) {
            try db.savepoint {
              try db.execute("INSERT INTO t VALUES (4)")
              throw TestFailure()
            }
          }
          try db.execute("INSERT INTO t VALUES (5)")
        }
        #expect { try db.savepoint { _ = try? db.execute("SELECT nonsense") } } throws: {
          ($0 as? PostgresError)?.kind == .misuse
        }
        #expect(try db.query("SELECT n FROM t ORDER BY n") { try $0.get("n", as: Int.self) } == [1, 3, 5])
      }
      #expect(try await count(pool) == 3)
      let outside = await postgresError { _ = try await pool.session { db in try db.savepoint {} } }
      #expect(outside?.kind == .misuse)
    }
  }

  @Test func aCommitThatTheServerDiedInIsUndone() async throws {
    let settings = try await freshSettings()
    let connection = try await Connection.open(settings)
    try await connection.run { db in
      // A deferred trigger runs inside COMMIT, and ends the server's side of it there.
      try db.script(
        """
        CREATE TABLE t (n bigint);
        CREATE FUNCTION fall() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER fall AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fall()
        """)
    }
    let error = await postgresError {
      _ = try await connection.transaction { db in try db.execute("INSERT INTO t VALUES (1)") }
    }
    #expect(error?.kind == .connectionLost)
    #expect(error?.isUnreachable == true)
    #expect(await connection.isOpen == false)
    await connection.close()
  }
}
