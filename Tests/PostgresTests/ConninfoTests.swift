import Testing

@testable import Postgres

@Suite struct ConninfoTests {
  @Test(arguments: [
    ("", [:]), ("settle", ["dbname": "settle"]),
    ("host=db user='a b' password='it\\'s'", ["host": "db", "user": "a b", "password": "it's"]),
    (
      "postgresql://u:p%40ss@h:5433/d?connect_timeout=7",
      ["user": "u", "password": "p@ss", "host": "h", "port": "5433", "dbname": "d", "connect_timeout": "7"]
    ),
    ("postgresql:///settle?host=%2Ftmp%2Fx&user=a@b", ["dbname": "settle", "host": "/tmp/x", "user": "a@b"]),
  ])
  func optionsAreFound(text: String, options: [String: String]) throws {
    #expect(try Conninfo(text).options == options)
  }

  @Test(arguments: [
    "postgres://user:s3cr@t@host/db", "postgres://user:s3cr/t@host/db", "postgres://user:s3cr%zz@host/db",
    "host=db password", "host=db s3cret=1 password=s3cr\"t", "password='s3cr",
  ])
  func aBrokenStringIsNotRepeated(text: String) async {
    let error = await postgresError { _ = try await Connection.open(ConnectionSettings(conninfo: text)) }
    #expect(error?.kind == .configuration)
    #expect(error.map { "\($0)" }?.contains("s3c") == false)
  }

  @Test func passwordsAreCutOutOfMessages() throws {
    let conninfo = try Conninfo("host=db password=hunter2")
    #expect(conninfo.redacting("no hunter2 for hunter2!") == "no *** for ***!")
    #expect(try Conninfo("host=db").redacting("as it was") == "as it was")
  }

  @Test func settingsShowNoSecret() {
    let settings = ConnectionSettings(conninfo: "postgres://finance:hunter2@db:5433/settle?sslpassword=hunter3")
    #expect("\(settings)" == "host=db port=5433 dbname=settle user=finance")
    #expect(!String(reflecting: settings).contains("hunter"))
    #expect("\(ConnectionSettings(conninfo: "postgres://a:hunt@er@b/c"))" == "an invalid connection string")
    #expect("\(ConnectionSettings(conninfo: ""))" == "libpq's defaults")
  }
}
