import SettleModel
import SettleStore

/// Sends attempts from a queue, so many at once, and records what comes back, until none is left or one says stop.
struct ChargeWorkers: Sendable {
  let sender: AttemptSender
  let recorder: AnswerRecorder
  let concurrency: Int
  /// Takes back attempts that were claimed and never sent.
  let release: @Sendable ([StoredAttempt]) async throws -> Void

  /// Returns why it stopped early, or nil when the queue is empty. Everything that was answered is committed.
  ///
  /// - Parameter releasing: whether what no worker took was certainly never sent, and so is given back.
  func drain(_ queue: AttemptQueue, releasing: Bool) async throws -> StageStop? {
    let brake = Brake()
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<concurrency { group.addTask { try await work(queue, brake) } }
        do { try await group.waitForAll() } catch {
          // The others finish what they have on the wire: its answer is worth more than the time.
          await brake.stop(nil)
          while let result = await group.nextResult() { _ = result }
          throw error
        }
      }
    } catch {
      let left = await queue.close()
      // What stopped the workers counts more than what stops the tidying up after them.
      try? await recorder.finish()
      if releasing, !left.isEmpty { try? await release(left) }
      throw error
    }
    try await recorder.finish()
    if await brake.isOn {
      let left = await queue.close()
      if releasing, !left.isEmpty { try await release(left) }
    }
    return await brake.stop
  }

  private func work(_ queue: AttemptQueue, _ brake: Brake) async throws {
    while await !brake.isOn, let attempt = try await queue.take() {
      let (result, stop) = try await sender.send(attempt)
      try await recorder.add(result)
      if let stop { await brake.stop(stop) } else { await brake.heard(result.outcome) }
    }
  }
}

/// Stops all workers: for a reason one of them was given, or because too many refusals came in a row.
private actor Brake {
  private(set) var isOn = false
  private(set) var stop: StageStop?
  private var refusals = 0
  private var lastCode: String?

  /// So many refusals alike and in a row mean that the requests are wrong, not the payments.
  private static let mostRefusals = 10

  func stop(_ stop: StageStop?) {
    isOn = true
    if self.stop == nil { self.stop = stop }
  }

  func heard(_ outcome: AttemptResult.Outcome) {
    guard case .ended(.refused(let code)) = outcome else {
      if case .ended = outcome { refusals = 0 }
      return
    }
    refusals = code == lastCode ? refusals + 1 : 1
    lastCode = code
    if refusals >= Self.mostRefusals { stop(.refusedInARow(refusals, code: code)) }
  }
}
