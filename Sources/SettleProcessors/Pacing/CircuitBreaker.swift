/// Stops sending when nothing but failures has come back for a while, so that a night's payments are not each left
/// in doubt one by one. It reads no clock: callers tell it the time.
struct CircuitBreaker {
  enum Failure: Equatable {
    /// An answer was lost or was none.
    case lost(String)
    /// No answer came in time; one of these costs as long as many others.
    case timedOut(String)
    /// Nothing could be sent.
    case unreachable(String)
    /// The processor kept limiting one request until patience ended.
    case limited(String)

    fileprivate var weight: Int {
      switch self {
      case .lost: 1
      case .timedOut: 3
      case .unreachable: 5
      case .limited: CircuitBreaker.limit
      }
    }
  }

  /// Fifty lost answers in a row: where a tenth of all answers is lost at random, that is one chance in 10⁵⁰.
  static let limit = 50
  static let rest: Nanoseconds = 10_000_000_000

  private var weight = 0
  private var last: Failure?
  private var probeAt: Nanoseconds?

  /// Why nothing could be sent now, without taking the place of a probe.
  func isOpen(at now: Nanoseconds) -> Failure? {
    guard weight >= Self.limit, let probeAt, now < probeAt else { return nil }
    return last
  }

  /// Why nothing is to be sent now, or nil where sending is fine. After a rest, one request goes out as a probe.
  mutating func refusal(at now: Nanoseconds) -> Failure? {
    guard weight >= Self.limit, let last else { return nil }
    if let probeAt, now < probeAt { return last }
    probeAt = now + Self.rest
    return nil
  }

  /// Any answer at all that is no failure closes the circuit.
  mutating func answered() {
    weight = 0
    last = nil
    probeAt = nil
  }

  mutating func failed(_ failure: Failure, at now: Nanoseconds) {
    weight = min(Self.limit, weight + failure.weight)
    last = failure
    if weight >= Self.limit { probeAt = now + Self.rest }
  }
}
