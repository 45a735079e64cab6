import Glibc

/// A file that only grows, by whole writes; closed when it goes.
final class AppendFile: Sendable {
  let path: String
  private let descriptor: CInt

  init(path: String) throws(SandboxError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .failed(path, doing: "open") }
  }

  deinit {
    close(descriptor)
  }

  /// Keeps other processes out for as long as this one lives, however it ends.
  ///
  /// A program that the last holder was just starting has a copy of its descriptor until it runs, so a lock that is
  /// taken is asked for again for a moment.
  func lock(directory: String) throws(SandboxError) {
    for _ in 0..<50 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
      usleep(20_000)
    }
    throw .directoryInUse(directory)
  }

  func append(_ bytes: [UInt8]) throws(SandboxError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
      if count > 0 {
        written += count
      } else if errno != EINTR {
        throw .failed(path, doing: "write to")
      }
    }
  }

  /// Returns when what was appended is on the disk.
  func sync() throws(SandboxError) {
    guard fdatasync(descriptor) == 0 else { throw .failed(path, doing: "sync") }
  }

  func truncate(to length: Int) throws(SandboxError) {
    guard ftruncate(descriptor, length) == 0 else { throw .failed(path, doing: "truncate") }
  }

  /// Up to `count` bytes from `offset`; empty at the end.
  func read(at offset: Int, count: Int) throws(SandboxError) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let got = pread(descriptor, buffer.baseAddress, count, offset)
      failed = got < 0
      filled = max(0, got)
    }
    if failed { throw .failed(path, doing: "read") }
    return bytes
  }
}

extension SandboxError {
  /// An error of the last system call, in the system's own words.
  static func failed(_ path: String, doing: String) -> SandboxError {
    .file(path: path, doing: doing, reason: String(cString: strerror(errno)))
  }
}
