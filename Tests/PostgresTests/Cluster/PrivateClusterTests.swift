import FoundationEssentials
import Glibc
import SettleTesting
import Testing

@testable import Postgres

@Suite struct PrivateClusterTests {
  /// Makes a cluster that costs little, and takes it away again, whatever happens to us.
  private func withCluster(
    under parent: String = "/tmp", settings: [String: String] = ["fsync": "off", "shared_buffers": "16MB"],
    _ body: (PrivateCluster, String) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder(under: parent)
    let home = "\(folder.path)/home"
    let cluster = PrivateCluster(home: home, extraSettings: settings)
    try Watchdog.start(home: folder.path, data: cluster.dataFolder)
    let result: Result<Void, any Error>
    do { result = .success(try await body(cluster, home)) } catch { result = .failure(error) }
    try await cluster.stop()
    try result.get()
  }

  private func value(_ sql: SQL, _ settings: ConnectionSettings) async throws -> String? {
    let connection = try await Connection.open(settings)
    let value = try await connection.run { db in try db.value(sql, as: String.self) }
    await connection.close()
    return value
  }

  private func serverPID(_ cluster: PrivateCluster) throws -> pid_t {
    let text = try String(contentsOfFile: "\(cluster.dataFolder)/postmaster.pid", encoding: .utf8)
    return try #require(text.split(separator: "\n").first.flatMap { pid_t($0) })
  }

  @Test func aNewClusterIsSetUpForMoney() async throws {
    try await withCluster(settings: [:]) { cluster, _ async throws in
      #expect(!cluster.isRunning)
      #expect(!cluster.exists)
      let settings = try await cluster.start()
      #expect(cluster.isRunning)
      #expect(cluster.exists)
      #expect(settings.conninfo == cluster.url)
      for (name, expected) in [
        ("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on"), ("data_checksums", "on"),
        ("listen_addresses", ""), ("log_statement", "none"), ("log_parameter_max_length_on_error", "0"),
        ("server_encoding", "UTF8"), ("max_connections", "50"),
      ] {
        #expect(try await value("SELECT current_setting(\(name))", settings) == expected)
      }
      #expect(try await value("SELECT current_user || ' ' || current_database()", settings) == "settle settle")
      #expect(
        try await value("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'settle'", settings) == "settle")
      #expect(try await value("SELECT rolsuper::text FROM pg_roles WHERE rolname = 'settle'", settings) == "false")
      await #expect(throws: PostgresError.self) { try await value("SELECT 'hidden-value'::uuid::text", settings) }
      #expect(try !String(contentsOfFile: cluster.logFile, encoding: .utf8).contains("hidden-value"))
    }
  }

  @Test func startingTwiceAndAtOnceMakesOneServer() async throws {
    try await withCluster { cluster, home async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask { _ = try await PrivateCluster(home: home, extraSettings: ["fsync": "off"]).start() }
        }
        try await group.waitForAll()
      }
      let pid = try serverPID(cluster)
      try await cluster.start()
      #expect(try serverPID(cluster) == pid)
    }
  }

  @Test func dataOutlivesStopAndCrash() async throws {
    try await withCluster { cluster, _ async throws in
      let settings = try await cluster.start()
      let connection = try await Connection.open(settings)
      try await connection.run { db in try db.script("CREATE TABLE t AS SELECT 'kept' AS a") }
      await connection.close()
      try await cluster.stop()
      #expect(!cluster.isRunning)
      try await cluster.stop()
      try await cluster.start()
      #expect(try await value("SELECT a FROM t", settings) == "kept")

      kill(try serverPID(cluster), SIGKILL)
      try await cluster.start()
      #expect(try await value("SELECT a FROM t", settings) == "kept")
    }
  }

  @Test func aPoolSurvivesARestart() async throws {
    try await withCluster { cluster, _ async throws in
      let pool = Pool(try await cluster.start(), size: 1)
      func up() async throws -> Int? { try await pool.session { db in try db.value("SELECT \(1)") } }
      #expect(try await up() == 1)
      try await cluster.stop()
      async let restarted = cluster.start()
      #expect(try await up() == 1)
      _ = try await restarted
      await pool.close()
    }
  }

  @Test func aNumberTakenByAnotherProcessDoesNotMislead() async throws {
    try await withCluster { cluster, _ async throws in
      try await cluster.start()
      let file = "\(cluster.dataFolder)/postmaster.pid"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      let pid = try serverPID(cluster)
      kill(pid, SIGKILL)
      // As after a restart of the machine: the number belongs to somebody who is very much alive.
      try text.replacing("\(pid)\n", with: "\(getpid())\n", maxReplacements: 1)
        .write(toFile: file, atomically: false, encoding: .utf8)
      let settings = try await cluster.start()
      #expect(try await value("SELECT 'up'", settings) == "up")
      #expect(try serverPID(cluster) != getpid())
    }
  }

  @Test func aServerThatNobodyCanReachIsRestarted() async throws {
    try await withCluster { cluster, _ async throws in
      let settings = try await cluster.start()
      let pid = try serverPID(cluster)
      unlink("\(ClusterFolders(home: cluster.dataFolder + "/../..").socket)/.s.PGSQL.5432")
      #expect(!cluster.isRunning)
      try await cluster.start()
      #expect(try await value("SELECT 'up'", settings) == "up")
      #expect(try serverPID(cluster) != pid)
    }
  }

  @Test func anInterruptedSetUpIsDoneAgain() async throws {
    try await withCluster { cluster, home async throws in
      let remains = "\(home)/postgres/data.new-1"
      try FileManager.default.createDirectory(atPath: remains, withIntermediateDirectories: true)
      try "15".write(toFile: "\(remains)/PG_VERSION", atomically: false, encoding: .utf8)
      let settings = try await cluster.start()
      #expect(try await value("SELECT 'up'", settings) == "up")
      #expect(access(remains, F_OK) != 0)
    }
  }

  @Test func aLongPathGetsAShortSocket() async throws {
    let folder = try TemporaryFolder(
      under: "/tmp/settle-\(UInt32.random(in: 0 ... .max))", String(repeating: "l", count: 90))
    try await withCluster(under: folder.path) { cluster, home async throws in
      let socket = ClusterFolders(home: home).socket
      #expect("\(socket)/.s.PGSQL.5432".utf8.count <= 107)
      let settings = try await cluster.start()
      #expect(try await value("SELECT 'up'", settings) == "up")
      try await cluster.stop()
      rmdir(socket)
    }
    rmdir(folder.path)
    rmdir(String(folder.path.dropLast(91)))
  }

  @Test func theServerIsOnItsOwn() async throws {
    try await withCluster { cluster, _ async throws in
      try await cluster.start()
      let pid = try serverPID(cluster)
      #expect(getsid(pid) != getsid(0))
      for number in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap({ Int32($0) }) {
        var ours = stat()
        var theirs = stat()
        guard fstat(number, &ours) == 0, ours.st_mode & S_IFMT == S_IFIFO else { continue }
        for other in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd") {
          guard stat("/proc/\(pid)/fd/\(other)", &theirs) == 0 else { continue }
          #expect(ours.st_ino != theirs.st_ino || ours.st_dev != theirs.st_dev, "the server holds our pipe \(number)")
        }
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0)) func rootHandsItsServerToALesserUser() async throws {
    try await withCluster { cluster, _ async throws in
      let settings = try await cluster.start()
      var status = stat()
      #expect(stat("/proc/\(try serverPID(cluster))", &status) == 0)
      #expect(status.st_uid == ServerUser.unprivileged?.uid)
      #expect(try await value("SELECT 'root came in'", settings) == "root came in")
    }
  }

  @Test(.enabled(if: geteuid() == 0)) func anUnreachableHomeSendsTheDataElsewhere() async throws {
    let closed = try TemporaryFolder()
    chmod(closed.path, 0o700)
    let home = "\(closed.path)/My Project/.settle"
    let shared = try TemporaryFolder()
    let folders = ClusterFolders(home: home, shared: shared.path)
    #expect(folders.place.hasPrefix("\(shared.path)/project-settle-"))
    try Watchdog.start(home: closed.path, data: folders.data)
    let server = ClusterServer(folders: folders, extraSettings: ["fsync": "off", "shared_buffers": "16MB"])
    try await Task { try server.start() }.value
    #expect(try await value("SELECT 'up'", ConnectionSettings(conninfo: folders.url)) == "up")
    #expect(access("\(home)/postgres.log", F_OK) == 0)
    // Open now, but what was stored stays where it is.
    chmod(closed.path, 0o755)
    #expect(ClusterFolders(home: home, shared: shared.path) == folders)
    try await Task { try server.stop() }.value
  }
}
