import SettleTesting
import Testing

@testable import Postgres

@Suite struct TestClusterTests {
  @Test func databasesAreEmptyAndApart() async throws {
    for _ in 0..<2 {
      let connection = try await Connection.open(try await TestCluster.database())
      try await connection.run { db in try db.script("CREATE TABLE t (n bigint)") }
      await connection.close()
    }
  }

  @Test func templatesAreFilledOnceAndCopied() async throws {
    let fillings = Recorder<Int>()
    for _ in 0..<3 {
      let settings = try await TestCluster.database(template: "TestClusterTests") { settings in
        fillings.append(1)
        let connection = try await Connection.open(settings)
        try await connection.run { db in try db.script("CREATE TABLE t (n bigint); INSERT INTO t VALUES (7)") }
        await connection.close()
      }
      let connection = try await Connection.open(settings)
      let number = try await connection.run { db in
        let number = try db.value("SELECT n FROM t", as: Int.self)
        try db.execute("DELETE FROM t")
        return number
      }
      #expect(number == 7)
      await connection.close()
    }
    #expect(fillings.values.count == 1)
  }
}
