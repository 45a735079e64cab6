import Crypto
import Foundation
package import Postgres
import SettleModel

/// Forward-only, numbered migrations that travel inside the binary, each known by its checksum.
package struct Migrator: Sendable {
  struct Migration: Sendable {
    var name: String
    var text: String
    var checksum: String { SHA256.hash(data: Data(text.utf8)).hexadecimal }
  }

  /// One number for every settle: two migrating at once wait for each other.
  private static let lockKey: Int64 = 0x7365_7474_6C65

  let migrations: [Migration]

  package init() {
    migrations = EmbeddedFiles.all.filter { $0.name.hasSuffix(".sql") }
      .map { Migration(name: String($0.name.dropLast(4)), text: $0.text) }
      .sorted { $0.name < $1.name }
  }

  /// Applies what is missing, inside the session's open transaction, and returns the names of what was applied.
  ///
  /// Throws ``StoreError`` where the store was migrated by a newer or another settle.
  package func migrate(_ db: Session) throws -> [String] {
    _ = try db.query("SELECT pg_advisory_xact_lock(\(Self.lockKey))")
    try db.script(
      """
      CREATE TABLE IF NOT EXISTS migrations (
        name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
      """)
    let missing = try pending(db)
    for migration in missing {
      try db.script(migration.text)
      _ = try db.execute("INSERT INTO migrations (name, checksum) VALUES (\(migration.name), \(migration.checksum))")
    }
    return missing.map(\.name)
  }

  /// Throws ``StoreError/notMigrated(missing:)`` unless every migration is applied as this version carries it.
  package func check(_ db: Session) throws {
    let exists: Bool = try db.first("SELECT to_regclass('migrations') IS NOT NULL AS found")?.get("found") ?? false
    guard exists else { throw StoreError.notMigrated(missing: migrations.map(\.name)) }
    let missing = try pending(db)
    guard missing.isEmpty else { throw StoreError.notMigrated(missing: missing.map(\.name)) }
  }

  private func pending(_ db: Session) throws -> [Migration] {
    let rows = try db.query("SELECT name, checksum FROM migrations ORDER BY name") { row in
      (name: try row.get("name") as String, checksum: try row.get("checksum") as String)
    }
    let applied = Dictionary(rows.map { ($0.name, $0.checksum) }, uniquingKeysWith: { first, _ in first })
    let unknown = applied.keys.filter { name in !migrations.contains { $0.name == name } }.sorted()
    guard unknown.isEmpty else { throw StoreError.migratedByANewerVersion(unknown: unknown) }
    for migration in migrations {
      if let checksum = applied[migration.name], checksum != migration.checksum {
        throw StoreError.changedMigration(migration.name)
      }
    }
    return migrations.filter { applied[$0.name] == nil }
  }
}
