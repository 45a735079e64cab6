import FoundationEssentials
import Glibc
package import Postgres

/// A PostgreSQL server for one test, which may be ended as roughly as the test likes.
package struct CrashableServer: Sendable {
  package let cluster: PrivateCluster
  /// The cluster and its data lie in it.
  package let home: String

  /// Starts a server, and takes it away after the body, or after us, whatever happens.
  ///
  /// - Parameters:
  ///   - home: an empty folder that everybody may enter; a new one where nil.
  ///   - settings: beside those that make it cheap. `fsync` is off, since nothing here pulls the machine's plug: what a
  ///     killed server has written stays.
  package static func with(
    home: String? = nil, settings: [String: String] = [:],
    _ body: (CrashableServer, ConnectionSettings) async throws -> Void
  ) async throws {
    let home = home ?? ServerHome.new()
    let cheap = [
      "fsync": "off", "shared_buffers": "16MB", "autovacuum": "off", "max_wal_size": "64MB", "min_wal_size": "32MB",
    ]
    let cluster = PrivateCluster(home: home, extraSettings: cheap.merging(settings) { _, own in own })
    try Watchdog.start(home: home, data: cluster.dataFolder)
    let server = CrashableServer(cluster: cluster, home: home)
    let result: Result<Void, any Error>
    do { result = .success(try await body(server, try await cluster.start())) } catch { result = .failure(error) }
    try await cluster.stop()
    try result.get()
  }

  /// Ends the server in immediate mode: no transaction is finished, nothing in memory is saved. Blocks until it is gone.
  package func crash() {
    guard let text = try? String(contentsOfFile: "\(cluster.dataFolder)/postmaster.pid", encoding: .utf8),
      let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) })
    else { return }
    kill(pid, SIGQUIT)
    // One that nobody collects has no folder any more.
    while Self.lives(pid) { usleep(5_000) }
  }

  private static func lives(_ pid: pid_t) -> Bool {
    guard let folder = realpath("/proc/\(pid)/cwd", nil) else { return false }
    free(folder)
    return true
  }
}
