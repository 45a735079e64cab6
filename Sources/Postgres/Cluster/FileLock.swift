import Glibc

/// A lock that lives as long as the process that holds it, so that a killed one leaves none behind.
final class FileLock {
  private let descriptor: Int32

  /// Waits for whoever holds it.
  ///
  /// - Throws: after `patience`.
  init(path: String, patience: Duration = .seconds(120)) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw PostgresError(
        .cluster,
        "the lock \(path) of the private database cannot be opened (\(String(cString: strerror(errno)))): "
          + "run as the user that it belongs to, or choose another SETTLE_HOME")
    }
    let deadline = ContinuousClock.now + patience
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, ContinuousClock.now < deadline else {
        close(descriptor)
        throw PostgresError(
          .cluster,
          "another process has been starting or stopping the private database for \(patience): "
            + "see who holds \(path) (fuser), end it, and try again")
      }
      usleep(20_000)
    }
  }

  deinit { close(descriptor) }
}
