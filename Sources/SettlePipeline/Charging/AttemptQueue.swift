import SettleModel
import SettleStore

/// Hands out attempts to the workers and claims the next batch before the last one is used up.
actor AttemptQueue {
  private let claim: @Sendable () async throws -> [StoredAttempt]?
  private let lowWater: Int
  private var ready: [StoredAttempt] = []
  private var next = 0
  private var claiming: Task<[StoredAttempt]?, any Error>?
  private var exhausted = false

  /// - Parameters:
  ///   - lowWater: how few may be left when the next batch is claimed.
  ///   - claim: the next batch, or nil when nothing is left.
  init(lowWater: Int, claim: @escaping @Sendable () async throws -> [StoredAttempt]?) {
    self.lowWater = lowWater
    self.claim = claim
  }

  /// The next attempt to send, or nil when there is none or the queue was closed.
  func take() async throws -> StoredAttempt? {
    while true {
      if next < ready.count {
        let attempt = ready[next]
        next += 1
        if ready.count - next <= lowWater { claimAhead() }
        return attempt
      }
      guard !exhausted else { return nil }
      claimAhead()
      guard let claiming else { return nil }
      let batch = try await claiming.value
      absorb(claiming, batch)
    }
  }

  /// Lets the workers finish what they have and take nothing more. Returns what no worker ever took.
  func close() async -> [StoredAttempt] {
    exhausted = true
    var left = Array(ready[next...])
    ready = []
    next = 0
    if let claiming, case .success(let batch?) = await claiming.result { left += batch }
    claiming = nil
    return left
  }

  private func claimAhead() {
    guard claiming == nil, !exhausted else { return }
    let claim = claim
    claiming = Task { try await claim() }
  }

  /// Several workers may wait for one claim; the first that comes back takes it in.
  private func absorb(_ task: Task<[StoredAttempt]?, any Error>, _ batch: [StoredAttempt]?) {
    // A queue that was closed meanwhile has given this batch back.
    guard claiming == task, !exhausted else { return }
    claiming = nil
    guard let batch else {
      exhausted = true
      return
    }
    ready = Array(ready[next...]) + batch
    next = 0
  }
}
