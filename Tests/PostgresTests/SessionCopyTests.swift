import FoundationEssentials
import Testing

@testable import Postgres

@Suite struct SessionCopyTests {
  private static let table = """
    CREATE TABLE t (id uuid, amount bigint, small smallint, name varchar(20), data jsonb, at timestamptz, day date,
      raw bytea, tags text[], ok boolean)
    """
  private static let columns = ["id", "amount", "small", "name", "data", "at", "day", "raw", "tags", "ok"]

  @Test func everyTypeAndNullIsCopied() async throws {
    try await withPool { pool, _ async throws in
      try await pool.transaction { db throws in
        try db.script(Self.table)
        let id = UUID()
        let count = try db.copyIn("t", columns: Self.columns) { writer in
          try writer.row(
            id, 7, 8, "Größe", JSONText("{}"), PostgresTimestamp(microsecondsSinceUnixEpoch: 5),
            PostgresDate(daysSinceUnixEpoch: 6), [UInt8]([1, 2]), ["a", nil], true)
          writer.beginRow()
          for _ in Self.columns { writer.appendNull() }
          try writer.endRow()
        }
        #expect(count == 2)
        let row = try #require(try db.first("SELECT * FROM t WHERE id = \(id)"))
        #expect(try row.get("amount") == 7)
        #expect(try row.get("small") == 8)
        #expect(try row.get("name") == "Größe")
        #expect(try row.get("at") == PostgresTimestamp(microsecondsSinceUnixEpoch: 5))
        #expect(try row.get("day") == PostgresDate(daysSinceUnixEpoch: 6))
        #expect(try row.get("raw") == [UInt8]([1, 2]))
        #expect(try row.get("tags") == ["a", nil])
        #expect(try row.get("ok") == true)
        #expect(try db.value("SELECT count(*) FROM t WHERE num_nulls(t.*) = 10 OR t IS NULL") == 1)
      }
    }
  }

  @Test func manyRowsGoInPieces() async throws {
    try await withPool { pool, _ async throws in
      try await pool.transaction { db throws in
        try db.script("CREATE TABLE t (n bigint, text text)")
        let text = Array(String(repeating: "é", count: 500).utf8)
        let count = try db.copyIn(
          "\(db.value("SELECT current_schema()", as: String.self) ?? "").t", columns: ["text", "n"]
        ) { writer in
          for number in 0..<20_000 {
            writer.beginRow()
            if number % 2 == 0 {
              text.withUnsafeBufferPointer { writer.append(text: $0) }
            } else {
              writer.append(text: text[...])
            }
            writer.append(number)
            try writer.endRow()
          }
        }
        #expect(count == 20_000)
        #expect(try db.value("SELECT sum(n) FROM t WHERE length(text) = 500") == 199_990_000)
      }
    }
  }

  @Test func aThrowingBodyLeavesNothing() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in try db.script("CREATE TABLE t (n bigint)") }
      try await pool.transaction { db throws in
        #expect(throws: TestFailure.self) {
          try db.savepoint {
            try db.copyIn("t", columns: ["n"]) { writer in
              for number in 0..<50_000 { try writer.row(number) }
              throw TestFailure()
            }
          }
        }
        #expect(try db.value("SELECT count(*) FROM t") == 0)
        #expect(try db.copyIn("t", columns: ["n"]) { try $0.row(1) } == 1)
      }
      let count = try await pool.session { db in try db.value("SELECT count(*) FROM t", as: Int.self) }
      #expect(count == 1)
    }
  }

  @Test func theServersRefusalNamesTheConstraint() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        try db.script("CREATE TABLE t (n bigint CONSTRAINT once PRIMARY KEY)")
        // Enough for the server to answer in the middle.
        let error = #expect(throws: PostgresError.self) {
          try db.copyIn("t", columns: ["n"]) { writer in for number in 0..<200_000 { try writer.row(number % 10) } }
        }
        #expect(error?.state == .uniqueViolation)
        #expect(error?.constraint == "once")
        #expect(try db.value("SELECT count(*) FROM t") == 0)
      }
    }
  }

  @Test func mistakesAreNamed() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        try db.script("CREATE TABLE t (n integer, s text)")
        func message(_ columns: [String], _ body: (inout CopyWriter) throws -> Void) -> String {
          do { try db.copyIn("t", columns: columns, body) } catch { return "\(error)" }
          return "no error"
        }
        #expect(message(["n", "s"]) { try $0.row(1) }.hasSuffix("a row has fields for 1 of 2 columns"))
        #expect(
          message(["n"]) { try $0.row(1, 2) }.hasSuffix("a row has more fields than columns, of which there are 1"))
        #expect(message(["n"]) { try $0.row("x") }.hasSuffix(#"column "n" is of type integer, not text"#))
        #expect(message(["n"]) { try $0.row(Int.max) }.hasSuffix(#"an integer is out of the range of column "n""#))
        #expect(message(["zzz"]) { try $0.row(1) }.hasSuffix("the table has no column zzz"))
        #expect(message(["n"]) { _ in try db.execute("SELECT 1") }.hasPrefix("a statement was begun while"))
        #expect { try db.copyIn("none", columns: ["n"]) { _ in } } throws: { SQLState.undefinedTable ~= $0 }
        #expect(try db.value("SELECT count(*) FROM t") == 0)
      }
    }
  }

  @Test func namesAreQuoted() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        try db.script(#"CREATE TABLE "Od""d" ("a ""b" bigint)"#)
        #expect(try db.copyIn(#"Od"d"#, columns: [#"a "b"#]) { try $0.row(1) } == 1)
      }
    }
  }

  @Test func copyOutStreamsText() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        var pieces = 0
        var bytes: [UInt8] = []
        let query: SQL = "SELECT n, repeat('y', 90) AS y FROM generate_series(1, 10000) n"
        let rows = try db.copyOut(query, options: "FORMAT csv, HEADER") { piece in
          pieces += 1
          bytes += piece
        }
        #expect(rows == 10_000)
        #expect(pieces > 5)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 10_001)
        #expect(lines[0] == "n,y")
        #expect(lines[10_000].hasPrefix("10000,yyy"))
      }
    }
  }

  @Test func copyOutEndsWithItsBody() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        #expect(throws: TestFailure.self) {
          try db.copyOut("SELECT repeat('z', 1000) FROM generate_series(1, 10000000)") { _ in throw TestFailure() }
        }
        #expect { try db.copyOut("SELECT \(1)") { _ in } } throws: { ($0 as? PostgresError)?.kind == .misuse }
        #expect { try db.copyOut("SELECT nonsense") { _ in } } throws: { SQLState.undefinedColumn ~= $0 }
        #expect { try db.copyOut("SELECT 1 / (3 - n) FROM generate_series(1, 9) n") { _ in } } throws: {
          ($0 as? PostgresError)?.state?.rawValue == "22012"
        }
        #expect(try db.value("SELECT \(1)") == 1)
      }
    }
  }
}
