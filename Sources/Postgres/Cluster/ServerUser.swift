import Glibc

/// The unprivileged user that the server runs as where we are root, which PostgreSQL refuses to be.
struct ServerUser: Equatable {
  let name: String
  let uid: uid_t
  let gid: gid_t

  init(name: String, uid: uid_t, gid: gid_t) {
    self.name = name
    self.uid = uid
    self.gid = gid
  }

  private init(_ entry: UnsafeMutablePointer<passwd>) {
    self.init(name: String(cString: entry.pointee.pw_name), uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid)
  }

  /// Whom a new cluster belongs to: `postgres`, or where there is no such user, `nobody`.
  static var unprivileged: ServerUser? { (getpwnam("postgres") ?? getpwnam("nobody")).map { ServerUser($0) } }

  /// Whom a file belongs to; `nil` for root, and where the file is not there.
  init?(owning path: String) {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_uid != 0, let entry = getpwuid(status.st_uid) else { return nil }
    self.init(entry)
  }

  /// The name of a user, as the server sees the peer of its socket.
  static func name(of uid: uid_t) -> String? { getpwuid(uid).map { String(cString: $0.pointee.pw_name) } }

  /// What stands before a command so that it runs as this user.
  var dropping: [String] {
    if let setpriv = Self.installed("setpriv") {
      return [setpriv, "--reuid", "\(uid)", "--regid", "\(gid)", "--clear-groups", "--inh-caps=-all", "--"]
    }
    if let runuser = Self.installed("runuser") { return [runuser, "-u", name, "--"] }
    // `su` takes a command line for a shell, which hands the words that follow through unread.
    return ["su", "-s", "/bin/sh", name, "-c", "exec \"$0\" \"$@\"", "--"]
  }

  private static func installed(_ program: String) -> String? {
    SearchPath.folders.map { "\($0)/\(program)" }.first { (path: String) in access(path, X_OK) == 0 }
  }

  /// Whether this user can go into a folder: every folder above must let it through. Folders that do not exist yet are
  /// ones that we will make so.
  func canReach(_ folder: String) -> Bool {
    var path = ""
    for component in folder.split(separator: "/") {
      path += "/" + component
      var status = stat()
      guard stat(path, &status) == 0 else { return errno == ENOENT }
      let bit =
        status.st_uid == uid ? S_IXUSR : status.st_gid == gid ? S_IXGRP : S_IXOTH
      if status.st_mode & bit == 0 { return false }
    }
    return true
  }
}

enum SearchPath {
  /// PATH, and where system programs live even if a cron job's PATH does not say so.
  static var folders: [String] {
    let path = getenv("PATH").map { String(cString: $0) } ?? ""
    return path.split(separator: ":").map(String.init) + ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
  }
}
