import Glibc

/// The file that the server writes its own troubles to. We open it, so it can be where the server's user cannot go.
final class ServerLog {
  let descriptor: Int32
  private let start: off_t

  private static let largest = 10_000_000

  /// Begins a new file where the old one has grown large, and keeps that one beside it.
  init(_ path: String) throws {
    var status = stat()
    if stat(path, &status) == 0, status.st_size > Self.largest { rename(path, "\(path).1") }
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw PostgresError(
        .cluster,
        "the private database's log \(path) cannot be opened (\(String(cString: strerror(errno)))): "
          + "run as the user that it belongs to, or choose another SETTLE_HOME")
    }
    start = lseek(descriptor, 0, SEEK_END)
  }

  deinit { close(descriptor) }

  /// What was written since we opened the file; of much, the end.
  var news: String {
    let size = lseek(descriptor, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = pread(descriptor, &bytes, bytes.count, max(start, size - off_t(bytes.count)))
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
