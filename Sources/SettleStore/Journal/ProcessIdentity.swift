import Foundation

/// Which process holds the lease, so precisely that "it is gone" can be told without guessing.
///
/// A process id alone is used again, so its start time stands beside it; and it means something only on the same
/// boot and in the same pid namespace (a container's processes cannot be seen from the next one).
struct ProcessIdentity: Sendable {
  var bootID: String
  var pid: Int32
  /// Clock ticks from boot to the process's start.
  var start: Int64

  static let current: ProcessIdentity = {
    let pid = getpid()
    return ProcessIdentity(bootID: machine, pid: pid, start: stat(of: pid)?.start ?? 0)
  }()

  /// Whether the process ran here and does not run any more. False where that cannot be known.
  var isGone: Bool {
    guard bootID == Self.machine, !bootID.isEmpty else { return false }
    // Signal 0 asks whether the process exists, even where /proc hides other users' processes (hidepid).
    if kill(pid, 0) == -1 { return errno == ESRCH }
    guard let stat = Self.stat(of: pid) else { return false }
    return stat.isRemains || stat.start != start
  }

  /// As much as can be told from here.
  var presence: ProcessPresence {
    guard bootID == Self.machine, !bootID.isEmpty else { return .elsewhere }
    if isGone { return .gone }
    return Self.stat(of: pid)?.isStopped ?? false ? .stopped : .running
  }

  private static let machine: String = {
    guard let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8),
      let namespace = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    else { return "" }
    return boot.trimmingCharacters(in: .whitespacesAndNewlines) + " " + namespace
  }()

  /// Fields 3 (state) and 22 (start time) of /proc/PID/stat; nil where it cannot be read.
  private static func stat(of pid: Int32) -> (start: Int64, isRemains: Bool, isStopped: Bool)? {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let afterName = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: afterName)...].split(separator: " ")
    guard fields.count > 19, let start = Int64(fields[19]) else { return nil }
    return (start, fields[0] == "Z", fields[0] == "T" || fields[0] == "t")
  }
}

/// Whether a lease's holder still runs.
package enum ProcessPresence: String, Sendable {
  case running
  /// It was stopped (SIGSTOP, a debugger) and may go on at any time.
  case stopped
  case gone
  /// Of another machine, boot or container: nobody here can tell.
  case elsewhere
}
