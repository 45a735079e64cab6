import Foundation
import Glibc

/// What the kernel tells of a process while it lives.
enum ProcFiles {
  private static let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))

  /// User and system time in seconds, a measurement and no money; of children, too, that have ended and were waited for.
  static func cpuSeconds(of pid: pid_t, withEnded: Bool = false) -> Double {
    guard let stat = text("stat", of: pid), let name = stat.lastIndex(of: ")") else { return 0 }
    let fields = stat[stat.index(after: name)...].split(separator: " ")
    // After the name: state is the first, utime, stime, cutime and cstime are the 12th to the 15th.
    guard fields.count > 14 else { return 0 }
    return fields[11..<(withEnded ? 15 : 13)].compactMap { Double($0) }.reduce(0, +) / ticks
  }

  static func parent(of pid: pid_t) -> pid_t? {
    guard let stat = text("stat", of: pid), let name = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: name)...].split(separator: " ")
    return fields.count > 1 ? pid_t(fields[1]) : nil
  }

  static func children(of pid: pid_t) -> [pid_t] {
    (text("task/\(pid)/children", of: pid) ?? "").split(separator: " ").compactMap { pid_t($0) }
  }

  /// A line of `status`, such as `VmHWM` (the most that it ever held) or `RssAnon` (what it holds for itself alone).
  static func kibibytes(_ line: String, of pid: pid_t) -> Int {
    guard let found = text("status", of: pid)?.split(separator: "\n").first(where: { $0.hasPrefix(line + ":") })
    else { return 0 }
    return found.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) } ?? 0
  }

  /// Nil where the process has ended.
  private static func text(_ file: String, of pid: pid_t) -> String? {
    try? String(contentsOfFile: "/proc/\(pid)/\(file)", encoding: .utf8)
  }
}
