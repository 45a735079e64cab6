import SettleModel
import SettleStore

/// Writes answers down in groups: while one transaction commits, the next group gathers.
///
/// A transaction costs the same whether it records one answer or a hundred. So groups begin some milliseconds apart: the
/// answers of a quick stage come by the hundred, those of a slow one go at once, each by itself. Nobody waits for it:
/// a worker's next charge may leave meanwhile, and a charge counts as done when its answer is committed.
actor AnswerRecorder {
  private let record: @Sendable ([AttemptResult]) async throws -> Void
  private let advanced: @Sendable (Int64) -> Void
  private let spacing: Duration
  private var pending: [AttemptResult] = []
  private var writing: Task<Void, any Error>?
  private var lastBegan: ContinuousClock.Instant?
  private var pause: Task<Void, Never>?
  private var isFinishing = false
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

  /// So many answers wait no longer for others.
  static let full = 500
  /// More than this many answers wait for no one: the caller waits for the commit instead.
  private static let most = 2_000

  /// - Parameter spacing: how long after a group began the next one begins, unless it is full or the last.
  init(
    spacing: Duration = .milliseconds(50), record: @escaping @Sendable ([AttemptResult]) async throws -> Void,
    advanced: @escaping @Sendable (Int64) -> Void
  ) {
    self.spacing = spacing
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
    if pending.count >= Self.full { pause?.cancel() }
    if pending.count > Self.most { try await writing?.value }
  }

  /// Returns when everything is committed.
  func finish() async throws {
    isFinishing = true
    defer { isFinishing = false }
    pause?.cancel()
    while let writing { try await writing.value }
    if let failure { throw failure }
  }

  private func startWriting() {
    writing = Task { try await write() }
  }

  private func write() async throws {
    defer { writing = nil }
    while !pending.isEmpty {
      await gather()
      lastBegan = .now
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

  /// Waits until the next group may begin.
  private func gather() async {
    guard let lastBegan, pending.count < Self.full, !isFinishing else { return }
    let due = lastBegan + spacing
    guard .now < due else { return }
    // Whoever cannot wait cancels it.
    let pause = Task { _ = try? await ContinuousClock().sleep(until: due) }
    self.pause = pause
    await pause.value
    self.pause = nil
  }
}
