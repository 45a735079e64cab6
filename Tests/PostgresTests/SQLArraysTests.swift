import FoundationEssentials
import Testing

@testable import Postgres

@Suite struct SQLArraysTests {
  @Test func arraysGoThereAndBack() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        func check<T: SQLEncodable & SQLDecodable & Equatable>(_ values: [T]) throws {
          let row = try #require(try db.first("SELECT \(values) AS v, cardinality(\(values))::bigint AS n"))
          #expect(try row.get("v") == values)
          #expect(try row.get("n") == values.count)
        }
        try check([Int]())
        try check([1, Int.max, Int.min])
        try check([1, nil, 3] as [Int?])
        try check([Int32(4)])
        try check([Int16(4), nil])
        try check([true, false, nil])
        try check([UUID(), UUID()])
        try check([nil, UUID()] as [UUID?])
        try check(["", "NULL", "{a,b}", "\"", "é"])
        try check([nil, nil] as [String?])
        try check([[1, 2], []] as [[UInt8]])
        try check([
          PostgresTimestamp(microsecondsSinceUnixEpoch: 1), PostgresTimestamp(microsecondsSinceUnixEpoch: .max),
        ])
        try check([PostgresDate(daysSinceUnixEpoch: -1)])
        try check([JSONText("[1]"), JSONText("null")])
      }
    }
  }

  @Test func arraysServeSets() async throws {
    let ids = (0..<1000).map { _ in UUID() }
    let amounts = (0..<1000).map { $0 % 7 == 0 ? nil : $0 }
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        try db.script("CREATE TABLE t (id uuid PRIMARY KEY, amount bigint)")
        #expect(
          try db.execute("INSERT INTO t SELECT * FROM unnest(\(ids), \(amounts))") == 1000)
        #expect(try db.query("SELECT id FROM t WHERE id = ANY(\(Array(ids.prefix(10))))").count == 10)
        #expect(try db.query("SELECT id FROM t WHERE amount IS NULL").count == 143)
      }
    }
  }

  @Test func whatIsNoArrayIsRefused() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        let row = try #require(
          try db.first("SELECT 1::bigint AS n, '{{1,2},{3,4}}'::bigint[] AS two, '{a}'::text[] AS t"))
        #expect(throws: PostgresError.self) { try row.get("n", as: [Int].self) }
        #expect(throws: PostgresError.self) { try row.get("two", as: [Int].self) }
        #expect(throws: PostgresError.self) { try row.get("t", as: [Int].self) }
        let nested: SQL = "SELECT \([[1, 2]])"
        #expect { try db.execute(nested) } throws: { ($0 as? PostgresError)?.kind == .misuse }
      }
    }
  }

  @Test(arguments: [0, 1, 3, 4, 11, 12, 16, 20, 23, 27])
  func damagedBytesAreRefused(count: Int) {
    let whole: [UInt8] = [
      0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 20, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 9,
    ]
    Array(whole.prefix(count)).withUnsafeBytes { bytes in
      let value = SQLValue(type: SQLType.int8.array, bytes: bytes)
      #expect(throws: SQLMismatch.self) { try [Int](sql: value) }
    }
  }
}
