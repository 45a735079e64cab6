import Foundation
import Glibc

/// One `settle run` as a process.
struct Run: Sendable {
  let child: Child
  /// Beside it lie `.out`, `.err` and `.flight`.
  let path: String

  /// How it ended.
  struct Ended: Sendable {
    /// Its exit status, 128 and a signal, or nil where it had to be killed because it would not end.
    var status: Int32?
    /// Calls that had left, and whose answers it had not in hand.
    var callsInFlight: Int64

    var wasKilled: Bool { status == 128 + SIGKILL }
  }

  func ended(within limit: Duration = .seconds(120)) async throws -> Ended {
    let status = try await child.end(within: limit)
    return Ended(status: status, callsInFlight: callsInFlight)
  }

  /// Kills it and says what it had on the wire.
  func kill() -> Ended {
    child.kill()
    return Ended(status: child.ended, callsInFlight: callsInFlight)
  }

  /// Its calls under way, counted by itself in a page of memory that outlives it.
  var callsInFlight: Int64 {
    guard let data = FileManager.default.contents(atPath: path + ".flight"), data.count == 8 else { return 0 }
    return data.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
  }

  /// Returns true when it stands still, false when it ended first.
  func stopped(within limit: Duration = .seconds(60)) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline, child.ended == nil {
      if child.isStopped { return true }
      try await Task.sleep(for: .milliseconds(4))
    }
    return false
  }
}
