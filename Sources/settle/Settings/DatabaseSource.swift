import Foundation
import Postgres
import SettlePipeline
import SettleStore

/// Which database a command works on.
enum DatabaseSource: Sendable, Equatable {
  /// `DATABASE_URL`: anything that libpq takes. It may hold a password.
  case address(String)
  /// libpq's own variables, such as `PGHOST`.
  case libpqVariables([String: String])
  /// settle's own server, under its home.
  case privateCluster(home: String)

  /// Those of libpq's variables that say where a database is or who asks. Others (`PGSSLMODE`, `PGTZ`, …) do not, and
  /// some that begin with PG are not libpq's at all (`PGDATA`).
  static let locators = [
    "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE", "PGPASSWORD", "PGPASSFILE",
  ]

  init(_ environment: Environment, home: String) {
    if let address = environment["DATABASE_URL"] {
      self = .address(address)
      return
    }
    let variables = Self.locators.compactMap { name in environment[name].map { (name, $0) } }
    self =
      variables.isEmpty ? .privateCluster(home: home) : .libpqVariables(Dictionary(uniqueKeysWithValues: variables))
  }

  /// Where to look when it cannot be reached.
  var origin: String {
    switch self {
    case .address: "DATABASE_URL"
    case .libpqVariables: "the PG* variables"
    case .privateCluster(let home): "the private database under \(home)"
    }
  }

  var cluster: PrivateCluster? {
    if case .privateCluster(let home) = self { PrivateCluster(home: home) } else { nil }
  }

  /// Whether there is a store to look at. What is not settle's own is there for others to make.
  var isMade: Bool { cluster?.exists ?? true }

  /// An address that psql takes, without any password.
  func url() throws -> String {
    switch self {
    case .address(let address): return try ConnectionSettings(conninfo: address).urlWithoutPassword()
    case .libpqVariables(let variables):
      let words = variables.filter { $0.key != "PGPASSWORD" && $0.key != "PGPASSFILE" }
        .map { ($0.key == "PGDATABASE" ? "dbname" : $0.key.dropFirst(2).lowercased(), $0.value) }
      return ConnectionSettings.url(options: Dictionary(uniqueKeysWithValues: words))
    case .privateCluster(let home): return PrivateCluster(home: home).url
    }
  }

  /// How the store is brought to this version's schema.
  enum Schema {
    /// Our own database is migrated by itself. Any other has an owner who decides when: `settle db migrate`.
    case required
    /// Nothing is looked at and nothing is changed.
    case asItIs
  }

  /// A store that answers. Starts our own server where it does not run.
  ///
  /// - Parameter patience: how long in all it is waited for while it is being restarted.
  func open(
    schema: Schema, connections: Int = 4, patience: Duration = Store.usualPatience
  ) async throws -> Store {
    let settings = try await settings()
    if schema == .required { try await prepare(settings) }
    return Store(settings, connections: connections, patience: patience)
  }

  func settings() async throws -> ConnectionSettings {
    switch self {
    case .address(let address): ConnectionSettings(conninfo: address)
    case .libpqVariables: ConnectionSettings(conninfo: "")
    case .privateCluster(let home): try await PrivateCluster(home: home).start()
    }
  }

  /// On a store of its own: connections that were made before the writer's role was there do not have it.
  private func prepare(_ settings: ConnectionSettings) async throws {
    let store = Store(settings, connections: 1)
    do {
      try await store.checkSchema()
      await store.close()
    } catch {
      await store.close()
      guard case StoreError.notMigrated = error, cluster != nil else { throw error }
      _ = try await store.migrate()
    }
  }
}

extension Settings {
  /// Runs the body on an open store, and closes it.
  func withStore<Value>(
    schema: DatabaseSource.Schema = .required, connections: Int = 4, _ body: (Store) async throws -> Value
  ) async throws -> Value {
    let store = try await database.open(schema: schema, connections: connections, patience: databaseWait())
    do {
      let value = try await body(store)
      await store.close()
      return value
    } catch {
      await store.close()
      throw error
    }
  }
}

extension Settings {
  /// The same for a command that only looks: where there is no store of our own yet, it makes none.
  func withFoundStore<Value>(
    schema: DatabaseSource.Schema = .required, connections: Int = 4, _ body: (Store) async throws -> Value
  ) async throws -> Value {
    guard database.isMade else {
      throw Failure(
        status: .configuration,
        message: "there is no store here yet; `settle run` makes one in \(home), and SETTLE_HOME or DATABASE_URL"
          + " name another")
    }
    return try await withStore(schema: schema, connections: connections, body)
  }
}

extension DatabaseSource {
  /// The private server. Throws where the database is somebody else's to start and stop.
  func ownCluster(to act: String) throws -> PrivateCluster {
    guard let cluster else {
      throw Failure(
        status: .configuration,
        message: "\(origin) names a database that is not settle's own to \(act): unset it to use the private one")
    }
    return cluster
  }
}
