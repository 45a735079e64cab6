import Glibc

/// The files that tell the server how to run; written anew at each start, since folders and users may have changed.
struct ClusterConfiguration {
  let folders: ClusterFolders
  let extraSettings: [String: String]

  /// What the client promises rests on durability, so `fsync`, `full_page_writes` and `synchronous_commit` stay as
  /// PostgreSQL ships them.
  private var settings: [(String, String)] {
    [
      ("listen_addresses", ""),
      ("port", "5432"),
      // A list of folders, of which each may be quoted.
      ("unix_socket_directories", "\"\(folders.socket.replacing("\"", with: "\"\""))\""),
      ("unix_socket_permissions", "0700"),
      ("cluster_name", "settle"),
      ("max_connections", "50"),
      ("shared_buffers", "256MB"),
      ("max_wal_size", "2GB"),
      ("timezone", "UTC"),
      ("log_timezone", "UTC"),
      ("logging_collector", "off"),
      ("log_destination", "stderr"),
      ("log_checkpoints", "off"),
      // The log must not hold what customers or processors sent: no statements, no parameters, and no errors of
      // statements, whose messages can quote values. The server's own troubles remain.
      ("log_min_messages", "log"),
      ("log_min_error_statement", "panic"),
      ("log_statement", "none"),
      ("log_min_duration_statement", "-1"),
      ("log_error_verbosity", "terse"),
      ("log_parameter_max_length", "0"),
      ("log_parameter_max_length_on_error", "0"),
    ]
  }

  /// - Parameter data: the data folder, which may still have its temporary name.
  func write(to data: String) throws {
    let extra = extraSettings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    let lines = (settings + extra).map { "\($0) = '\($1.replacing("'", with: "''"))'\n" }
    try replace("\(data)/settle.conf", with: "# Written at each start.\n" + lines.joined())
    // The socket's folder is closed to all but the server's user and root. "peer" asks the kernel who calls; since root
    // and that user are not called settle, a map says that they may be.
    try replace("\(data)/pg_hba.conf", with: "local all all peer map=settle\n")
    let users = Set([folders.user?.name, ServerUser.name(of: geteuid()), "root"].compactMap { $0 }).sorted()
    let map = users.flatMap { user in ["settle", "postgres"].map { "settle \"\(user)\" \($0)\n" } }
    try replace("\(data)/pg_ident.conf", with: map.joined())
  }

  /// Makes the server read `settle.conf` after its own defaults.
  func include(in data: String) throws {
    let path = "\(data)/postgresql.conf"
    let descriptor = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    try write("\ninclude = 'settle.conf'\n", to: descriptor, path)
  }

  /// A new file in the old one's place. Root writes into a folder of a lesser user here, and must not follow links that
  /// this user could have laid.
  private func replace(_ path: String, with text: String) throws {
    let new = "\(path).new"
    unlink(new)
    let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(new) }
    defer { close(descriptor) }
    try write(text, to: descriptor, new)
    if let user = folders.user, fchown(descriptor, user.uid, user.gid) != 0 { throw failure(new) }
    if rename(new, path) != 0 { throw failure(path) }
  }

  private func write(_ text: String, to descriptor: Int32, _ path: String) throws {
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw failure(path) }
  }

  private func failure(_ path: String) -> PostgresError {
    let code = errno
    return PostgresError(
      .cluster,
      "the private database's file \(path) cannot be written (\(String(cString: strerror(code)))): "
        + "make room or give access, or choose another SETTLE_HOME", state: code == ENOSPC ? .diskFull : nil)
  }
}
