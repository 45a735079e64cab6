import CPostgres
import FoundationEssentials
import Glibc

/// Starts and stops a private cluster's server. Blocks.
struct ClusterServer {
  let folders: ClusterFolders
  let extraSettings: [String: String]

  enum Answer {
    case none
    /// It starts up or shuts down.
    case notYet
    case ready
  }

  var answer: Answer {
    switch PQping(folders.url + "&connect_timeout=5") {
    case PQPING_OK: .ready
    case PQPING_REJECT: .notYet
    default: .none
    }
  }

  func start() throws {
    if answer == .ready { return }
    try checkUser()
    try makeHome()
    let lock = try FileLock(path: folders.lock)
    defer { withExtendedLifetime(lock) {} }
    try makePlace()
    let configuration = ClusterConfiguration(folders: folders, extraSettings: extraSettings)
    let programs = try ServerPrograms.find(version: try dataVersion())
    if access(folders.data, F_OK) != 0 {
      try ClusterInitialization(folders: folders, configuration: configuration, programs: programs).run()
    }
    // Another process may have started it since, or may be just doing so.
    if try isAlive() { waitWhile(.none, for: .seconds(5)) }
    waitWhile(.notYet, for: .seconds(600))
    if answer == .ready { return }
    // It runs, but nobody can reach it, as when its socket was deleted.
    if try isAlive() { try stop(with: programs) }
    try configuration.write(to: folders.data)
    try launch(programs)
  }

  func stop() throws {
    guard try dataVersion() != nil else { return }
    try makeHome()
    let lock = try FileLock(path: folders.lock)
    defer { withExtendedLifetime(lock) {} }
    if try isAlive() { try stop(with: ServerPrograms.find(version: dataVersion())) }
  }

  private func stop(with programs: ServerPrograms) throws {
    let arguments = ["stop", "-D", folders.data, "-m", "fast", "-w", "-t", "120", "-s"]
    let outcome = try ChildProcess(programs.path("pg_ctl"), arguments, as: folders.user).run()
    guard outcome.status == 0 else {
      throw PostgresError(
        .cluster, "the private database's server could not be stopped: \(outcome.lastWords); its log is \(folders.log)")
    }
  }

  private func launch(_ programs: ServerPrograms) throws {
    let log = try ServerLog(folders.log)
    let arguments = ["start", "-D", folders.data, "-w", "-t", "600", "-s"]
    // Backends of a server that was killed let go of its memory only when their statements end.
    let deadline = ContinuousClock.now + .seconds(20)
    while try ChildProcess(programs.path("pg_ctl"), arguments, as: folders.user).run(log: log.descriptor).status != 0 {
      if answer != .none { break }
      let news = log.news
      guard news.contains("shared memory block"), ContinuousClock.now < deadline else {
        let reasons = news.split(whereSeparator: \.isNewline).filter { $0.contains("FATAL:") || $0.contains("PANIC:") }
        let words = lastLines(of: reasons.isEmpty ? news : reasons.joined(separator: "\n"))
        throw PostgresError(
          .cluster, "the private database's server did not start: \(words). Its log is \(folders.log)",
          state: news.contains("No space left on device") ? .diskFull : nil)
      }
      usleep(250_000)
    }
    waitWhile(.notYet, for: .seconds(600))
    guard answer == .ready else {
      throw PostgresError(
        .cluster, "the private database's server was started but does not answer; its log is \(folders.log)")
    }
  }

  private func waitWhile(_ state: Answer, for patience: Duration) {
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline, answer == state { usleep(20_000) }
  }

  private func checkUser() throws {
    guard geteuid() == 0, folders.user == nil else { return }
    throw PostgresError(
      .cluster,
      "PostgreSQL does not run as root, and there is no user postgres or nobody: create one, or set DATABASE_URL")
  }

  private func makeHome() throws {
    do {
      // Open to look through, for the server's user; what needs to be closed is closed further inside.
      try FileManager.default.createDirectory(
        atPath: folders.home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    } catch {
      throw PostgresError(
        .cluster,
        "the folder \(folders.home) for the private database cannot be made: "
          + "choose another SETTLE_HOME, or set DATABASE_URL")
    }
  }

  private func makePlace() throws {
    if !folders.place.hasPrefix(folders.home + "/") {
      let parent = String(folders.place[..<(folders.place.lastIndex(of: "/") ?? folders.place.endIndex)])
      if mkdir(parent, 0o755) == 0 { chmod(parent, 0o755) }
    }
    try OwnedFolder(folders.place, user: folders.user).make()
    try OwnedFolder(folders.socket, user: folders.user).make()
  }

  /// The major version that made the data; `nil` where there is none yet.
  private func dataVersion() throws -> Int? {
    let path = "\(folders.data)/PG_VERSION"
    guard access(folders.data, F_OK) == 0 else { return nil }
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), let version = Int(text.trimmingSpaces) else {
      throw PostgresError(
        .cluster,
        "\(path) cannot be read: run as the user that the private database belongs to, or choose another SETTLE_HOME")
    }
    return version
  }

  /// Whether the process that `postmaster.pid` names is this cluster's server.
  ///
  /// After a crash the files with its number stay, and the number may have gone to any other process, which PostgreSQL
  /// itself would take for a server (as it does a dead one that nobody collected): then they are removed.
  private func isAlive() throws -> Bool {
    let path = "\(folders.data)/postmaster.pid"
    if let text = try? String(contentsOfFile: path, encoding: .utf8),
      let number = text.split(whereSeparator: \.isNewline).first.flatMap({ pid_t($0.trimmingSpaces) })
    {
      // The server lives in its data folder.
      if let folder = realpath("/proc/\(number)/cwd", nil) {
        defer { free(folder) }
        if String(cString: folder) == folders.data { return true }
      } else if errno == EACCES {
        return true
      }
    }
    for remains in [path, "\(folders.socket)/.s.PGSQL.5432.lock", "\(folders.socket)/.s.PGSQL.5432"] {
      guard unlink(remains) == 0 || errno == ENOENT else {
        throw PostgresError(.cluster, "\(remains) was left by a server that is gone and cannot be removed: remove it")
      }
    }
    return false
  }
}
