import Foundation

extension Process {
  /// Waits until the process has ended. Returns the most memory that it held, in bytes. Where that cannot be waited for,
  /// the process is killed: whatever it was at work on is thrown away.
  ///
  /// - Parameter look: called twenty times a second with the processor time that it has taken so far, in seconds: a
  ///   measurement, and no money. A process that has just ended has no figures any more, and shows 0.
  func peak(_ look: (_ cpu: Double) async throws -> Void = { _ in }) async throws -> Int {
    var peak = 0
    do {
      while isRunning {
        peak = max(peak, ProcFiles.kibibytes("VmHWM", of: processIdentifier))
        try await look(ProcFiles.cpuSeconds(of: processIdentifier))
        try await Task.sleep(for: .milliseconds(50))
      }
    } catch {
      kill(processIdentifier, SIGKILL)
      waitUntilExit()
      throw error
    }
    return peak * 1024
  }
}
