import Logging
import Testing

@testable import Postgres

@Suite struct SessionTests {
  @Test func statementsCountTheirRows() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        #expect(try db.execute("CREATE TABLE t (a bigint)") == 0)
        #expect(try db.execute("INSERT INTO t SELECT generate_series(1, \(10))") == 10)
        #expect(try db.execute("UPDATE t SET a = a + 1 WHERE a > \(7)") == 3)
        #expect(try db.execute("DELETE FROM t WHERE a = \(99)") == 0)
        #expect(try db.query("SELECT a FROM t ORDER BY a") { try $0.get("a", as: Int.self) }.prefix(2) == [1, 2])
      }
    }
  }

  @Test func firstIsTheOnlyOne() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        #expect(try db.query("SELECT 1 WHERE false").isEmpty)
        #expect(try db.value("SELECT 1 WHERE false") == Int?.none)
        #expect(try db.value("SELECT \(7)") == 7)
        #expect { try db.first("SELECT generate_series(1, 2)") } throws: {
          ($0 as? PostgresError)?.kind == .unexpectedResult
        }
      }
    }
  }

  @Test func aScriptRunsAsAWholeOrNotAtAll() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        let error = #expect(throws: PostgresError.self) {
          try db.script("CREATE TABLE one (a int);\nCREATE TABLE two (a int);\n\nSELECT nonsense FROM one;\n")
        }
        #expect(error?.state == .undefinedColumn)
        #expect(error?.message.hasSuffix("(line 4)") == true)
        #expect(try db.value("SELECT to_regclass('one') IS NULL") == true)
        try db.script("CREATE TABLE one (a int); INSERT INTO one VALUES (1); -- 'é'\nSELECT * FROM one")
        #expect(try db.value("SELECT count(*) FROM one") == 1)
        try db.script("")
      }
    }
  }

  @Test func copyAsAStatementIsRefusedAndTheConnectionStaysGood() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        try db.script("CREATE TABLE t (a text)")
        for text: SQL in ["COPY t FROM STDIN", "COPY (SELECT generate_series(1, 100000)) TO STDOUT"] {
          #expect { try db.execute(text) } throws: { ($0 as? PostgresError)?.kind == .misuse }
        }
        #expect { try db.script("SELECT 1; COPY t FROM STDIN; SELECT 2") } throws: {
          ($0 as? PostgresError)?.kind == .misuse
        }
        #expect(try db.value("SELECT \(1)") == 1)
      }
    }
  }

  @Test func aNULInTheTextIsRefused() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        #expect { try db.script("SELECT 1;\0 DROP TABLE t") } throws: { ($0 as? PostgresError)?.kind == .misuse }
        #expect(throws: PostgresError.self) { try db.execute("SELECT \("a\0b")") }
      }
    }
  }

  @Test func tooManyValuesAreNotALostConnection() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        let values = (0..<70_000).map { "\($0)" as SQL }.joined()
        #expect { try db.execute("SELECT array[\(sql: values)]") } throws: { ($0 as? PostgresError)?.kind == .misuse }
        #expect(try db.value("SELECT \(1)") == 1)
      }
    }
  }

  @Test func noticesGoToTheLogger() async throws {
    let lines = Recorder<String>()
    var settings = try await freshSettings()
    settings.logger = Logger(label: "test") { _ in CapturingHandler { lines.append($0) } }
    let connection = try await Connection.open(settings)
    try await connection.run { db in try db.script("DO $$ BEGIN RAISE NOTICE 'heard'; END $$") }
    await connection.close()
    #expect(lines.values.contains { $0.contains("heard") })
  }
}

private struct CapturingHandler: LogHandler {
  let record: @Sendable (String) -> Void
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.debug

  init(_ record: @escaping @Sendable (String) -> Void) { self.record = record }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { record("\(event.level) \(event.message)") }
}
