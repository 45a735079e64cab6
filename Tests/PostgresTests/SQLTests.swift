import Testing

@testable import Postgres

@Suite struct SQLTests {
  @Test func interpolationBinds() {
    let name = "x'; DROP TABLE payments; --"
    let sql: SQL = "SELECT * FROM t WHERE name = \(name) AND n > \(3)"
    #expect(sql.text == "SELECT * FROM t WHERE name = $1 AND n > $2")
    #expect(sql.values.count == 2)
    #expect(!"\(sql)".contains("DROP"))
  }

  @Test func nestedTextIsRenumbered() {
    let filter: SQL = "a = \(1) AND b = \(2)"
    let sql: SQL = "SELECT \(0) WHERE \(sql: filter) LIMIT \(5)"
    #expect(sql.text == "SELECT $1 WHERE a = $2 AND b = $3 LIMIT $4")
    #expect((filter + " OR c = \(true)").text == "a = $1 AND b = $2 OR c = $3")
    #expect([filter, "true"].joined(separator: " OR ").text == "a = $1 AND b = $2 OR true")
  }

  @Test(arguments: [("name", #""name""#), (#"a"b"#, #""a""b""#), ("Größe; --", #""Größe; --""#)])
  func identifiersAreQuoted(name: String, quoted: String) {
    let sql: SQL = "SELECT \(identifier: name)"
    #expect(sql.text == "SELECT \(quoted)")
  }
}
