import Synchronization

/// Lets so many tasks in at a time, in the order in which they came.
final class TurnQueue: Sendable {
  private typealias Waiter = CheckedContinuation<Void, any Error>

  private struct State {
    var places: Int
    var inside = 0
    var waiting: [(ticket: UInt64, continuation: Waiter)] = []
    var nextTicket: UInt64 = 0

    /// Those who have a place now, in order; whoever takes them resumes them outside the lock.
    mutating func admitted() -> ArraySlice<(ticket: UInt64, continuation: Waiter)> {
      let admitted = waiting.prefix(max(0, places - inside))
      waiting.removeFirst(admitted.count)
      inside += admitted.count
      return admitted
    }
  }

  private let state: Mutex<State>

  init(places: Int) { state = Mutex(State(places: places)) }

  /// Changes how many are let in. Nobody who is in is put out: there are fewer once they leave.
  func resize(to places: Int) {
    let admitted = state.withLock { state in
      guard state.places != places else { return ArraySlice<(ticket: UInt64, continuation: Waiter)>() }
      state.places = places
      return state.admitted()
    }
    for next in admitted { next.continuation.resume() }
  }

  /// Waits for a place. Throws `CancellationError` where the task is cancelled first; whoever returned
  /// from here must call ``leave()``.
  func enter() async throws {
    let ticket = state.withLock { state -> UInt64? in
      guard state.inside >= state.places || Task.isCancelled else {
        state.inside += 1
        return nil
      }
      state.nextTicket += 1
      return state.nextTicket
    }
    guard let ticket else { return }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let outcome: Result<Void, any Error>? = state.withLock { state in
          if Task.isCancelled { return .failure(CancellationError()) }
          if state.inside < state.places {
            state.inside += 1
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
    let admitted = state.withLock { state in
      state.inside -= 1
      return state.admitted()
    }
    for next in admitted { next.continuation.resume() }
  }
}
