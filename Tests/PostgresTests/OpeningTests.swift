import Testing

@testable import Postgres

@Suite struct OpeningTests {
  @Test func verboseMessagesComeApart() {
    let message = VerboseMessage(
      """
      connection to server on socket "/x" failed: FATAL:  28P01: password authentication failed for user "a"
      DETAIL:  secret
      LOCATION:  auth_failed, auth.c:330
      """)
    #expect(message.state == .invalidPassword)
    #expect(
      message.message
        == #"connection to server on socket "/x" failed: FATAL: password authentication failed for user "a""#)
    let plain = VerboseMessage("connection to server at \"h\" failed: Connection refused\n\tIs the server running?\n")
    #expect(plain.state == nil)
    #expect(plain.message == #"connection to server at "h" failed: Connection refused; Is the server running?"#)
  }

  @Test func anAbsentServerIsUnreachable() async {
    for conninfo in ["host=/nonexistent user=a dbname=b", "host=127.0.0.1 port=1 user=a password=hunter2 dbname=b"] {
      let error = await postgresError { _ = try await Connection.open(ConnectionSettings(conninfo: conninfo)) }
      #expect(error?.kind == .connectionFailed)
      #expect(error?.isUnreachable == true)
      #expect(error?.message.contains("hunter2") == false)
    }
  }

  @Test func theServersRefusalsAreTold() async throws {
    let settings = try await freshSettings()
    var other = settings
    other.conninfo = settings.conninfo.replacing("user=settle", with: "user=stranger")
    let denied = await postgresError { _ = try await Connection.open(other) }
    #expect(denied?.kind == .connectionFailed)
    #expect(denied?.isPermissionDenied == true)
    #expect(denied?.isUnreachable == false)

    other.conninfo = settings.conninfo.replacing("postgresql:///", with: "postgresql:///no")
    let missing = await postgresError { _ = try await Connection.open(other) }
    #expect(missing?.state == .unknownDatabase)
    #expect(missing?.isUnreachable == false)
  }

  @Test func outputDoesNotDependOnTheServersSettings() async throws {
    let settings = try await freshSettings()
    let connection = try await Connection.open(settings)
    try await connection.run { db throws in
      #expect(try db.value("SELECT '2026-11-22 12:00+01'::timestamptz::text") == "2026-11-22 11:00:00+00")
      #expect(try db.value("SELECT current_setting('client_encoding')") == "UTF8")
      #expect(try db.value("SELECT current_setting('application_name')") == settings.applicationName)
    }
    await connection.close()
  }
}
