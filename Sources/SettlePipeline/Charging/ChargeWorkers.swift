import SettleModel
import SettleStore
import Synchronization

/// Sends attempts from a queue, so many at once, and records what comes back, until none is left or one says stop.
struct ChargeWorkers: Sendable {
  let sender: AttemptSender
  let recorder: AnswerRecorder
  /// How many calls may be under way at once.
  let concurrency: Int
  /// Takes back attempts that were claimed and never sent.
  let release: @Sendable ([StoredAttempt]) async throws -> Void

  /// A worker whose charge waits to be tried again has no call under way, so there are more workers than calls: else a
  /// few 429s that each ask for a second's wait would hold up the rest. Behind the adapter only `concurrency` get out.
  private var workers: Int { 4 * concurrency }

  /// Returns why it stopped early, or nil when the queue is empty. Everything that was answered is committed.
  ///
  /// - Parameter releasing: whether what no worker took was certainly never sent, and so is given back.
  func drain(_ queue: AttemptQueue, releasing: Bool) async throws -> StageStop? {
    let brake = Brake()
    let unsent = Unsent()
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<workers {
          group.addTask(executorPreference: sender.processor.executor) {
            try await work(queue, brake, releasing ? unsent : nil)
          }
        }
        do { try await group.waitForAll() } catch {
          // The others finish what they have on the wire: its answer is worth more than the time.
          await brake.stop(nil)
          while let result = await group.nextResult() { _ = result }
          throw error
        }
      }
    } catch {
      let left = await queue.close() + unsent.attempts
      // What stopped the workers counts more than what stops the tidying up after them.
      try? await recorder.finish()
      if releasing, !left.isEmpty { try? await release(left) }
      throw error
    }
    try await recorder.finish()
    if await brake.isOn {
      let left = await queue.close() + unsent.attempts
      if releasing, !left.isEmpty { try await release(left) }
    }
    return await brake.stop
  }

  /// - Parameter unsent: where to put what was stopped before it ever left; nil where that is not to be given back.
  private func work(_ queue: AttemptQueue, _ brake: Brake, _ unsent: Unsent?) async throws {
    while await !brake.isOn, let attempt = try await queue.take() {
      let hasLeft = Flag()
      var sender = sender
      let permit = sender.permit
      sender.permit = {
        guard !brake.isPulled else { throw Stopped() }
        try permit()
        hasLeft.set()
      }
      let (result, stop): (AttemptResult, StageStop?)
      do { (result, stop) = try await sender.send(attempt) } catch is Stopped {
        (result, stop) = (sender.stopped(attempt), await brake.stop)
      }
      let wasHeldBack = (stop != nil || brake.isPulled) && !hasLeft.isSet
      // Heard before it is kept: keeping it may take its time, in which the others would go on sending.
      if let stop { await brake.stop(stop) } else { await brake.heard(result.outcome) }
      if wasHeldBack, let unsent { unsent.add(attempt) } else { try await recorder.add(result) }
    }
  }
}

/// Attempts that workers took and that never left, because the stage stopped first.
private final class Unsent: Sendable {
  private let taken = Mutex<[StoredAttempt]>([])
  var attempts: [StoredAttempt] { taken.withLock { $0 } }
  func add(_ attempt: StoredAttempt) { taken.withLock { $0.append(attempt) } }
}

/// Whether an attempt was let out once.
private final class Flag: Sendable {
  private let value = Atomic(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}

/// The stage has stopped: nothing more leaves.
private struct Stopped: Error {}

/// Stops all workers: for a reason one of them was given, or because too many refusals came in a row.
private actor Brake {
  private(set) var stop: StageStop?
  /// To be read at the last moment before a call leaves, where nothing can be awaited.
  private let pulled = Flag()
  nonisolated var isPulled: Bool { pulled.isSet }
  /// The same, after everything that was heard so far: a worker asks before it takes the next attempt.
  var isOn: Bool { pulled.isSet }
  private var refusals = 0
  private var lastCode: String?

  /// So many refusals alike and in a row mean that the requests are wrong, not the payments.
  private static let mostRefusals = 10

  func stop(_ stop: StageStop?) {
    pulled.set()
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
