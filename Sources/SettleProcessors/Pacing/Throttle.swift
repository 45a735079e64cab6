/// The pace in force: what was configured, or less of it while the processor limits.
///
/// A 429 halves the pace, or brings it down to what was let through where that is less, once for all those that tell
/// of the same moment. It is back within a second at half as much again as was let through: a limit that was passing
/// is then forgotten, and one that stays is felt again soon, so that about as much gets through as it allows. Beyond
/// that, the pace feels its way up, the longer nothing is limited, the faster.
struct Throttle {
  private static let second: Nanoseconds = 1_000_000_000
  /// 429s within this time of a slowing may tell of requests that had left before it.
  private static let settling: Nanoseconds = second

  /// How many tries of one request are more than bad luck.
  private static let leftBehind = 6

  /// Thousandths of a request a second, as everywhere in here; nil is unlimited.
  private let configured: Int?
  /// Slower than this it never gets: waits between tries do the rest.
  private let slowest: Int
  private var slowing: Slowing?
  private var recent: Answers
  private var before: Answers?

  /// Where a slowed pace starts and what it climbs to within a second, before it feels its way further up.
  private struct Slowing {
    var at: Nanoseconds
    /// What was let through before.
    var passing: Int
    var from: Int
    var goal: Int
    var isForOneLeftBehind: Bool
  }

  private struct Answers {
    var since: Nanoseconds
    var passed = 0
    var limited = 0

    /// What passed, as a rate. A moment shorter than 5 ms says too little to be taken by itself.
    func rate(until now: Nanoseconds) -> Int {
      let elapsed = max(now - since, Throttle.second / 200)
      return Int(Nanoseconds(passed) * 1_000 * Throttle.second / elapsed)
    }
  }

  init(rate: RatePerSecond?, now: Nanoseconds) {
    configured = rate?.thousandths
    slowest = min(rate?.thousandths ?? 10_000, 1_000)
    recent = Answers(since: now)
  }

  /// The time from one request to the next, at 98% of the pace; nil is none.
  func interval(at now: Nanoseconds) -> Nanoseconds? {
    pace(at: now).map { Nanoseconds(100_000) * Self.second / (98 * Nanoseconds($0)) }
  }

  mutating func passed(at now: Nanoseconds) {
    turnOver(at: now)
    recent.passed += 1
  }

  /// Slows down for a 429. A request that is limited again and again while others take its place has the pace kept
  /// below what was let through, until it gets through itself.
  mutating func limited(at now: Nanoseconds, tries: Int) {
    turnOver(at: now)
    recent.limited += 1
    let isLeftBehind = tries >= Self.leftBehind
    let pace = pace(at: now)
    if var current = slowing, now - current.at < Self.settling {
      guard isLeftBehind, !current.isForOneLeftBehind else { return }
      current.goal = max(min(current.goal, current.passing / 10 * 9), slowest)
      current.from = min(current.goal, pace ?? current.goal)
      current.isForOneLeftBehind = true
      slowing = current
      return
    }
    let (evidence, end) =
      now - recent.since < Self.second / 4 ? before.map { ($0, recent.since) } ?? (recent, now) : (recent, now)
    // One answer in a few is chance, and tells nothing of where the limit lies.
    let isTelling = evidence.passed + evidence.limited >= min(10, (configured ?? .max) / 2_000)
    guard isTelling || pace != nil else { return }
    let passing = isTelling ? max(evidence.rate(until: end), slowest) : pace ?? slowest
    let from = min((pace ?? passing) / 2, passing)
    let goal = min(isLeftBehind ? passing / 10 * 9 : isTelling ? passing / 2 * 3 : passing, configured ?? .max)
    slowing = Slowing(
      at: now, passing: passing, from: max(from, slowest), goal: max(goal, slowest), isForOneLeftBehind: isLeftBehind)
    recent = Answers(since: now)
    before = nil
  }

  private mutating func turnOver(at now: Nanoseconds) {
    guard now - recent.since >= Self.second else { return }
    before = now - recent.since < 2 * Self.second ? recent : nil
    recent = Answers(since: now)
  }

  private func pace(at now: Nanoseconds) -> Int? {
    guard let slowing else { return configured }
    let milliseconds = Int(max(0, now - slowing.at) / 1_000_000)
    let pace: Int
    if milliseconds <= 1_000 {
      pace = slowing.from + (slowing.goal - slowing.from) * milliseconds / 1_000
    } else {
      // A twentieth more after one further second, a fifth after two, double after four and a half.
      let further = min(milliseconds - 1_000, 600_000)
      pace = slowing.goal + max(1, slowing.goal / 1_000) * further / 1_000 * further / 20
    }
    guard let configured else { return pace < 16 * slowing.goal ? pace : nil }
    return min(pace, configured)
  }
}
