import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// The bank behind its lock, with the journal that makes its word good: nothing leaves here before it is on disk.
final class Desk: Sendable {
  private struct State: Sendable {
    var bank: Bank
    /// Keys whose first request is not yet answered.
    var inFlight: Set<SavedReply.Key> = []
  }

  let journal: Journal
  /// How many changes stood in the journal at the start; faults after a restart are drawn anew from it.
  let startedAt: Int
  private let state: Mutex<State>
  private let wall: @Sendable () -> Int64
  private let observer: Observer?

  /// Told of what was decided, in order, and of the sequence number at which it is on disk.
  typealias Observer = @Sendable (_ changes: [Change], _ sequence: Int) -> Void

  /// Opens the data folder, as it was left by whatever ended the last sandbox.
  ///
  /// - Parameter wall: Unix seconds of the machine's clock.
  init(
    _ configuration: SandboxConfiguration, wall: @escaping @Sendable () -> Int64 = wallClock,
    observer: Observer? = nil
  ) throws {
    let folder = configuration.dataDirectory
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw SandboxError.file(path: folder, doing: "make the folder", reason: "\(error)")
    }
    let journalFile = try AppendFile(path: folder + "/state.jsonl")
    try journalFile.lock(directory: folder)
    let ledgerFile = try AppendFile(path: folder + "/ledger.jsonl")
    var bank = Bank(seed: configuration.seed, keyLife: configuration.keyLife, anomalies: configuration.anomalies)
    startedAt = try Recovery.replay(journalFile, into: &bank)
    let length = try Recovery.repair(ledgerFile, with: bank.movements)
    journal = Journal(journal: journalFile, ledger: ledgerFile, ledgerLength: length)
    state = Mutex(State(bank: bank))
    self.wall = wall
    self.observer = observer
  }

  /// Carries an order out and returns when what it did is on disk.
  func execute(_ order: Order) async throws -> Verdict {
    let (verdict, sequence) = state.withLock { state in
      let verdict = state.bank.execute(order, wall: wall())
      return (verdict, keep(verdict.changes))
    }
    try await journal.durable(sequence)
    return verdict
  }

  /// Looks at the bank as of now; returns when all that was seen is on disk.
  func read<Value: Sendable>(_ look: @Sendable (Bank) throws(StripeError) -> Value) async throws -> Value {
    let (value, sequence) = state.withLock { state in
      let sequence = keep(state.bank.tick(wall: wall()))
      return (Result { () throws(StripeError) in try look(state.bank) }, sequence)
    }
    try await journal.durable(sequence)
    return try value.get()
  }

  /// Moves the clock forward; returns the new time in Unix seconds.
  func advance(by seconds: Int64) async throws -> Int64 {
    let (now, sequence) = state.withLock { state in
      let changes = state.bank.advance(by: seconds, wall: wall())
      return (state.bank.instant(wall: wall()), keep(changes))
    }
    try await journal.durable(sequence)
    return now
  }

  /// False where a request with this key is being carried out; else the key is held until ``release(_:)``.
  func claim(_ key: SavedReply.Key) -> Bool {
    state.withLock { $0.inFlight.insert(key).inserted }
  }

  func release(_ key: SavedReply.Key) {
    state.withLock { _ = $0.inFlight.remove(key) }
  }

  /// Called under the lock, so that the journal's order is the order of the decisions.
  private func keep(_ changes: [Change]) -> Int {
    let sequence = journal.append(changes)
    if !changes.isEmpty { observer?(changes, sequence) }
    return sequence
  }
}

/// The machine's clock, Unix seconds.
let wallClock: @Sendable () -> Int64 = { Int64(time(nil)) }

/// Nanoseconds that only go forward; for rates and nothing that is kept.
func monotonicNanoseconds() -> UInt64 { DispatchTime.now().uptimeNanoseconds }
