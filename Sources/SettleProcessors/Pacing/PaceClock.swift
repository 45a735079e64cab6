/// The time that pacing goes by, injected so that tests need not wait.
struct PaceClock: Sendable {
  var now: @Sendable () -> Nanoseconds
  /// Returns at or after the given time. Throws `CancellationError` when the task is cancelled before.
  var sleep: @Sendable (_ until: Nanoseconds) async throws -> Void

  /// Boot time, which goes on while the machine sleeps.
  static func system() -> PaceClock {
    let clock = ContinuousClock()
    let start = clock.now
    return PaceClock(
      now: { (clock.now - start).nanoseconds },
      sleep: { try await clock.sleep(until: start + .nanoseconds($0), tolerance: .zero) })
  }
}
