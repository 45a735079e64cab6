import CPostgres
import Dispatch
import Glibc

/// A PostgreSQL server of one's own, made on first use from the programs that are installed, and reached only through a
/// Unix socket in a folder that nobody else can enter.
///
/// The server outlives the process that started it. As root it runs as an unprivileged user (whoever owns its data;
/// for a new one `postgres`, else `nobody`); where that user cannot reach the home, data and socket go to a folder
/// under /var/lib/settle that is named after the home, and stay there even if the home is deleted.
package struct PrivateCluster: Sendable {
  private let home: String
  private let extraSettings: [String: String]

  /// - Parameters:
  ///   - home: the folder that the cluster belongs to (SETTLE_HOME); made where it is missing.
  ///   - extraSettings: lines for the server's configuration, stronger than the ones chosen here.
  package init(home: String, extraSettings: [String: String] = [:]) {
    self.home = home
    self.extraSettings = extraSettings
  }

  /// A libpq URI, right whether or not the server runs; psql takes it too.
  package var url: String { ClusterFolders(home: home).url }

  /// The server's own log, with neither statements nor values.
  package var logFile: String { ClusterFolders(home: home).log }

  /// The folder with the server's data.
  package var dataFolder: String { ClusterFolders(home: home).data }

  /// Whether it has been made, if only by somebody whose folder we may not enter. Touches nothing.
  package var exists: Bool { access(dataFolder, F_OK) == 0 || errno == EACCES }

  /// Whether a server answers, be it only that it is starting up. Blocks for a moment.
  package var isRunning: Bool { server.answer != .none }

  /// Makes the cluster where there is none, and starts it where it does not run.
  ///
  /// Any number of processes may do this at once: one of them acts, the others wait for it.
  ///
  /// - Throws: a `PostgresError` of the kind `cluster` that says what to do.
  @discardableResult
  package func start() async throws -> ConnectionSettings {
    try await offTheSharedThreads { try server.start() }
    return ConnectionSettings(conninfo: url)
  }

  /// Stops the server: transactions under way are rolled back, what was committed is kept. Nothing happens where it does
  /// not run.
  package func stop() async throws { try await offTheSharedThreads { try server.stop() } }

  private var server: ClusterServer {
    ClusterServer(folders: ClusterFolders(home: home), extraSettings: extraSettings)
  }

  /// Programs are waited for, which Swift's shared threads must not do.
  private func offTheSharedThreads(_ work: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result(catching: work)) }
    }
  }
}
