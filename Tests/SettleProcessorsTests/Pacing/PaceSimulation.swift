@testable import SettleProcessors

/// Workers that send without end through a ``Pacer`` to a simulated processor, on a virtual clock, from a seed.
///
/// It does what ``PacedWire`` does, without tasks: so a minute of thousands of calls takes milliseconds and comes out
/// the same each time.
struct PaceSimulation {
  static let second: Nanoseconds = 1_000_000_000

  /// What the processor says to one call.
  enum Verdict: Equatable { case passes, limitsPace, limitsConcurrency }

  var rate: Int?
  /// Calls under way at once, and workers that have something to send: one that waits to try again takes no place.
  var concurrency = 16
  var workers = 16
  var seconds: Nanoseconds = 30
  var seed: UInt64 = 1
  /// The shortest and longest time until an answer.
  var latency: ClosedRange<Nanoseconds> = 5_000_000...15_000_000
  var retryAfter: Nanoseconds?

  struct Outcome {
    /// When each call was sent, and those that passed.
    var sent: [Nanoseconds] = []
    var passed: [Nanoseconds] = []
    var limited = 0
    var mostTries = 0
    var mostAtOnce = 0

    func passed(from start: Nanoseconds, to end: Nanoseconds) -> Int {
      passed.count { $0 >= start * second && $0 < end * second }
    }

    /// Calls in hundred that were limited.
    var percentLimited: Int { sent.isEmpty ? 0 : 100 * limited / sent.count }

    /// The most calls sent in any one second.
    var peak: Int {
      var (first, most) = (0, 0)
      for (index, time) in sent.enumerated() {
        while time - sent[first] >= second { first += 1 }
        most = max(most, index - first + 1)
      }
      return most
    }
  }

  private struct Worker {
    var tries = 0
    var sent: Nanoseconds = 0
    /// What the call that is under way will be told; nil where it waits to try again.
    var verdict: Verdict?
  }

  /// - Parameter verdict: told the time and how many calls are under way, this one included.
  func run(_ verdict: (_ now: Nanoseconds, _ underWay: Int) -> Verdict) -> Outcome {
    var random = SplitMix64(state: seed)
    var pacer = Pacer(rate: rate.flatMap { RatePerSecond($0) }, now: 0)
    var places = Throttle(.callsAtOnce, configured: 1_000 * concurrency, least: 1_000, now: 0)
    var backoff = Backoff(Patience(), seed: seed)
    var all = Array(repeating: Worker(), count: workers)
    // Who has something to send now, first come first served, and when the first of them may ask again.
    var queue = FirstComeQueue(Array(all.indices))
    var askAt: Nanoseconds = 0
    var events = Agenda()
    var outcome = Outcome()
    var (now, underWay) = (0 as Nanoseconds, 0)
    while now <= seconds * Self.second {
      guard let (time, worker) = events.next(before: queue.isEmpty ? .max : max(askAt, now)) else {
        now = max(askAt, now)
        guard underWay < places.places(at: now) else {
          askAt = now + 5_000_000
          continue
        }
        switch pacer.take(at: now) {
        case .notBefore(let time), .closed(let time): askAt = time
        case .now:
          underWay += 1
          outcome.sent.append(now)
          outcome.mostAtOnce = max(outcome.mostAtOnce, underWay)
          let sender = queue.removeFirst()
          all[sender] = Worker(tries: all[sender].tries + 1, sent: now, verdict: verdict(now, underWay))
          events.add(sender, at: now + .random(in: latency, using: &random))
        }
        continue
      }
      now = time
      guard let answer = all[worker].verdict else {
        queue.append(worker)
        continue
      }
      underWay -= 1
      all[worker].verdict = nil
      let (sent, tries) = (all[worker].sent, all[worker].tries)
      switch answer {
      case .passes:
        pacer.passed(sent: sent, at: now)
        places.passed(sent: sent, at: now)
        outcome.passed.append(now)
        all[worker].tries = 0
        queue.append(worker)
        continue
      case .limitsPace: pacer.limited(sent: sent, at: now, retryAfter: retryAfter)
      case .limitsConcurrency: _ = places.limited(sent: sent, at: now)
      }
      outcome.limited += 1
      outcome.mostTries = max(outcome.mostTries, tries)
      events.add(worker, at: now + (retryAfter ?? 0) + backoff.wait(afterTries: tries))
    }
    return outcome
  }
}

/// What happens to which worker when, the next last.
private struct Agenda {
  private var entries: [(time: Nanoseconds, worker: Int)] = []

  mutating func add(_ worker: Int, at time: Nanoseconds) {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].time > time { low = middle + 1 } else { high = middle }
    }
    entries.insert((time, worker), at: low)
  }

  mutating func next(before time: Nanoseconds) -> (time: Nanoseconds, worker: Int)? {
    guard let last = entries.last, last.time <= time else { return nil }
    return entries.removeLast()
  }
}

private struct FirstComeQueue {
  private var workers: [Int]
  private var first = 0

  init(_ workers: [Int]) { self.workers = workers }
  var isEmpty: Bool { first == workers.count }
  mutating func append(_ worker: Int) { workers.append(worker) }
  mutating func removeFirst() -> Int {
    first += 1
    return workers[first - 1]
  }
}

/// A processor's limiter: how many calls a second it lets through.
struct SimulatedLimiter {
  enum Kind: String, CaseIterable {
    /// A bucket that fills steadily and holds a second's worth.
    case bucket
    /// So many in any one second: what is refused does not count, as in `settle sandbox`.
    case sliding
    /// So many from one full second to the next.
    case fixed
  }

  let kind: Kind
  private var tokens: Nanoseconds = .max
  private var filledAt: Nanoseconds = 0
  private var admitted: [Nanoseconds] = []
  /// The first of those admitted that still counts.
  private var oldest = 0

  init(_ kind: Kind) { self.kind = kind }

  mutating func admits(at now: Nanoseconds, limit: Int) -> Bool {
    let second = PaceSimulation.second
    switch kind {
    case .bucket:
      let full = Nanoseconds(limit) * second
      tokens = min(full, min(full, tokens) + (now - filledAt) * Nanoseconds(limit))
      filledAt = now
      guard tokens >= second else { return false }
      tokens -= second
      return true
    case .sliding, .fixed:
      let start = kind == .sliding ? now - second + 1 : now / second * second
      while oldest < admitted.count, admitted[oldest] < start { oldest += 1 }
      guard admitted.count - oldest < limit else { return false }
      admitted.append(now)
      return true
    }
  }
}
