import Synchronization

/// How long in all a pool waits for a server that is away: as long as a restart takes, not as long as a repair.
///
/// Outages that follow each other within a minute count as one, so that a server which comes and goes does not hold its
/// callers up for ever.
final class Patience: Sendable {
  private struct State {
    var spent = Duration.zero
    var awaySince: ContinuousClock.Instant?
    var backSince: ContinuousClock.Instant?
  }

  static let recovery: Duration = .seconds(60)

  private let total: Duration
  private let state = Mutex(State())

  init(_ total: Duration) { self.total = total }

  /// Whether somebody who has just found the server away may pause that long and ask again. All who wait do so together:
  /// what counts is the server's absence.
  func allows(_ pause: Duration, now: ContinuousClock.Instant) -> Bool {
    state.withLock { state in
      if let back = state.backSince, now - back > Self.recovery { state.spent = .zero }
      state.backSince = nil
      let since = state.awaySince ?? now
      state.awaySince = since
      return state.spent + (now - since) + pause < total
    }
  }

  /// Whether the server has been away for longer than anybody waits: no one hopes any more, and all ask hastily.
  func isSpent(now: ContinuousClock.Instant) -> Bool {
    state.withLock { state in state.awaySince.map { state.spent + (now - $0) >= total } ?? false }
  }

  func serverAnswered(now: ContinuousClock.Instant) {
    state.withLock { state in
      guard let since = state.awaySince else { return }
      state.spent += now - since
      state.awaySince = nil
      state.backSince = now
    }
  }
}
