/// Nanoseconds on a clock that only goes forward.
typealias Nanoseconds = Int64

/// Decides when the next request may leave. It reads no clock and never sleeps: callers tell it the time.
///
/// The rule is the generic cell rate algorithm (ITU-T I.371): each request makes the next one due an interval later,
/// and only `forgiven` of lateness is ever made up for, so that neither a stall nor an idle hour is followed by a
/// burst. The interval is that of 98% of the rate: any second then holds at most rate + 1 requests even where the
/// network bunches them by several milliseconds, and any ten seconds of steady work at least 97% of it.
struct Pacer {
  enum Turn: Equatable {
    case now
    /// Comes by itself at this time.
    case notBefore(Nanoseconds)
    /// The processor asked that nothing be sent before this time.
    case closed(until: Nanoseconds)
  }

  /// How much lateness of a timer is made up for.
  static let forgiven: Nanoseconds = 10_000_000

  private var due: Nanoseconds
  /// No request leaves before this, because the processor asked so.
  private var closedUntil: Nanoseconds
  private var throttle: Throttle

  /// A pacer at work from `now` on. Its first turn comes one interval later, so that a process that is killed and
  /// started again keeps the rate across its own death.
  init(rate: RatePerSecond?, now: Nanoseconds) {
    throttle = Throttle(rate: rate, now: now)
    closedUntil = now
    due = now + (throttle.interval(at: now) ?? 0)
  }

  /// Whether turns come as fast as they are asked for.
  func isUnlimited(at now: Nanoseconds) -> Bool { throttle.interval(at: now) == nil }

  /// Takes the next turn if it is due by now, else says when to ask again.
  mutating func take(at now: Nanoseconds) -> Turn {
    guard now >= closedUntil else { return .closed(until: closedUntil) }
    guard let interval = throttle.interval(at: now) else { return .now }
    guard now >= due else { return .notBefore(due) }
    due = max(due, now - Self.forgiven) + interval
    return .now
  }

  /// A request was answered, and not limited.
  mutating func passed(at now: Nanoseconds) { throttle.passed(at: now) }

  /// The processor said that requests come too fast, to a request that it has answered so many times.
  mutating func slowDown(at now: Nanoseconds, retryAfter: Nanoseconds?, tries: Int) {
    if let retryAfter { closedUntil = max(closedUntil, now + retryAfter) }
    let wasUnlimited = isUnlimited(at: now)
    throttle.limited(at: now, tries: tries)
    if wasUnlimited { due = now + (throttle.interval(at: now) ?? 0) }
  }
}
