import Synchronization

/// Lets tasks through one at a time, in the order in which they came.
///
/// Only the task at its head watches the clock. A turn is therefore decided when its taker is awake to use it: a
/// process that stood still for a minute does not wake to a minute's worth of turns.
final class TurnQueue: Sendable {
  private struct State {
    var taken = false
    var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    var nextTicket: UInt64 = 0
  }

  private let state = Mutex(State())

  /// Waits for the head of the queue. Throws `CancellationError` where the task is cancelled first; whoever returned
  /// from here must call ``leave()``.
  func enter() async throws {
    let ticket = state.withLock { state in
      state.nextTicket += 1
      return state.nextTicket
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome: Result<Void, any Error>? = state.withLock { state in
          if Task.isCancelled { return .failure(CancellationError()) }
          if !state.taken {
            state.taken = true
            return .success(())
          }
          state.waiting.append((ticket, continuation))
          return nil
        }
        if let outcome { continuation.resume(with: outcome) }
      }
    } onCancel: {
      let cancelled = state.withLock { state in
        state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0).continuation }
      }
      cancelled?.resume(throwing: CancellationError())
    }
  }

  var waitingCount: Int { state.withLock { $0.waiting.count } }

  func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      guard !state.waiting.isEmpty else {
        state.taken = false
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume()
  }
}
