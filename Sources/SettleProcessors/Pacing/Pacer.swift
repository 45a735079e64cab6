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
  /// No request leaves before this, because the processor asked so and hardly anything passed.
  private var closedUntil: Nanoseconds
  private var throttle: Throttle

  /// A pacer at work from `now` on. Its first turn comes one interval later, so that a process that is killed and
  /// started again keeps the rate across its own death.
  init(rate: RatePerSecond?, now: Nanoseconds) {
    // A pace that is slowed still sends one request a second, or as many as were configured.
    throttle = Throttle(.callsPerSecond, configured: rate?.thousandths, least: 1_000, now: now)
    closedUntil = now
    due = now
    due += interval(at: now) ?? 0
  }

  /// Whether turns come as fast as they are asked for.
  func isUnlimited(at now: Nanoseconds) -> Bool { throttle.level(at: now) == nil }

  /// The time from one request to the next, at 98% of the pace; nil is none.
  func interval(at now: Nanoseconds) -> Nanoseconds? {
    throttle.level(at: now).map { 100_000 * 1_000_000_000 / (98 * Nanoseconds($0)) }
  }

  /// Takes the next turn if it is due by now, else says when to ask again.
  mutating func take(at now: Nanoseconds) -> Turn {
    guard now >= closedUntil else { return .closed(until: closedUntil) }
    guard let interval = interval(at: now) else { return .now }
    guard now >= due else { return .notBefore(due) }
    due = max(due, now - Self.forgiven) + interval
    return .now
  }

  /// A request that left at `sent` was answered, and not limited for pace.
  mutating func passed(sent: Nanoseconds, at now: Nanoseconds) { throttle.passed(sent: sent, at: now) }

  /// The processor said that requests come too fast, to one that left at `sent`.
  ///
  /// What it asks to wait binds the request that it was told to, whose caller sees to it.
  /// It binds all only where hardly anything passes any more: single 429s that each ask for a second would else stop
  /// a pace that the processor carries well.
  mutating func limited(sent: Nanoseconds, at now: Nanoseconds, retryAfter: Nanoseconds?) {
    let wasUnlimited = isUnlimited(at: now)
    let isStanding = throttle.limited(sent: sent, at: now)
    if isStanding, let retryAfter { closedUntil = max(closedUntil, now + retryAfter) }
    if wasUnlimited { due = now + (interval(at: now) ?? 0) }
  }
}
