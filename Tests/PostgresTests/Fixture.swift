import FoundationEssentials
import Glibc
import SettleTesting
import Synchronization

@testable import Postgres

/// A schema of its own in a database that all tests here share: much faster to make than a database. The application
/// name is the schema's.
func freshSettings() async throws -> ConnectionSettings {
  let name = "test_\(UInt32.random(in: 0 ... .max))"
  var settings = try await SharedDatabase.settings.value
  let connection = try await Connection.open(settings)
  try await connection.run { db in try db.script("CREATE SCHEMA \(name)") }
  await connection.close()
  settings.conninfo += "&options=-csearch_path%3D\(name)"
  settings.applicationName = name
  return settings
}

private enum SharedDatabase {
  static let settings = Task { try await TestCluster.database() }
}

/// Runs a body with a pool on such a schema.
func withPool<T>(
  size: Int = 2, prepare: (@Sendable (Session) throws -> Void)? = nil,
  _ body: (Pool, ConnectionSettings) async throws -> T
) async throws -> T {
  let settings = try await freshSettings()
  let pool = Pool(settings, size: size, prepare: prepare)
  let result: Result<T, any Error>
  do { result = .success(try await body(pool, settings)) } catch { result = .failure(error) }
  await pool.close()
  return try result.get()
}

/// What a body throws, as an error of the client's own.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
  do { try await body() } catch { return error as? PostgresError }
  return nil
}

/// Returns once the server shows a statement like this at work (or waiting).
func awaitActivity(_ pattern: String, in settings: ConnectionSettings) async throws {
  let connection = try await Connection.open(settings)
  let deadline = ContinuousClock.now + .seconds(20)
  while ContinuousClock.now < deadline {
    let found = try await connection.run { db throws in
      try db.query(
        """
        SELECT 1 FROM pg_stat_activity
        WHERE query LIKE \(pattern) AND state = 'active' AND wait_event IS NOT NULL AND pid <> pg_backend_pid()
          AND application_name = \(settings.applicationName)
        """
      ).count
    }
    if found > 0 { break }
    try await Task.sleep(for: .milliseconds(5))
  }
  await connection.close()
}

struct TestFailure: Error, Equatable {}

/// A folder for one test, removed with the value.
final class TemporaryFolder {
  let path: String

  init(under parent: String = "/tmp", _ name: String = "settle-\(UInt32.random(in: 0 ... .max))") throws {
    path = "\(parent)/\(name)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    chmod(path, 0o755)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Session {
  /// The first column of the only row.
  func value<T: SQLDecodable>(_ sql: SQL, as type: T.Type = T.self) throws -> T? { try first(sql)?.get(0, as: type) }
}

/// Collects values from several tasks.
final class Recorder<Value: Sendable>: Sendable {
  private let state = Mutex<[Value]>([])

  var values: [Value] { state.withLock { $0 } }

  func append(_ value: Value) { state.withLock { $0.append(value) } }
}
