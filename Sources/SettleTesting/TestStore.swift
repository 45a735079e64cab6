import Postgres
package import SettleStore

extension Store {
  /// An empty store, migrated, in a database of its own.
  package static func test(connections: Int = 4) async throws -> Store {
    let settings = try await TestCluster.database(template: "store") { settings in
      let store = Store(settings)
      _ = try await store.migrate()
      await store.close()
    }
    return Store(settings, connections: connections)
  }
}
