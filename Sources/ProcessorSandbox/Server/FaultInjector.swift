import Synchronization

/// What is done to one request.
enum Injection: Sendable, Equatable {
  case loseResponse
  case reset
  case failBefore
  case failAfter
  case limit(Throttle)
  case delay
}

/// Stripe's kinds of 429 (docs.stripe.com/rate-limits), and its lock time-out, which is one object's contention.
enum Throttle: String, CaseIterable, Sendable {
  case globalRate = "global-rate"
  case globalConcurrency = "global-concurrency"
  case lock = "lock_timeout"
  case endpointRate = "endpoint-rate"
  case endpointConcurrency = "endpoint-concurrency"
  case resource = "resource-specific"

  /// Whether it tells of too many calls, rather than of one object.
  var isAboutPace: Bool { self != .lock && self != .resource }
}

/// Draws a fault for each request from the seed, in the order in which requests come.
final class FaultInjector: Sendable {
  private struct State: Sendable {
    var drawn: UInt64 = 0
    var throttles = 0
  }

  private let rates: FaultRates
  private let seed: UInt64
  private let state = Mutex(State())

  /// - Parameter epoch: differs after each restart, so that a client which retries is not met by the same faults.
  init(rates: FaultRates, seed: UInt64, epoch: UInt64) {
    self.rates = rates
    self.seed = mixed(seed ^ 0xFA17, epoch)
  }

  func next() -> (fault: Fault, injection: Injection)? {
    guard rates != .none else { return nil }
    return state.withLock { state in
      let number = mixed(seed, state.drawn)
      state.drawn += 1
      guard let fault = rates.choice(at: point(number)) else { return nil }
      switch fault {
      case .lostResponse: return (fault, .loseResponse)
      case .reset: return (fault, .reset)
      // The lowest bit plays no part in the point, so the halves are even whatever the rate.
      case .serverError: return (fault, number & 1 == 0 ? .failBefore : .failAfter)
      case .rateLimited:
        defer { state.throttles += 1 }
        return (fault, .limit(Throttle.allCases[state.throttles % Throttle.allCases.count]))
      case .slow: return (fault, .delay)
      }
    }
  }
}
