import Synchronization

/// Who gets a pool's next connection: first come, first served.
final class PoolQueue: Sendable {
  /// What a caller may use: an open connection, or the right to open one.
  enum Place: Sendable {
    case connection(Connection)
    case vacancy
  }

  private struct State {
    var idle: [Connection] = []
    var vacancies: Int
    var waiters: [(ticket: Int, continuation: CheckedContinuation<Place, any Error>)] = []
    var lastTicket = 0
    var isClosed = false
    var drained: [CheckedContinuation<Void, Never>] = []
  }

  private let size: Int
  private let state: Mutex<State>

  init(size: Int) {
    self.size = max(1, size)
    state = Mutex(State(vacancies: self.size))
  }

  func take() async throws -> Place {
    let ticket = state.withLock { state in
      state.lastTicket += 1
      return state.lastTicket
    }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let answer: Result<Place, any Error>? = state.withLock { state in
          if state.isClosed { return .failure(Self.closed) }
          // Cancelled before the waiter stood in line, so that nobody would take it out again.
          if Task.isCancelled { return .failure(CancellationError()) }
          if let connection = state.idle.popLast() { return .success(.connection(connection)) }
          if state.vacancies > 0 {
            state.vacancies -= 1
            return .success(.vacancy)
          }
          state.waiters.append((ticket, continuation))
          return nil
        }
        if let answer { continuation.resume(with: answer) }
      }
    } onCancel: {
      let waiter = state.withLock { state in
        state.waiters.firstIndex { $0.ticket == ticket }.map { state.waiters.remove(at: $0).continuation }
      }
      waiter?.resume(throwing: CancellationError())
    }
  }

  /// - Returns: `false` where the pool was closed meanwhile: the caller closes the connection and gives up its place.
  func giveBack(_ connection: Connection) -> Bool {
    let next: CheckedContinuation<Place, any Error>?
    let isTaken: Bool
    (next, isTaken) = state.withLock { state in
      if state.isClosed { return (nil, false) }
      if state.waiters.isEmpty {
        state.idle.append(connection)
        return (nil, true)
      }
      return (state.waiters.removeFirst().continuation, true)
    }
    next?.resume(returning: .connection(connection))
    return isTaken
  }

  var waiting: Int { state.withLock { $0.waiters.count } }

  /// A connection was closed or could not be opened: the next in line may open one.
  func giveUpVacancy() {
    let (next, drained) = state.withLock { state in
      if !state.isClosed, !state.waiters.isEmpty {
        return (Optional(state.waiters.removeFirst().continuation), [CheckedContinuation<Void, Never>]())
      }
      state.vacancies += 1
      return (nil, takeDrained(&state))
    }
    next?.resume(returning: .vacancy)
    for waiter in drained { waiter.resume() }
  }

  /// Sends everybody away.
  ///
  /// - Returns: the connections that nobody uses, for the caller to close.
  func close() -> [Connection] {
    let (idle, waiters) = state.withLock { state in
      defer {
        state.vacancies += state.idle.count
        state.idle = []
        state.waiters = []
      }
      state.isClosed = true
      return (state.idle, state.waiters)
    }
    for waiter in waiters { waiter.continuation.resume(throwing: Self.closed) }
    return idle
  }

  /// Returns when the pool is closed and no connection is in use.
  func drained() async {
    await withCheckedContinuation { continuation in
      let drained = state.withLock { state in
        state.drained.append(continuation)
        return takeDrained(&state)
      }
      for waiter in drained { waiter.resume() }
    }
  }

  private func takeDrained(_ state: inout State) -> [CheckedContinuation<Void, Never>] {
    guard state.isClosed, state.vacancies == size else { return [] }
    defer { state.drained = [] }
    return state.drained
  }

  private static let closed = PostgresError(.misuse, "the database connection pool was closed")
}
