import Crypto
import SettleModel

#if canImport(Glibc)
  import Glibc
#endif

/// Reading a file from its first byte to its last, in chunks of one size.
package enum FileBytes {
  static let chunk = 256 * 1024

  /// Gives out the whole file, chunk by chunk; only the last is shorter than ``chunk``. Throws ``FileDamage`` where
  /// the file cannot be read, and what `body` throws.
  static func read(_ path: String, body: (Bytes) throws -> Void) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw unreadable(errno) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw unreadable(errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileDamage(.unreadable, "it is not a regular file; name a file")
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let filled = try fill(buffer, from: file)
      if filled > 0 {
        try body(Bytes(UnsafeMutableRawBufferPointer(rebasing: buffer[0..<filled]).bindMemory(to: UInt8.self)))
      }
      if filled < chunk { return }
    }
  }

  /// Lower-case hexadecimal SHA-256 of a file. Throws ``FileDamage`` where it cannot be read.
  package static func sha256(_ path: String) throws -> String {
    var hash = SHA256()
    try read(path) { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    return hash.finalize().hexadecimal
  }

  /// The physical line, from 1, that the byte at an offset lies on.
  static func line(at offset: Int, of path: String) -> Int? {
    var line = 1
    var seen = 0
    let counted: Void? = try? read(path) { chunk in
      for byte in chunk.prefix(max(0, offset - seen)) where byte == UInt8(ascii: "\n") { line += 1 }
      seen += chunk.count
    }
    return counted == nil ? nil : line
  }

  private static func fill(_ buffer: UnsafeMutableRawBufferPointer, from file: Int32) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      guard let base = buffer.baseAddress else { break }
      let count = Glibc.read(file, base + filled, buffer.count - filled)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(errno) }
      if count == 0 { break }
      filled += count
    }
    return filled
  }

  private static func unreadable(_ error: Int32) -> FileDamage {
    FileDamage(
      .unreadable, "the file cannot be read (\(String(cString: strerror(error)))); check that it is there and readable")
  }
}
