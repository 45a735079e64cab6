import Postgres
import SettleStore
import SettleTesting

/// Databases on one private server that stops and goes with the harness, one for each world.
enum Databases {
  /// A new one with settle's schema, and nothing in it.
  static func make() async throws -> ConnectionSettings {
    try await TestCluster.database(template: "store") { settings in
      let store = Store(settings)
      _ = try await store.migrate()
      await store.close()
    }
  }

  /// Takes away the index that lets a break be refunded once: a seeded defect of the schema.
  static func allowSecondRefunds(in settings: ConnectionSettings) async throws {
    try await Connection.once(settings) { try $0.script("DROP INDEX one_refund_per_break") }
  }

  /// A database as it stands now under another name: what a backup would hold. Nobody may be connected to it.
  static func copy(of settings: ConnectionSettings, as name: String) async throws -> ConnectionSettings {
    let source = Self.name(of: settings)
    try await Connection.once(try await TestCluster.server()) { db in
      _ = try db.execute("CREATE DATABASE \(identifier: name) TEMPLATE \(identifier: source)")
    }
    return renamed(settings, from: source, to: name)
  }

  static func drop(_ settings: ConnectionSettings) async throws {
    let name = Self.name(of: settings)
    try await Connection.once(try await TestCluster.server()) { db in
      _ = try db.execute("DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
    }
  }

  private static func name(of settings: ConnectionSettings) -> String {
    String(settings.conninfo.dropFirst("postgresql:///".count).prefix { $0 != "?" })
  }

  private static func renamed(_ settings: ConnectionSettings, from: String, to: String) -> ConnectionSettings {
    var copy = settings
    copy.conninfo = settings.conninfo.replacing("postgresql:///\(from)?", with: "postgresql:///\(to)?")
    return copy
  }
}
