import Foundation
import Glibc

/// What comes before each measured run, of settle as of its peers, so that none pays for what another has left behind.
enum Rest {
  /// Reads the files once, so that each finds them in memory, and has the server and the kernel write what they still hold
  /// back.
  ///
  /// - Parameters:
  ///   - what: is told on stderr.
  ///   - probe: nil for what works without a server.
  static func before(
    _ what: String, files: [String], probe: ServerProbe?, _ progress: ProgressLines
  ) async throws {
    progress.tell(what)
    for file in files { try read(file) }
    try await probe?.checkpoint()
    sync()
  }

  private static func read(_ file: String) throws {
    let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
    defer { try? handle.close() }
    while let piece = try handle.read(upToCount: 1 << 22), !piece.isEmpty { try Task.checkCancellation() }
  }
}
