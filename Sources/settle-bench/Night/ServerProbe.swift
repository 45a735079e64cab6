import Foundation
import Glibc
import Postgres

/// Looks at a PostgreSQL server on this machine from beside it.
struct ServerProbe {
  struct Reading {
    /// All WAL that was ever written, in bytes.
    var wal: Int64
    /// Processor time of the server's processes, in seconds: a measurement, which no money is computed from.
    var cpu: Double
    /// What the largest of them holds for itself alone, in KiB: shared buffers are not counted.
    var largestBackend: Int
  }

  private let pool: Pool
  private let postmaster: pid_t

  /// - Parameter url: of a private server, as `settle db url` tells it. It is looked at as its superuser, who may have it
  ///   write all that it holds back.
  init(url: String) async throws {
    let url = url.replacing("&user=settle", with: "&user=postgres")
    pool = Pool(ConnectionSettings(conninfo: url, applicationName: "settle-bench"), size: 1)
    let own: Int64? = try await pool.session { try $0.first("SELECT pg_backend_pid()::bigint AS pid")?.get("pid") }
    guard let own, let parent = ProcFiles.parent(of: pid_t(own)) else {
      throw BenchFailure("the server's processes cannot be seen: it must run on this machine")
    }
    postmaster = parent
  }

  func close() async { await pool.close() }

  func read() async throws -> Reading {
    let wal: Int64? = try await pool.session {
      try $0.first("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint AS bytes")?.get("bytes")
    }
    let backends = ProcFiles.children(of: postmaster)
    return Reading(
      wal: wal ?? 0,
      cpu: backends.reduce(ProcFiles.cpuSeconds(of: postmaster, withEnded: true)) {
        $0 + ProcFiles.cpuSeconds(of: $1, withEnded: true)
      },
      largestBackend: backends.map { ProcFiles.kibibytes("RssAnon", of: $0) }.max() ?? 0)
  }

  /// The settings by which times and durability are judged, by name.
  func settings() async throws -> [String: String] {
    let names = [
      "server_version", "fsync", "full_page_writes", "synchronous_commit", "wal_level", "shared_buffers", "work_mem",
      "max_wal_size",
    ]
    let rows = try await pool.session { db in
      try db.query("SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY(\(names))") {
        (try $0.get("name", as: String.self), try $0.get("value", as: String.self))
      }
    }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }

  /// Has the server write all that it holds back.
  func checkpoint() async throws { try await pool.session { _ = try $0.execute("CHECKPOINT") } }

  /// Does at once what autovacuum does within a day.
  func vacuum() async throws { try await pool.session { _ = try $0.execute("VACUUM (ANALYZE)") } }

  /// How large the database's tables and indexes are, in bytes.
  func storedBytes() async throws -> Int64 {
    try await pool.session { try $0.first("SELECT pg_database_size(current_database()) AS bytes")?.get("bytes") } ?? 0
  }
}
