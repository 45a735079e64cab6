import Foundation
import Glibc
import Synchronization

/// A process of the harness's own, ended by its id and by nothing else.
final class Child: Sendable {
  let pid: pid_t
  private let status = Mutex<Int32?>(nil)
  private let peak = Mutex(0)

  /// The most memory that it was seen to hold while somebody waited for its end, in KiB.
  ///
  /// What wait4 tells will not do: a process that was just made counts what its maker held.
  var peakKibibytes: Int { peak.withLock { $0 } }

  /// Starts a program with this environment and nothing of the harness's own; its output goes to files, since a pipe
  /// fills up while nobody reads.
  init(_ program: String, _ arguments: [String], environment: [String: String], output: String, errors: String) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (file, path) in [(1, output), (2, errors)] as [(Int32, String)] {
      posix_spawn_file_actions_addopen(&actions, file, path, O_WRONLY | O_CREAT | O_APPEND, 0o644)
    }
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, program, &actions, nil, words, variables)
    guard code == 0 else { throw HarnessFailure("\(program) cannot be started: \(String(cString: strerror(code)))") }
    pid = child
    Children.add(child)
  }

  /// Nothing happens to a process that has ended: its id may be somebody else's by now.
  func signal(_ number: Int32) {
    status.withLock { status in
      if status == nil, !collect(&status) { Glibc.kill(pid, number) }
    }
  }

  /// How it ended, or nil while it lives: its exit status, or 128 and the signal that ended it.
  var ended: Int32? {
    status.withLock { status in
      if status == nil { _ = collect(&status) }
      return status
    }
  }

  /// Whether it stands still, by SIGSTOP.
  var isStopped: Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let name = stat.lastIndex(of: ")")
    else { return false }
    return stat[stat.index(after: name)...].dropFirst().first == "T"
  }

  /// Waits for the end. After `limit` it is killed, and that is told as nil.
  func end(within limit: Duration = .seconds(120)) async throws -> Int32? {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
      if let ended { return ended }
      notePeak()
      try await Task.sleep(for: .milliseconds(4))
    }
    kill()
    return nil
  }

  /// SIGKILL, and waits for the remains.
  func kill() {
    signal(SIGKILL)
    // A stopped process dies of SIGKILL too; nothing can hold it up for long.
    while ended == nil { usleep(1_000) }
  }

  /// The kernel keeps the peak itself, so the last look before the end is as good as one at the moment of it.
  private func notePeak() {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kibibytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Int($0) })
    else { return }
    peak.withLock { $0 = max($0, kibibytes) }
  }

  private func collect(_ status: inout Int32?) -> Bool {
    var raw: Int32 = 0
    guard waitpid(pid, &raw, WNOHANG) == pid else { return false }
    Children.remove(pid)
    status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
    return true
  }
}

/// The processes that live, so that an interrupted harness ends them.
enum Children {
  private static let living = Mutex<Set<pid_t>>([])

  fileprivate static func add(_ pid: pid_t) { living.withLock { _ = $0.insert(pid) } }
  fileprivate static func remove(_ pid: pid_t) { living.withLock { _ = $0.remove(pid) } }

  static func killAll() {
    for pid in living.withLock({ $0 }) { kill(pid, SIGKILL) }
  }
}

/// The harness itself cannot go on; nothing is said about settle.
struct HarnessFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
