import FoundationEssentials
import Glibc
package import Postgres

/// One private cluster for the whole test process: started when it is first asked for, stopped and deleted when the
/// process ends, however it ends.
package enum TestCluster {
  /// A new empty database, owned by the role that the settings name.
  package static func database() async throws -> ConnectionSettings {
    try await shared.value.database(copying: nil)
  }

  /// A new empty database that orders texts as English dictionaries do, rather than by their bytes.
  package static func databaseOrderedAsInEnglish() async throws -> ConnectionSettings {
    try await shared.value.databaseOrderedAsInEnglish()
  }

  /// A new database, made as a copy of one that `make` filled; `make` runs once per `template` and process. For what
  /// takes long to set up, such as migrations.
  package static func database(
    template: String, make: @escaping @Sendable (ConnectionSettings) async throws -> Void
  ) async throws -> ConnectionSettings {
    try await shared.value.database(copying: (template, make))
  }

  /// A copy of a database as it is at this moment, as a dump that is restored elsewhere. Whoever is connected to the
  /// database is thrown out first, since PostgreSQL copies only one that nobody uses; pools connect again.
  package static func copy(of database: ConnectionSettings) async throws -> ConnectionSettings {
    try await shared.value.copy(of: database)
  }

  /// The settings of the cluster's own database `settle`, for tests of roles and databases themselves.
  package static func server() async throws -> ConnectionSettings { try await shared.value.settings }

  private static let shared = Task { try await TestServer.start() }
}

actor TestServer {
  let settings: ConnectionSettings
  private let pool: Pool
  private var count = 0
  private var templates: [String: Task<String, any Error>] = [:]

  private init(_ settings: ConnectionSettings) {
    self.settings = settings
    pool = Pool(settings, size: 1)
  }

  static func start() async throws -> TestServer {
    let home = ServerHome.new()
    let cluster = PrivateCluster(
      home: home,
      // Nothing here outlives the process, so nothing need be durable.
      extraSettings: [
        "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200",
        "shared_buffers": "128MB", "autovacuum": "off",
      ])
    try Watchdog.start(home: home, data: cluster.dataFolder)
    return TestServer(try await cluster.start())
  }

  func database(
    copying template: (name: String, make: @Sendable (ConnectionSettings) async throws -> Void)?
  ) async throws -> ConnectionSettings {
    guard let template else { return try await create(from: nil) }
    let task =
      templates[template.name]
      ?? Task {
        let made = try await create(from: nil)
        try await template.make(made)
        return Self.name(of: made)
      }
    templates[template.name] = task
    return try await create(from: task.value)
  }

  func copy(of database: ConnectionSettings) async throws -> ConnectionSettings {
    try await create(from: Self.name(of: database), disconnecting: true)
  }

  func databaseOrderedAsInEnglish() async throws -> ConnectionSettings {
    try await create(from: nil, collated: "LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
  }

  private func create(
    from template: String?, disconnecting: Bool = false, collated: SQL = ""
  ) async throws -> ConnectionSettings {
    count += 1
    let name = "test_\(count)"
    // PostgreSQL copies a template only while nobody is connected to it; a connection just closed takes a moment to go.
    for attempt in 1... {
      do {
        try await pool.session { db in
          if let template {
            if disconnecting {
              try db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = \(template)")
            }
            try db.execute("CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: template)")
          } else {
            try db.execute("CREATE DATABASE \(identifier: name) TEMPLATE template0 \(sql: collated)")
          }
        }
        break
      } catch SQLState.objectInUse where attempt < 100 {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    return settings.ofDatabase(name)
  }

  private static func name(of settings: ConnectionSettings) -> String {
    String(settings.conninfo.dropFirst("postgresql:///".count).prefix { $0 != "?" })
  }
}

extension ConnectionSettings {
  /// Another database of the same private cluster.
  package func ofDatabase(_ name: String) -> ConnectionSettings {
    var copy = self
    copy.conninfo = conninfo.replacing("postgresql:///settle?", with: "postgresql:///\(name)?")
    return copy
  }
}
