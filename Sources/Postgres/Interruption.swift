import CPostgres
import Dispatch
import Synchronization

/// Tells the server to stop what a connection is doing, from any thread.
///
/// A request to cancel names a connection, not a statement, so one that comes late would hit the next statement. The
/// lock prevents that: a job ends only when no request is on its way, and libpq returns from one only when the server
/// has passed it on.
final class Interruption: Sendable {
  private struct State {
    // PGcancel is made to be used from other threads; the lock keeps it alive while one does.
    nonisolated(unsafe) var handle: OpaquePointer?
    var job: Int?
    var lastJob = 0
  }

  private let state = Mutex(State())

  init() {}

  deinit {
    if let handle = state.withLock({ $0.handle }) { PQfreeCancel(handle) }
  }

  func attach(_ connection: OpaquePointer) {
    state.withLock { state in
      if let old = state.handle { PQfreeCancel(old) }
      state.handle = PQgetCancel(connection)
    }
  }

  /// A number for a piece of work that may be cancelled before, while or after it runs.
  func newJob() -> Int {
    state.withLock { state in
      state.lastJob += 1
      return state.lastJob
    }
  }

  func begin(_ job: Int) { state.withLock { $0.job = job } }

  /// From here on nothing reaches the server: COMMIT and ROLLBACK are never cancelled half-way.
  func end() { state.withLock { $0.job = nil } }

  /// Cancels `job` if it is running, again and again until it ends: a request that reaches the server between two
  /// statements, or before one has arrived, does nothing.
  func cancel(_ job: Int, again pause: Int = 20) {
    let queue = DispatchQueue.global(qos: .userInitiated)
    queue.async {
      guard self.request(onlyFor: job) else { return }
      queue.asyncAfter(deadline: .now() + .milliseconds(pause)) { self.cancel(job, again: min(1000, pause * 2)) }
    }
  }

  /// Cancels what runs now, from the connection's own thread: nothing else can begin meanwhile.
  func cancelCurrent() { request(onlyFor: nil) }

  @discardableResult
  private func request(onlyFor job: Int?) -> Bool {
    state.withLock { state in
      guard let handle = state.handle, job == nil || state.job == job else { return false }
      // An answer of "no" means that the server cannot be reached; the statement will find that out by itself.
      var reason = [CChar](repeating: 0, count: 256)
      PQcancel(handle, &reason, Int32(reason.count))
      return true
    }
  }
}
