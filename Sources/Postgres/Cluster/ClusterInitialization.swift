import FoundationEssentials
import Glibc

/// Makes a new cluster beside its final place and moves it there whole, so that one that was interrupted is never used.
struct ClusterInitialization {
  let folders: ClusterFolders
  let configuration: ClusterConfiguration
  let programs: ServerPrograms

  private static let prefix = "data.new-"

  /// The caller holds the cluster's lock.
  func run() throws {
    try removeRemains()
    // A name that nobody else uses: the initdb of a process that was killed may still be running.
    let new = "\(folders.place)/\(Self.prefix)\(UInt64.random(in: 0 ... .max))"
    try initialize(new)
    try configuration.write(to: new)
    try configuration.include(in: new)
    try createDatabase(new)
    guard rename(new, folders.data) == 0 else { throw failure("move \(new) to \(folders.data)", reason(errno)) }
    try sync(folders.place)
  }

  private func removeRemains() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folders.place) where name.hasPrefix(Self.prefix) {
      try FileManager.default.removeItem(atPath: "\(folders.place)/\(name)")
    }
  }

  private func initialize(_ data: String) throws {
    // Bytewise order is the same on every machine; C.UTF-8 also knows letters outside of ASCII.
    let locale = newlocale(1 << LC_CTYPE, "C.UTF-8", nil)
    defer { if let locale { freelocale(locale) } }
    var arguments = ["-D", data, "-U", "postgres", "-E", "UTF8", "--locale=\(locale == nil ? "C" : "C.UTF-8")"]
    arguments += ["--data-checksums", "--auth-local=peer", "--auth-host=reject", "--no-instructions"]
    if configuration.extraSettings["fsync"] == "off" { arguments.append("--no-sync") }
    let outcome = try ChildProcess(programs.path("initdb"), arguments, as: folders.user).run()
    guard outcome.status == 0 else { throw failure("run initdb", outcome.lastWords) }
  }

  /// In single-user mode: the server is not open to anybody before it is complete.
  private func createDatabase(_ data: String) throws {
    let arguments = ["--single", "-D", data, "-c", "exit_on_error=on", "postgres"]
    let outcome = try ChildProcess(programs.path("postgres"), arguments, as: folders.user).run(
      input: "CREATE ROLE settle LOGIN CREATEDB CREATEROLE\nCREATE DATABASE settle OWNER settle\n")
    guard outcome.status == 0 else { throw failure("create the database", outcome.lastWords) }
  }

  /// So that a power cut cannot undo the move.
  private func sync(_ folder: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    guard descriptor >= 0, fsync(descriptor) == 0 else { throw failure("sync \(folder)", reason(errno)) }
  }

  private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

  private func failure(_ step: String, _ reason: String) -> PostgresError {
    PostgresError(
      .cluster,
      "the private database could not be made; the step that failed was to \(step): \(reason). "
        + "Mend that and try again, or set DATABASE_URL")
  }
}
