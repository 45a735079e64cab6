import Glibc

/// Makes folders that only one user can enter, and trusts none that somebody else could have made first.
struct OwnedFolder {
  let path: String
  let owner: uid_t
  let group: gid_t

  init(_ path: String, user: ServerUser?) {
    self.path = path
    owner = user?.uid ?? geteuid()
    group = user?.gid ?? getegid()
  }

  /// - Throws: where the path is there already and is no folder, a link, or somebody else's.
  func make() throws {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("cannot be made", errno) }
    var status = stat()
    guard lstat(path, &status) == 0 else { throw failure("cannot be looked at", errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw failure("is not a folder") }
    // Ours but not yet the owner's: an earlier attempt ended between making it and giving it away.
    guard status.st_uid == owner || status.st_uid == geteuid() else {
      throw failure("belongs to \(ServerUser.name(of: status.st_uid) ?? "user \(status.st_uid)")")
    }
    // A descriptor, so that nobody can put a link in the folder's place between the look and the change.
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot be opened", errno) }
    defer { close(descriptor) }
    if status.st_uid != owner, fchown(descriptor, owner, group) != 0 { throw failure("cannot be given away", errno) }
    if fchmod(descriptor, 0o700) != 0 { throw failure("cannot be closed to others", errno) }
  }

  private func failure(_ what: String, _ code: Int32? = nil) -> PostgresError {
    let reason = code.map { " (\(String(cString: strerror($0))))" } ?? ""
    return PostgresError(
      .cluster,
      "the private database needs \(path), which \(what)\(reason): "
        + "run as the user that it belongs to, choose another SETTLE_HOME, or set DATABASE_URL")
  }
}
