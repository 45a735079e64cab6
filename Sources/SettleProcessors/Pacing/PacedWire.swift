import Faults
import SettleModel
import Synchronization

/// What a reply says about limits.
enum RateLimit: Equatable {
  /// Requests come too fast: slow down altogether.
  case pace(retryAfter: Nanoseconds?)
  /// Too many requests are under way at once: have fewer, at whatever pace.
  case concurrency(retryAfter: Nanoseconds?)
  /// One object was busy: only this request waits.
  case object(retryAfter: Nanoseconds?)

  fileprivate var retryAfter: Nanoseconds? {
    switch self {
    case .pace(let wait), .concurrency(let wait), .object(let wait): wait
    }
  }
}

/// What became of a call after pacing had its say.
enum Exchange: Sendable {
  case reply(WireReply)
  case lost(String)
  case unreachable(String)
  case later(String)
}

/// A wire that keeps the pace: every call, look-ups and repeats included, waits for its turn, is tried again where it
/// was certainly not carried out, and is not sent at all while the circuit is open.
final class PacedWire: Sendable {
  private struct State {
    var pacer: Pacer
    /// How many calls may be under way at once.
    var atOnce: Throttle
    var breaker = CircuitBreaker()
    var backoff: Backoff
  }

  private let wire: any Wire
  private let clock: PaceClock
  private let patience: Patience
  private let limit: @Sendable (WireReply) -> RateLimit?
  private let places: TurnQueue
  /// One at a time: only the task at its head watches the clock. A turn is therefore decided when its taker is awake
  /// to use it, and a process that stood still for a minute does not wake to a minute's worth of turns.
  private let turns = TurnQueue(places: 1)
  private let state: Mutex<State>

  /// - Parameters:
  ///   - concurrency: how many calls are under way at once; waiting to try again takes no place.
  ///   - limit: reads from a reply whether the processor limited the call, and so did not carry it out.
  init(
    _ wire: any Wire, rate: RatePerSecond?, concurrency: Int, patience: Patience, seed: UInt64?,
    clock: PaceClock = .system(), limit: @escaping @Sendable (WireReply) -> RateLimit?
  ) {
    self.wire = wire
    places = TurnQueue(places: concurrency)
    self.clock = clock
    self.patience = patience
    self.limit = limit
    let seed = seed ?? .random(in: .min ... .max)
    let now = clock.now()
    let atOnce = Throttle(.callsAtOnce, configured: 1_000 * concurrency, least: 1_000, now: now)
    state = Mutex(
      State(pacer: Pacer(rate: rate, now: now), atOnce: atOnce, backoff: Backoff(patience, seed: seed)))
  }

  /// Sends a call. `permit` is asked after every wait and right before every sending; what it throws is thrown on.
  func exchange(_ call: WireCall, permit: @Sendable () throws -> Void) async throws -> Exchange {
    let started = clock.now()
    var tries = 0
    while true {
      switch try await attempt(call, tries: tries, since: started, permit: permit) {
      case .done(let exchange): return exchange
      case .again(let wait): try await clock.sleep(clock.now() + wait)
      }
      tries += 1
    }
  }

  private func attempt(
    _ call: WireCall, tries: Int, since started: Nanoseconds, permit: @Sendable () throws -> Void
  ) async throws -> Step {
    let (failure, atOnce) = state.withLock { state in
      let now = clock.now()
      return (state.breaker.isOpen(at: now), state.atOnce.places(at: now))
    }
    if let failure { return .done(failure.exchange) }
    places.resize(to: atOnce)
    try await places.enter()
    defer { places.leave() }
    if let refusal = try await takeTurn(since: started) { return .done(refusal) }
    if let failure = state.withLock({ $0.breaker.refusal(at: clock.now()) }) { return .done(failure.exchange) }
    FaultPoint.beforeCall.reached()
    try permit()
    let leftAt = clock.now()
    let result = await sent(call)
    return next(after: result, Try(number: tries + 1, since: started, sent: leftAt))
  }

  private func sent(_ call: WireCall) async -> WireResult {
    guard call.method == "POST" else { return await wire.exchange(call) }
    CallsInFlight.left()
    defer { CallsInFlight.answered() }
    let result = await wire.exchange(call)
    FaultPoint.afterCall.reached()
    return result
  }

  /// One sending of a call: which it was, since when the call is held up, and when it left this time.
  private struct Try {
    var number: Int
    var since: Nanoseconds
    var sent: Nanoseconds
  }

  /// A random wait after the given number of failed tries, for callers that repeat by their own rules.
  func pause(afterTries tries: Int) async throws {
    let wait = state.withLock { $0.backoff.wait(afterTries: tries) }
    try await clock.sleep(clock.now() + wait)
  }

  /// Waits for the next turn, or says why waiting is no use.
  private func takeTurn(since started: Nanoseconds) async throws -> Exchange? {
    try Task.checkCancellation()
    // Without a rate nobody queues: the turn is taken at once.
    if state.withLock({ $0.pacer.isUnlimited(at: clock.now()) && $0.pacer.take(at: clock.now()) == .now }) {
      return nil
    }
    try await turns.enter()
    defer { turns.leave() }
    while true {
      let now = clock.now()
      switch state.withLock({ $0.pacer.take(at: now) }) {
      case .now: return nil
      case .notBefore(let time): try await clock.sleep(time)
      case .closed(let time):
        guard time - started <= patience.altogether.nanoseconds else {
          return .later("it asks to wait another \((time - now) / 1_000_000_000) s")
        }
        try await clock.sleep(time)
      }
    }
  }

  private enum Step {
    case done(Exchange)
    case again(after: Nanoseconds)
  }

  private func next(after result: WireResult, _ this: Try) -> Step {
    let now = clock.now()
    switch result {
    case .reply(let reply):
      if let limited = limit(reply) { return next(afterLimit: limited, this) }
      state.withLock {
        $0.pacer.passed(sent: this.sent, at: now)
        $0.atOnce.passed(sent: this.sent, at: now)
        if reply.status < 500 {
          $0.breaker.answered()
        } else {
          $0.breaker.failed(.lost("the processor answers HTTP \(reply.status)"), at: now)
        }
      }
      return .done(.reply(reply))
    case .lost(let why, let timedOut):
      state.withLock { $0.breaker.failed(timedOut ? .timedOut(why) : .lost(why), at: now) }
      return .done(.lost(why))
    case .unsent(let why):
      let wait = state.withLock { state in
        state.breaker.failed(.unreachable(why), at: now)
        return state.backoff.wait(afterTries: this.number)
      }
      return this.number < patience.failedTries ? .again(after: wait) : .done(.unreachable(why))
    }
  }

  /// A limited call was not carried out, so the very same bytes and key may go again.
  private func next(afterLimit limit: RateLimit, _ this: Try) -> Step {
    let now = clock.now()
    return state.withLock { state in
      switch limit {
      case .pace(let retryAfter):
        state.pacer.limited(sent: this.sent, at: now, retryAfter: retryAfter)
      case .concurrency:
        _ = state.atOnce.limited(sent: this.sent, at: now)
      // Neither the pace nor the number of calls was too much for it.
      case .object:
        state.pacer.passed(sent: this.sent, at: now)
        state.atOnce.passed(sent: this.sent, at: now)
      }
      // A random part also after a wait that was told, growing with the tries: calls that were told the same would
      // else come back together, and to a limiter of full seconds at the same bad moment each time.
      let wait = (limit.retryAfter ?? 0) + state.backoff.wait(afterTries: this.number)
      let heldUp = now - this.since
      if this.number < patience.limitedTries, heldUp + wait <= patience.altogether.nanoseconds {
        return .again(after: wait)
      }
      let told = limit.retryAfter.map { ", and asks to wait another \($0 / 1_000_000_000) s" } ?? ""
      let why = "it kept limiting for \(heldUp / 1_000_000_000) s and \(this.number.of("try", "tries"))\(told)"
      // One busy object is no reason to stop: that request's caller repeats it later, the others go on.
      if case .object = limit { return .done(.lost(why)) }
      state.breaker.failed(.limited(why), at: now)
      return .done(.later(why))
    }
  }
}

extension CircuitBreaker.Failure {
  fileprivate var exchange: Exchange {
    switch self {
    case .lost(let why), .timedOut(let why): .later("too many requests in a row failed, the last one thus: \(why)")
    case .unreachable(let why): .unreachable(why)
    case .limited(let why): .later(why)
    }
  }
}
