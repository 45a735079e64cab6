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
    return ProcessIdentity(bootID: machine, pid: pid, start: startTime(of: pid) ?? 0)
  }()

  /// Whether the process ran here and does not run any more. False where that cannot be known.
  var isGone: Bool {
    guard bootID == Self.machine, !bootID.isEmpty else { return false }
    return Self.startTime(of: pid) != start
  }

  private static let machine: String = {
    guard let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8),
      let namespace = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    else { return "" }
    return boot.trimmingCharacters(in: .whitespacesAndNewlines) + " " + namespace
  }()

  /// Field 22 of /proc/PID/stat; nil where there is no such process, or only its remains (state Z).
  private static func startTime(of pid: Int32) -> Int64? {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let afterName = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: afterName)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z" else { return nil }
    return Int64(fields[19])
  }
}
