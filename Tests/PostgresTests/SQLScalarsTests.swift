import FoundationEssentials
import Testing

@testable import Postgres

@Suite struct SQLScalarsTests {
  static let hostile = [
    "", "'", "\\", "'; DROP TABLE t; --", "$1", "\"quoted\"", "a\tb\r\nc", "é Größe 漢字 🏦 e\u{301}", "%s %d %n",
    String(repeating: "x", count: 100_000),
  ]

  @Test func everyTypeGoesThereAndBack() async throws {
    let id = UUID()
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        func check<T: SQLEncodable & SQLDecodable & Equatable>(_ value: T) throws {
          let row = try #require(try db.first("SELECT \(value) AS v, \(Optional<T>.none) AS n"))
          #expect(try row.get("v", as: T.self) == value)
          #expect(try row.get("n", as: T?.self) == nil)
        }
        for value in [true, false] { try check(value) }
        for value in [Int.min, -1, 0, 1, Int.max] { try check(value) }
        for value in [Int64.min, 0, Int64.max] { try check(value) }
        for value in [Int32.min, 0, Int32.max] { try check(value) }
        for value in [Int16.min, 0, Int16.max] { try check(value) }
        for value in Self.hostile { try check(value) }
        for value in [[], [0], [UInt8](0...255)] { try check(value) }
        try check(id)
        for value in [Int64.min, Int64.max, -1, 0, 1, -210_866_803_200_000_000, 253_402_300_799_999_999] {
          try check(PostgresTimestamp(microsecondsSinceUnixEpoch: value))
        }
        for value in [-2_440_588, -1, 0, 1, 20_779] { try check(PostgresDate(daysSinceUnixEpoch: value)) }
        try check(JSONText(#"{"a": [1, null, "é"]}"#))
      }
    }
  }

  @Test func valuesMeanTheSameOnTheServer() async throws {
    let cases: [(sql: SQL, text: String)] = [
      ("SELECT \(Int64.min)::text", "-9223372036854775808"),
      ("SELECT \([UInt8]([0, 255]))::text", #"\x00ff"#),
      (
        "SELECT \(UUID(uuidString: "6BA7B810-9DAD-11D1-80B4-00C04FD430C8"))::text",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
      ),
      ("SELECT \(PostgresTimestamp(microsecondsSinceUnixEpoch: -1))::text", "1969-12-31 23:59:59.999999+00"),
      ("SELECT \(PostgresTimestamp(microsecondsSinceUnixEpoch: .max))::text", "infinity"),
      ("SELECT \(PostgresDate(daysSinceUnixEpoch: 20_779))::text", "2026-11-22"),
      ("SELECT (\(JSONText(#"{"k": 7}"#)) ->> 'k')", "7"),
    ]
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        for (sql, text) in cases { #expect(try db.value(sql) == text) }
      }
    }
  }

  @Test(arguments: [
    ("0::numeric", 0), ("12345678901234::numeric", 12_345_678_901_234), ("-10000::numeric", -10_000),
    ("9223372036854775807::numeric", Int.max), ("(-9223372036854775808)::numeric", Int.min), ("5.00::numeric", 5),
    ("40000::numeric", 40_000), ("7::smallint", 7), ("7::integer", 7), ("7::oid", 7),
  ])
  func integersAreReadFromEveryWholeType(sql: String, value: Int) async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        try db.script("CREATE VIEW v AS SELECT \(sql) AS n")
        #expect(try db.value("SELECT n FROM v") == value)
      }
    }
  }

  @Test func whatDoesNotFitIsRefusedWithoutItsValue() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        let row = try #require(
          try db.first(
            """
            SELECT 'secret' AS t, 1.5::numeric AS f, 9223372036854775808::numeric AS big, 'NaN'::numeric AS nan,
                   NULL::bigint AS none, 70000::bigint AS wide, 0.5::float8 AS d, true AS b
            """))
        func message<T: SQLDecodable>(_ column: String, _ type: T.Type) -> String {
          do { _ = try row.get(column, as: type) } catch { return "\(error)" }
          return "no error"
        }
        #expect(message("t", Int.self) == #"column "t" was read as Int, but holds text"#)
        #expect(message("t", UUID.self) == #"column "t" was read as UUID, but holds text"#)
        #expect(message("t", Direction.self).hasSuffix("holds text with a value that Direction does not know"))
        #expect(message("f", Int.self).hasSuffix("holds numeric that is not a whole number of 64 bits"))
        #expect(message("big", Int.self).hasSuffix("holds numeric that is not a whole number of 64 bits"))
        #expect(message("nan", Int.self).hasSuffix("holds numeric that is not a whole number of 64 bits"))
        #expect(message("none", Int.self) == #"column "none" was read as Int, but holds NULL"#)
        #expect(message("wide", Int32.self) == #"column "wide" was read as Int32, but holds bigint"#)
        #expect(message("d", Int.self) == #"column "d" was read as Int, but holds double precision"#)
        #expect(message("b", String.self) == #"column "b" was read as String, but holds boolean"#)
        #expect(message("zzz", Int.self).hasPrefix(#"the result has no column "zzz", only t, f, big"#))
      }
    }
  }

  enum Direction: String, SQLEncodable, SQLDecodable { case incoming, outgoing }

  struct PaymentNumber: SQLEncodable, SQLDecodable, Equatable {
    let number: Int64
    static var sqlType: SQLType { .int8 }
    func encode(into buffer: inout SQLBuffer) { number.encode(into: &buffer) }
    init(sql value: SQLValue) throws { number = try Int64(sql: value) }
    init(_ number: Int64) { self.number = number }
  }

  @Test func ownTypesForward() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        let row = try #require(
          try db.first(
            """
            SELECT \(Direction.outgoing) AS d, \([Direction.incoming, .outgoing]) AS ds, \(PaymentNumber(7)) AS n,
                   \([PaymentNumber(1), nil]) AS ns
            """))
        #expect(try row.get("d") == Direction.outgoing)
        #expect(try row.get("ds") == [Direction.incoming, .outgoing])
        #expect(try row.get("n") == PaymentNumber(7))
        #expect(try row.get("ns") == [PaymentNumber(1), nil])
      }
    }
  }

  @Test func enumsOfTheServerAreText() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        try db.script("CREATE TYPE way AS ENUM ('incoming', 'outgoing'); CREATE TABLE t (way way)")
        try db.execute("INSERT INTO t VALUES (\(Direction.incoming)::text::way)")
        #expect(try db.value("SELECT way FROM t") == Direction.incoming)
        #expect(try db.value("SELECT ARRAY[way] FROM t") == [Direction.incoming])
        #expect(try db.copyIn("t", columns: ["way"]) { try $0.row(Direction.outgoing) } == 1)
      }
    }
  }
}

extension CopyWriter {
  mutating func row<each T: SQLEncodable>(_ values: repeat each T) throws {
    beginRow()
    for value in repeat each values { append(value) }
    try endRow()
  }
}
