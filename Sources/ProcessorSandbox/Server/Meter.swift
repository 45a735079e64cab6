import Synchronization

/// Counts what `GET /sandbox/stats` tells of `/v1/` requests since the sandbox started.
final class Meter: Sendable {
  struct Counts: Sendable {
    var requests = 0
    var maxPerSecond = 0
    var rateLimited = 0
    var inFlight = 0
    var maxInFlight = 0
    var faults: [Fault: Int] = [:]
  }

  private struct State: Sendable {
    var counts = Counts()
    var window = SlidingSecond()
  }

  private let state = Mutex(State())

  var counts: Counts { state.withLock { $0.counts } }

  func arrived(at now: UInt64) {
    state.withLock { state in
      state.counts.requests += 1
      state.window.add(now)
      state.counts.maxPerSecond = max(state.counts.maxPerSecond, state.window.count)
    }
  }

  func began() {
    state.withLock { state in
      state.counts.inFlight += 1
      state.counts.maxInFlight = max(state.counts.maxInFlight, state.counts.inFlight)
    }
  }

  func ended() {
    state.withLock { $0.counts.inFlight -= 1 }
  }

  func limited() {
    state.withLock { $0.counts.rateLimited += 1 }
  }

  func injected(_ fault: Fault) {
    state.withLock { $0.counts.faults[fault, default: 0] += 1 }
  }
}

/// How many instants fall into the second that ends with the last of them.
struct SlidingSecond: Sendable {
  private var instants: [UInt64] = []
  private var oldest = 0

  var count: Int { instants.count - oldest }

  /// Adds an instant in nanoseconds; one that two threads brought out of order counts as the latest.
  mutating func add(_ now: UInt64) {
    instants.append(max(now, instants.last ?? 0))
    forget(before: now)
  }

  /// Drops what is a full second old or older at `now`.
  mutating func forget(before now: UInt64) {
    while oldest < instants.count, instants[oldest] + 1_000_000_000 <= now {
      oldest += 1
    }
    if oldest > 4096, oldest * 2 > instants.count {
      instants.removeFirst(oldest)
      oldest = 0
    }
  }
}

/// Lets through at most so many requests in any one second.
final class RateLimiter: Sendable {
  private let limit: Int
  private let admitted = Mutex(SlidingSecond())

  init(limit: Int) {
    self.limit = limit
  }

  /// A refused request does not count, so that a client which keeps trying is still served at the full rate.
  func admits(at now: UInt64) -> Bool {
    admitted.withLock { admitted in
      admitted.forget(before: now)
      guard admitted.count < limit else { return false }
      admitted.add(now)
      return true
    }
  }
}
