import Foundation

/// Where the figures for people go.
enum StandardOutput {
  /// At once, so that who reads a pipe need not wait for the end.
  static func print(_ text: String) throws {
    do { try FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) } catch {
      throw BenchFailure("nobody reads what is printed here any more")
    }
  }
}
