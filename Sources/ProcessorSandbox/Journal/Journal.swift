import Dispatch
import Synchronization

/// Puts changes on disk before they are answered, many at a time.
///
/// A change goes to `state.jsonl` and its movements to `ledger.jsonl`; one sync of the former covers all changes that
/// came while the last was under way. The ledger is written after the journal and is repaired from it at the start,
/// so a movement never stands without its objects and its saved answer.
final class Journal: Sendable {
  private struct State {
    var queue: [Change] = []
    var appended = 0
    var durable = 0
    var ledgerLength: Int
    var flushing = false
    var waiting: [(sequence: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    var failure: SandboxError?
  }

  private let journal: AppendFile
  private let ledger: AppendFile
  private let state: Mutex<State>
  /// Syncing blocks its thread for milliseconds, so it has one of its own.
  private let disk = DispatchQueue(label: "sandbox.journal")

  init(journal: AppendFile, ledger: AppendFile, ledgerLength: Int) {
    self.journal = journal
    self.ledger = ledger
    state = Mutex(State(ledgerLength: ledgerLength))
  }

  /// Queues changes in order; returns the sequence number to wait for.
  @discardableResult
  func append(_ changes: [Change]) -> Int {
    let (sequence, start) = state.withLock { state in
      state.queue.append(contentsOf: changes)
      state.appended += changes.count
      let start = !state.flushing && !state.queue.isEmpty
      if start { state.flushing = true }
      return (state.appended, start)
    }
    if start { disk.async { self.flush() } }
    return sequence
  }

  /// Returns when everything up to `sequence` is on disk; throws when it never will be.
  func durable(_ sequence: Int) async throws {
    if state.withLock({ $0.durable >= sequence && $0.failure == nil }) { return }
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      let settled: Result<Void, any Error>? = state.withLock { state in
        if let failure = state.failure { return .failure(failure) }
        if state.durable >= sequence { return .success(()) }
        state.waiting.append((sequence, continuation))
        return nil
      }
      if let settled { continuation.resume(with: settled) }
    }
  }

  /// How many bytes of the ledger are certain.
  var ledgerLength: Int { state.withLock { $0.ledgerLength } }

  /// Up to `count` bytes of the ledger from `offset`.
  func readLedger(at offset: Int, count: Int) throws(SandboxError) -> [UInt8] {
    try ledger.read(at: offset, count: count)
  }

  private func flush() {
    while let batch = nextBatch() {
      var lines = JSONWriter(capacity: batch.count * 1536)
      var movements: [UInt8] = []
      for change in batch {
        change.write(to: &lines)
        lines.endLine()
        for movement in change.movements {
          movements.append(contentsOf: movement.ledgerLine)
        }
      }
      do throws(SandboxError) {
        try journal.append(lines.bytes)
        try ledger.append(movements)
        try journal.sync()
        finish(batch.count, ledgerBytes: movements.count)
      } catch {
        fail(error)
      }
    }
  }

  private func nextBatch() -> [Change]? {
    state.withLock { state in
      guard !state.queue.isEmpty, state.failure == nil else {
        state.flushing = false
        return nil
      }
      defer { state.queue = [] }
      return state.queue
    }
  }

  private func finish(_ count: Int, ledgerBytes: Int) {
    let ready = state.withLock { state in
      state.durable += count
      state.ledgerLength += ledgerBytes
      let split = state.waiting.partition { $0.sequence <= state.durable }
      let ready = state.waiting[split...]
      state.waiting.removeSubrange(split...)
      return Array(ready)
    }
    for waiter in ready {
      waiter.continuation.resume()
    }
  }

  /// After a failed write nothing can be promised any more, so nothing is answered any more either.
  private func fail(_ error: SandboxError) {
    let waiting = state.withLock { state in
      state.failure = error
      defer { state.waiting = [] }
      return state.waiting
    }
    for waiter in waiting {
      waiter.continuation.resume(throwing: error)
    }
  }
}
