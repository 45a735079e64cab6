import Testing

@testable import Postgres

@Suite struct StatementCacheTests {
  private func key(_ text: String, _ types: [UInt32] = []) -> StatementCache.Key { .init(text: text, types: types) }

  @Test func theSecondUsePrepares() {
    var cache = StatementCache(capacity: 2)
    #expect(cache.use(key("a")) == .direct)
    #expect(cache.use(key("a")) == .prepare(name: "s1"))
    #expect(cache.use(key("a")) == .prepared(name: "s1"))
    #expect(cache.use(key("a", [20])) == .direct)
  }

  @Test func theLeastRecentlyUsedMakesRoom() {
    var cache = StatementCache(capacity: 2)
    for text in ["a", "a", "b", "b", "a"] { _ = cache.use(key(text)) }
    #expect(cache.use(key("c")) == .direct)
    #expect(cache.takeDiscarded() == ["s2"])
    #expect(cache.use(key("a")) == .prepared(name: "s1"))
    #expect(cache.use(key("b")) == .direct)
    #expect(cache.takeDiscarded().isEmpty)
  }

  @Test func aForgottenStatementStartsAgain() {
    var cache = StatementCache(capacity: 2)
    for _ in 0..<2 { _ = cache.use(key("a")) }
    cache.forget(key("a"))
    #expect(cache.takeDiscarded() == ["s1"])
    #expect(cache.use(key("a")) == .direct)
  }

  /// Its plan may be one for tables that were small.
  @Test func whatIsUsedOftenIsPreparedAnewWithEachDoubling() {
    var cache = StatementCache(capacity: 2)
    let renewed = (1...256).filter { _ in if case .prepare = cache.use(key("a")) { true } else { false } }
    #expect(renewed == [2, 32, 64, 128, 256])
    #expect(cache.takeDiscarded() == ["s1", "s2", "s3", "s4"])
  }

  @Test func withoutRoomNothingIsPrepared() {
    var cache = StatementCache(capacity: 0)
    for _ in 0..<3 { #expect(cache.use(key("a")) == .direct) }
  }

  @Test func manyTextsKeepFewStatements() async throws {
    var settings = try await freshSettings()
    settings.preparedStatements = 3
    let connection = try await Connection.open(settings)
    try await connection.run { db throws in
      for number in 0..<10 {
        let column: SQL = "\(identifier: "c\(number)")"
        for _ in 0..<3 { try db.execute("SELECT \(number) AS \(sql: column)") }
      }
      let kept = try db.value("SELECT count(*) FROM pg_prepared_statements", as: Int.self)
      #expect((1...4).contains(kept ?? 0))
    }
    await connection.close()
  }

  @Test func aTableMayChangeUnderAPreparedStatement() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        try db.script("CREATE TABLE t (a bigint); INSERT INTO t VALUES (1)")
        for _ in 0..<3 { _ = try db.query("SELECT * FROM t") }
        try db.script("ALTER TABLE t ADD COLUMN b text")
        #expect(try db.first("SELECT * FROM t")?.columns == ["a", "b"])
        for _ in 0..<3 { _ = try db.query("SELECT * FROM t") }
      }
    }
  }

  /// What the server holds of discarded statements is freed before a transaction, not as its first query.
  @Test func aTransactionMaySayHowItLooksWhateverWasDiscarded() async throws {
    var settings = try await freshSettings()
    settings.preparedStatements = 2
    let pool = Pool(settings, size: 1)
    let look: SQL = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
    try await pool.session { db in for _ in 1...2 { _ = try db.query("SELECT 1") } }
    try await pool.rolledBack { db in _ = try db.execute(look) }
    // Discards the first; and now the other is worth preparing.
    try await pool.session { db in _ = try db.query("SELECT 2") }
    try await pool.rolledBack { db in _ = try db.execute(look) }
    let held: [String] = try await pool.session { db in
      try db.query("SELECT statement FROM pg_prepared_statements") { try $0.get("statement") }
    }
    #expect(held == ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"])
    await pool.close()
  }
}
