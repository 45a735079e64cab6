import FoundationEssentials
import Glibc
import SettleTesting
import Synchronization

@testable import Postgres

/// Runs a body with a pool on a database of its own.
func withPool<T>(
  size: Int = 2, prepare: (@Sendable (Session) throws -> Void)? = nil,
  _ body: (Pool, ConnectionSettings) async throws -> T
) async throws -> T {
  let settings = try await TestCluster.database()
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
          AND datname = current_database()
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
