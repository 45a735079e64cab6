import SettleModel

/// Attempts for the workers of one drain: those that were open, or batches that are claimed as they are needed.
final class SimulatedQueue {
  private(set) var ready: [SimulatedAttempt]
  private(set) var isExhausted: Bool
  let batch: Int
  /// Set while a batch is being claimed; workers that find nothing wait for it.
  var isClaiming = false
  var waiting: [() -> Void] = []

  init(_ attempts: [SimulatedAttempt]) {
    ready = attempts.reversed()
    isExhausted = true
    batch = 0
  }

  init(claiming batch: Int) {
    ready = []
    isExhausted = false
    self.batch = batch
  }

  func take() -> SimulatedAttempt? { ready.popLast() }

  func add(_ claimed: [SimulatedAttempt]) {
    isClaiming = false
    if claimed.isEmpty { isExhausted = true } else { ready = claimed.reversed() + ready }
    let woken = waiting
    waiting = []
    for wake in woken { wake() }
  }

  /// Returns what no worker ever took.
  func close() -> [SimulatedAttempt] {
    isExhausted = true
    let left = ready
    ready = []
    return left
  }
}
