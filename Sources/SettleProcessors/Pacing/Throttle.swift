/// How much is let out, in thousandths: what was configured, or less of it while the processor limits. It is used for
/// the pace (calls a second) and again for the calls under way at once.
///
/// Once a ``LimitDetector`` says that a limit is reached, the level is cut by the share of calls that was limited, at
/// most to a half (as in DCTCP, RFC 8257: a slight overrun costs little, a hard stop halves, and halves again). Within
/// a second it is back at what was let through before, and from there feels its way up, the longer nothing is limited,
/// the faster (as in CUBIC, RFC 9438): a limit that stays is met again softly, one that went away is forgotten.
struct Throttle {
  /// What the level is of.
  enum Measure { case callsPerSecond, callsAtOnce }

  private static let second: Nanoseconds = 1_000_000_000
  /// How long it takes to be back at what was let through before a cut.
  private static let recovery = second / 2
  /// A share of a limit that is left unused, so that it is met less often.
  private static let caution = 98

  private let measure: Measure
  /// Nil is unlimited.
  private let configured: Int?
  /// Lower than this it never gets: waits between tries do the rest.
  private let least: Int
  private var cut: Cut?
  private var detector = LimitDetector()
  private var recent: RecentAnswers

  /// Where a lowered level starts, and what it climbs to within a second before it feels its way further up.
  private struct Cut {
    var at: Nanoseconds
    var from: Int
    var goal: Int
    /// How long climbing takes a step: time enough for the answers to tell of it.
    var step: Nanoseconds
  }

  init(_ measure: Measure, configured: Int?, least: Int, now: Nanoseconds) {
    self.measure = measure
    self.configured = configured
    self.least = min(least, configured ?? least)
    recent = RecentAnswers(rate: measure == .callsPerSecond ? configured : nil, now: now)
  }

  /// The level in force; nil is unlimited.
  func level(at now: Nanoseconds) -> Int? {
    guard let cut else { return configured }
    let elapsed = max(0, now - cut.at)
    guard elapsed > Self.recovery else {
      return cut.from + Int(Nanoseconds(cut.goal - cut.from) * (elapsed / 1_000) / (Self.recovery / 1_000))
    }
    let climbed = Self.climb(cut.goal, by: elapsed - Self.recovery, step: cut.step)
    guard let configured else { return climbed < 16 * cut.goal ? climbed : nil }
    return min(climbed, configured)
  }

  /// The level of calls at once as a whole number.
  func places(at now: Nanoseconds) -> Int { level(at: now).map { max(1, ($0 + 500) / 1_000) } ?? .max }

  /// A ninth more after one step, double after three, and from there doubled each second.
  private static func climb(_ goal: Int, by elapsed: Nanoseconds, step: Nanoseconds) -> Int {
    guard elapsed >= 3 * step else {
      let thousandths = Int(elapsed * 1_000 / step)
      return goal + goal * (thousandths * thousandths / 9_000) / 1_000
    }
    let further = Int((elapsed - 3 * step) / (second / 1_000))
    let doubled = (2 * goal) << min(further / 1_000, 12)
    return doubled + doubled * (further % 1_000) / 1_000
  }

  /// A call that left at `sent` was answered and not limited.
  mutating func passed(sent: Nanoseconds, at now: Nanoseconds) {
    recent.add(limited: false, at: now)
    if isAboutNow(sent) { detector.passed() }
  }

  /// A call that left at `sent` was limited. Returns whether hardly anything passes any more.
  mutating func limited(sent: Nanoseconds, at now: Nanoseconds) -> Bool {
    recent.add(limited: true, at: now)
    guard isAboutNow(sent), let evidence = detector.limited(isSlow: isSlow(at: now)) else { return false }
    let (passed, limited) = recent.totals(at: now)
    let level = level(at: now) ?? max(recent.rate(passed + limited, at: now), least)
    let share = min(500, 1_000 * evidence.limited / (evidence.limited + evidence.passed))
    let passing =
      measure == .callsPerSecond
      ? recent.rate(passed, at: now) / 100 * Self.caution : level / 1_000 * (1_000 * passed / (passed + limited))
    let goal = max(min(passing, configured ?? .max), least)
    let from = min(max(level - level / 1_000 * share, least), goal)
    cut = Cut(at: now, from: from, goal: goal, step: Self.step(measure, goal))
    return limited > passed
  }

  /// Calls that left before the last cut tell of what was cut already.
  private func isAboutNow(_ sent: Nanoseconds) -> Bool { cut.map { sent >= $0.at } ?? true }

  /// So few calls a second that waiting for much evidence would mean many seconds of 429s.
  private func isSlow(at now: Nanoseconds) -> Bool {
    measure == .callsPerSecond && level(at: now).map { $0 <= 50_000 } ?? false
  }

  private static func step(_ measure: Measure, _ goal: Int) -> Nanoseconds {
    guard measure == .callsPerSecond else { return 2 * second }
    return min(max(3 * second / 2, 50_000 * second / Nanoseconds(goal)), 3 * second)
  }
}
