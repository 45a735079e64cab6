import FoundationEssentials
import Glibc

package enum ServerHome {
  /// A new folder's path for one test server, under `TMPDIR` or `/tmp`: named after our process, so that whoever started
  /// us can tell what we left behind; short, for the sake of the socket's address; where the server's user can reach it.
  package static func new() -> String {
    let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    return "\(parent)/settle-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  }
}
