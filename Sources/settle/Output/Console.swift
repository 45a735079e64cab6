import Glibc
import Synchronization

/// Standard output is for data alone; everything else goes to standard error.
enum Console {
  /// Writes all of it. Throws ``OutputClosed`` where the reader has gone, ``OutputFailed`` for any other reason.
  static func write(_ text: String) throws {
    var text = text
    try text.withUTF8 { try write(UnsafeRawBufferPointer($0)) }
  }

  static func line(_ text: String) throws { try write(text + "\n") }

  static func write(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Glibc.write(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EPIPE {
        throw OutputClosed()
      } else if errno != EINTR {
        throw OutputFailed(reason: String(cString: strerror(errno)))
      }
    }
  }

  /// Says something to the person. That nobody hears it is no reason to fail.
  static func say(_ text: String) { raw(text + "\n") }

  /// One write, so that lines of several tasks do not mix.
  static func raw(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Columns of the terminal on standard error.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}

/// Whoever read our output has read enough.
struct OutputClosed: Error {}

/// Our output could not be written.
struct OutputFailed: Error, CustomStringConvertible {
  var reason: String
  var description: String { "the output could not be written: \(reason); make room, or write it elsewhere" }
}

/// Collects lines into large writes, for output of any length.
final class BufferedOutput {
  private var buffer: [UInt8] = []
  private static let flushAt = 64 * 1_024

  func line(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= Self.flushAt { try flush() }
  }

  func write(_ bytes: [UInt8]) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.flushAt { try flush() }
  }

  func flush() throws {
    try buffer.withUnsafeBytes { try Console.write($0) }
    buffer.removeAll(keepingCapacity: true)
  }
}
