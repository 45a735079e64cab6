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
    case notBefore(Nanoseconds)
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
    due = now + (throttle.interval ?? 0)
  }

  /// Whether turns come as fast as they are asked for.
  var isUnlimited: Bool { throttle.interval == nil }

  /// Takes the next turn if it is due by now, else says when to ask again.
  mutating func take(at now: Nanoseconds) -> Turn {
    guard now >= closedUntil else { return .notBefore(closedUntil) }
    throttle.climb(to: now)
    guard let interval = throttle.interval else {
      throttle.left(at: now)
      return .now
    }
    guard now >= due else { return .notBefore(due) }
    due = max(due, now - Self.forgiven) + interval
    throttle.left(at: now)
    return .now
  }

  /// The processor said that requests come too fast.
  mutating func slowDown(at now: Nanoseconds, retryAfter: Nanoseconds?) {
    if let retryAfter { closedUntil = max(closedUntil, now + retryAfter) }
    let wasUnlimited = throttle.interval == nil
    throttle.halve(at: now)
    if wasUnlimited { due = now + (throttle.interval ?? 0) }
  }
}

/// The pace in force: what was configured, or less of it while the processor limits.
struct Throttle {
  private static let second: Nanoseconds = 1_000_000_000
  /// 429s within this time of a halving tell of requests that had left before it.
  private static let settling: Nanoseconds = second
  /// One request a second: below it, waiting between tries does the slowing.
  private static let slowest = 1_000

  private let configured: Int?
  /// What the pace climbs back by: half of this a second. Where no rate is configured, what was last seen to pass.
  private var full: Int
  /// Thousandths of a request a second; nil is unlimited.
  private var pace: Int?
  private var climbedAt: Nanoseconds
  private var halvedAt: Nanoseconds?
  private var window: (start: Nanoseconds, count: Int, before: Int)

  init(rate: RatePerSecond?, now: Nanoseconds) {
    configured = rate?.thousandths
    full = rate?.thousandths ?? 0
    pace = rate?.thousandths
    climbedAt = now
    window = (now, 0, 0)
  }

  /// The time from one request to the next, at 98% of the pace; nil is none.
  var interval: Nanoseconds? {
    pace.map { Nanoseconds(100_000) * Self.second / (98 * Nanoseconds($0)) }
  }

  /// Counts a request, so that a pace can be found where none was configured.
  mutating func left(at now: Nanoseconds) {
    if now - window.start >= Self.second {
      window = (now, 0, now - window.start < 2 * Self.second ? window.count : 0)
    }
    window.count += 1
  }

  mutating func halve(at now: Nanoseconds) {
    if let halvedAt, now - halvedAt < Self.settling { return }
    climb(to: now)
    if configured == nil { full = max(window.count, window.before, 10) * 1_000 }
    pace = max((pace ?? full) / 2, min(Self.slowest, full))
    halvedAt = now
    climbedAt = now
  }

  /// Comes back additively: from half to full in a second. An unlimited pace is free again at eight times what the
  /// processor last let pass.
  mutating func climb(to now: Nanoseconds) {
    guard let pace, pace != configured, now > climbedAt else { return }
    let elapsed = min(now - climbedAt, 60 * Self.second)
    let step = Int(Nanoseconds(full) * elapsed / (2 * Self.second))
    guard step > 0 else { return }
    climbedAt = now
    if let configured {
      self.pace = min(configured, pace + step)
    } else {
      self.pace = pace + step >= 8 * full ? nil : pace + step
    }
  }
}
