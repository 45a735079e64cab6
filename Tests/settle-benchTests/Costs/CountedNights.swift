import Foundation
import Postgres
import SettleTesting

@testable import settle_bench

/// The same night twice, once with twice the orders, on a server that writes down all that it does.
struct CountedNights {
  let once: CountedNight
  let twice: CountedNight

  static let measured = Task { try await measure() }

  private static func measure() async throws -> CountedNights {
    let folder = NSTemporaryDirectory() + "settle-costs-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var nights: CountedNights?
    try await CrashableServer.with(settings: PlanLog.settings) { server, settings in
      let pool = Pool(settings, size: 1)
      try await pool.session { db in
        for name in ["once", "twice"] {
          _ = try db.execute("CREATE DATABASE \(identifier: name) TEMPLATE template0")
        }
      }
      await pool.close()
      var log = PlanLog(path: server.cluster.logFile)
      // Of fewer orders the tables of breaks are so small that plans differ.
      nights = CountedNights(
        once: try await CountedNight(
          orders: 8_000, in: settings.ofDatabase("once"), folder: "\(folder)/once", log: &log),
        twice: try await CountedNight(
          orders: 16_000, in: settings.ofDatabase("twice"), folder: "\(folder)/twice", log: &log))
    }
    guard let nights else { throw BenchFailure("the nights were not counted") }
    return nights
  }

  /// The file that figures of this server are kept in: another version of PostgreSQL plans in another way.
  static func kept(by server: ConnectionSettings) async throws -> String {
    let pool = Pool(server, size: 1)
    let version: Int64? = try await pool.session { db in
      try db.first("SELECT current_setting('server_version_num')::bigint / 10000 AS major")?.get("major")
    }
    await pool.close()
    return "row-operations-postgresql-\(version ?? 0)"
  }
}
