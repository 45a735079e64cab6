/// How many calls passed and how many were limited of late: in the last second, or for slow paces in the last few.
struct RecentAnswers {
  private struct Slot {
    var number: Nanoseconds
    var passed = 0
    var limited = 0
  }

  private static let slots: Nanoseconds = 8

  private let length: Nanoseconds
  private let began: Nanoseconds
  private var slots: [Slot] = []

  /// - Parameter rate: the fastest that is expected, in thousandths of a call a second; nil for no limit.
  init(rate: Int?, now: Nanoseconds) {
    let second: Nanoseconds = 1_000_000_000
    // Sixteen calls' time, so that there is something to count, and eight seconds at most.
    let span = min(max(second, 16_000 * second / Nanoseconds(max(1, rate ?? .max))), 8 * second)
    length = span / Self.slots
    began = now
  }

  mutating func add(limited: Bool, at now: Nanoseconds) {
    let number = now / length
    if slots.last.map({ $0.number < number }) ?? true {
      slots.append(Slot(number: number))
      slots.removeAll { $0.number <= number - Self.slots }
    }
    if limited { slots[slots.count - 1].limited += 1 } else { slots[slots.count - 1].passed += 1 }
  }

  func totals(at now: Nanoseconds) -> (passed: Int, limited: Int) {
    slots.lazy.filter { $0.number > now / length - Self.slots }
      .reduce((0, 0)) { ($0.0 + $1.passed, $0.1 + $1.limited) }
  }

  /// A number of calls as a rate, in thousandths of a call a second, over the time that is looked back on.
  func rate(_ calls: Int, at now: Nanoseconds) -> Int {
    let since = max(began, (now / length - Self.slots + 1) * length)
    // A moment shorter than 5 ms says too little to be taken by itself.
    return Int(Nanoseconds(calls) * 1_000 * 1_000_000_000 / max(now - since, 5_000_000))
  }
}
