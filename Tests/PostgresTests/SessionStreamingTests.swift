import FoundationEssentials
import Testing

@testable import Postgres

@Suite struct SessionStreamingTests {
  /// Resident memory of this process in bytes.
  private static func resident() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
  }

  @Test func aMillionRowsTakeTheMemoryOfOne() async throws {
    try await withPool { pool, _ async throws in
      let (sum, growth) = try await pool.session { db in
        var sum = 0
        let before = try Self.resident()
        var most = before
        try db.forEach("SELECT n, repeat('x', 300) AS filler FROM generate_series(1, \(1_000_000)) n") { row in
          let number: Int = try row.get("n")
          sum += number
          if number % 50_000 == 0 { most = max(most, try Self.resident()) }
        }
        return (sum, most - before)
      }
      #expect(sum == 500_000_500_000)
      // Held at once they would be 300 MB and more; other tests run beside this one.
      #expect(growth < 150_000_000)
    }
  }

  @Test func aThrowingBodyEndsTheStatement() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        var seen = 0
        #expect(throws: TestFailure.self) {
          try db.forEach("SELECT n, pg_sleep(CASE WHEN n > 1000 THEN 60 ELSE 0 END) FROM generate_series(1, 2000) n") {
            _ in
            seen += 1
            if seen == 3 { throw TestFailure() }
          }
        }
        #expect(seen == 3)
        #expect(try db.value("SELECT \(1)") == 1)
      }
    }
  }

  @Test func anErrorInTheMiddleComesAfterTheRowsBeforeIt() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        for _ in 0..<3 {
          var seen = 0
          let error = #expect(throws: PostgresError.self) {
            try db.forEach("SELECT 1 / (5 - n) FROM generate_series(1, 10) n") { _ in seen += 1 }
          }
          #expect(error?.state?.rawValue == "22012")
          #expect(seen == 4)
        }
        #expect(try db.value("SELECT \(1)") == 1)
      }
    }
  }

  @Test func theSessionIsNotUsedMeanwhile() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        #expect { try db.forEach("SELECT 1") { _ in try db.execute("SELECT 2") } } throws: {
          ($0 as? PostgresError)?.kind == .misuse
        }
        #expect(try db.value("SELECT \(1)") == 1)
      }
    }
  }

  @Test func statementsWithoutRowsWork() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db in
        try db.forEach("SELECT 1 WHERE false") { _ in Issue.record("there is no row") }
        try db.forEach("CREATE TABLE t (a int)") { _ in Issue.record("there is no row") }
      }
    }
  }
}
