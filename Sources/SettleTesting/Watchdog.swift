import Glibc

/// A small process that outlives ours by a moment and clears up after it.
///
/// It waits for the end of a pipe whose other end only we hold: the kernel closes that whether we exit, crash or are
/// killed.
package enum Watchdog {
  private static let script = """
    trap '' INT HUP TERM
    read -r nothing
    # A server that was just starting has no file yet.
    for wait in 1 2 3; do
      pid=$(head -n 1 "$1/postmaster.pid" 2>/dev/null)
      if [ -n "$pid" ]; then
        kill -QUIT "$pid" 2>/dev/null
        # Not for ever: where nobody collects dead processes, they seem to live on.
        for moment in $(seq 200); do kill -0 "$pid" 2>/dev/null && sleep 0.05; done
        break
      fi
      sleep 0.2
    done
    rm -rf "$0" "${1%/data}"
    """

  /// - Parameters:
  ///   - home: removed in the end.
  ///   - data: the data folder of the server to stop; the folder around it is removed too.
  package static func start(home: String, data: String) throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Failure(code: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // The writing end stays open as long as we live.
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    // Whoever reads our output must not wait for the watchdog.
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Of the descriptors that are open just now, one may be that by which somebody learns that another child has ended:
    // he would wait for it as long as we live. Closing one that is not open is no error here.
    for descriptor in Int32(3)..<1_024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let arguments: [String] = ["/bin/sh", "-c", script, home, data]
    let words = arguments.map { strdup($0) } + [nil]
    let environment = [strdup("PATH=/usr/bin:/bin"), nil]
    defer { for word in words + environment { free(word) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, words, environment)
    guard code == 0 else { throw Failure(code: code) }
  }

  struct Failure: Error, CustomStringConvertible {
    let code: Int32
    var description: String { "the test cluster's watchdog could not be started: \(String(cString: strerror(code)))" }
  }
}
