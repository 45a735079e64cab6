import SettleModel
import SettleStore

/// Writes answers down in groups: while one transaction commits, the next group gathers.
actor AnswerRecorder {
  private let record: @Sendable ([AttemptResult]) async throws -> Void
  private let advanced: @Sendable (Int64) -> Void
  private var pending: [AttemptResult] = []
  private var writing: Task<Void, any Error>?
  private var failure: (any Error)?
  private var recorded: Int64 = 0
  private var lost: Int64 = 0
  private(set) var tally = Tally()

  /// Answers that came and are not in the store: their attempts stay open, and are repeated with their own keys.
  var unrecorded: Int64 { lost + Int64(pending.count) }

  /// What the answers were that are in the store.
  struct Tally: Sendable {
    var charged: Int64 = 0
    var declined: Int64 = 0
    var refused: Int64 = 0
    var unknown: Int64 = 0

    fileprivate mutating func count(_ outcome: AttemptResult.Outcome) {
      switch outcome {
      case .ended(.succeeded): charged += 1
      case .ended(.declined): declined += 1
      case .ended(.refused): refused += 1
      case .open: unknown += 1
      }
    }
  }

  /// More than this many answers wait for no one: the caller waits for the commit instead.
  private static let most = 2_000

  init(
    record: @escaping @Sendable ([AttemptResult]) async throws -> Void, advanced: @escaping @Sendable (Int64) -> Void
  ) {
    self.record = record
    self.advanced = advanced
  }

  func add(_ result: AttemptResult) async throws {
    if let failure {
      lost += 1
      throw failure
    }
    pending.append(result)
    if writing == nil { startWriting() }
    if pending.count > Self.most { try await writing?.value }
  }

  /// Returns when everything is committed.
  func finish() async throws {
    while let writing { try await writing.value }
    if let failure { throw failure }
  }

  private func startWriting() {
    writing = Task { try await write() }
  }

  private func write() async throws {
    defer { writing = nil }
    while !pending.isEmpty {
      let group = pending
      pending = []
      do { try await record(group) } catch {
        failure = error
        lost += Int64(group.count)
        throw error
      }
      for result in group { tally.count(result.outcome) }
      recorded += Int64(group.count)
      advanced(recorded)
    }
  }
}
