import Testing

@testable import Postgres

@Suite struct PostgresErrorTests {
  @Test func constraintsAreNamedAndValuesKeptBack() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        try db.script(
          """
          CREATE TABLE payments (id bigint CONSTRAINT payments_once UNIQUE,
            amount bigint NOT NULL CONSTRAINT positive CHECK (amount > 0))
          """)
        try db.execute("INSERT INTO payments VALUES (4242, 1)")
        let error = #expect(throws: PostgresError.self) { try db.execute("INSERT INTO payments VALUES (4242, 1)") }
        #expect(error?.kind == .server)
        #expect(error?.state == .uniqueViolation)
        #expect(error?.constraint == "payments_once")
        #expect(error?.table == "payments")
        #expect(error?.detail?.contains("4242") == true)
        #expect(error.map { "\($0)" }?.contains("4242") == false)
        #expect(error.map { String(reflecting: $0) }?.contains("4242") == false)
        do {
          try db.execute("INSERT INTO payments VALUES (1, -7)")
        } catch SQLState.checkViolation {
          return
        }
        Issue.record("the pattern did not match")
      }
    }
  }

  @Test(arguments: [
    ("invalid input syntax for type uuid: \"4111 1111\"", "22P02", "invalid input syntax for type uuid"),
    ("value \"4111\" is out of range for type integer", "22003", "value"),
    ("division by zero", "22012", "division by zero"),
    ("relation \"payments\" does not exist", "42P01", "relation \"payments\" does not exist"),
  ])
  func dataExceptionsLoseTheirValue(message: String, state: String, expected: String) {
    #expect(PostgresError.withoutValues(message, state: SQLState(rawValue: state)) == expected)
  }

  @Test(arguments: [
    (PostgresError.Kind.connectionLost, nil, true, false),
    (.commitUnknown, nil, true, false),
    (.connectionFailed, nil, true, false),
    (.connectionFailed, SQLState.cannotConnectNow, true, false),
    (.connectionFailed, .invalidPassword, false, true),
    (.connectionFailed, .unknownDatabase, false, false),
    (.server, .tooManyConnections, true, false),
    (.server, .adminShutdown, true, false),
    (.server, .insufficientPrivilege, false, true),
    (.server, .uniqueViolation, false, false),
    (.misuse, nil, false, false),
  ])
  func whatTheCallerMustDoIsKnown(kind: PostgresError.Kind, state: SQLState?, unreachable: Bool, denied: Bool) {
    let error = PostgresError(kind, "", state: state)
    #expect(error.isUnreachable == unreachable)
    #expect(error.isPermissionDenied == denied)
  }

  @Test func aMissingPrivilegeIsNotAnOutage() async throws {
    try await withPool { pool, _ async throws in
      try await pool.session { db throws in
        let error = #expect(throws: PostgresError.self) { try db.execute("SELECT * FROM pg_authid") }
        #expect(error?.isPermissionDenied == true)
        #expect(error?.isUnreachable == false)
      }
    }
  }
}
