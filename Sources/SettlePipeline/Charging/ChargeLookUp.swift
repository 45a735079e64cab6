import SettleModel
import SettleStore
import Synchronization

/// Finds out what became of attempts that no repeat can settle: by the processor's own record, never by a new charge.
///
/// One value serves one run: an attempt that was looked for in vain is not looked for again in it.
struct ChargeLookUp: Sendable {
  let processor: any ProcessorAdapter
  private var missed: Set<PaymentID> = []

  /// How often an attempt is looked for after its key expired before it is left to a person.
  static let enough = 3

  init(processor: any ProcessorAdapter) { self.processor = processor }

  /// Clocks of two companies differ; a charge is looked for from this much before its attempt was stored.
  static let clockSkew: Duration = .seconds(600)

  /// The attempts that a look-up may settle, and that this run has not looked for yet. One that is undecided at the
  /// processor is worth another look while its key lives; an older one waits for the next run.
  func worthwhile(of open: [StoredAttempt]) -> [StoredAttempt] {
    open.filter { $0.lookUp && !missed.contains($0.payment) }
  }

  /// Those of the attempts that were looked for in vain.
  func missing(_ sought: [StoredAttempt], _ found: [AttemptResult]) -> [StoredAttempt] {
    let told = Set(found.filter(\.tells).map(\.payment))
    return sought.filter { !told.contains($0.payment) }
  }

  /// The results of attempts that were found. What was not found stays open, and is in none.
  mutating func results(for attempts: [StoredAttempt], at now: Timestamp) async throws -> [AttemptResult] {
    let found = try await look(for: attempts)
    missed.formUnion(missing(attempts, found).map(\.payment))
    missed.formUnion(attempts.filter { $0.keyExpires <= now }.map(\.payment))
    return found
  }

  private func look(for attempts: [StoredAttempt]) async throws -> [AttemptResult] {
    var results: [AttemptResult] = []
    var unseen: [PaymentID: StoredAttempt] = [:]
    for attempt in attempts {
      if let reference = attempt.processorPayment {
        guard let charge = try await processor.charge(reference) else { continue }
        let tries = Self.sought(attempt).mayBeEarlier(charge) ? try await processor.tries(of: reference) : nil
        results.append(Self.result(attempt, charge, tries: tries))
      } else {
        unseen[attempt.payment] = attempt
      }
    }
    guard let oldest = unseen.values.map(\.storedAt).min() else { return results }
    let found = try await sweep(for: unseen, since: oldest.adding(.zero - Self.clockSkew))
    for (payment, charge) in found.sorted(by: { $0.key < $1.key }) {
      if let attempt = unseen[payment] { results.append(Self.result(attempt, charge)) }
    }
    return results
  }

  /// One pass over the processor's list, newest first. Where several charges carry the same payment and attempt, the
  /// oldest is the one that was asked for; the others are the processor's own mistakes, and reconciling finds them.
  private func sweep(
    for attempts: [PaymentID: StoredAttempt], since start: Timestamp
  ) async throws -> [PaymentID: ProcessorCharge] {
    let found = Mutex<[PaymentID: ProcessorCharge]>([:])
    try await processor.charges(since: start) { page in
      found.withLock { found in
        for charge in page {
          guard let payment = charge.payment, let attempt = attempts[payment], charge.attempt == attempt.attempt
          else { continue }
          if let known = found[payment], known.state == .succeeded, charge.state != .succeeded { continue }
          found[payment] = charge
        }
      }
    }
    return found.withLock { $0 }
  }

  private static func sought(_ attempt: StoredAttempt) -> SoughtAttempt {
    SoughtAttempt(
      payment: attempt.payment, attempt: attempt.attempt, amount: attempt.amount,
      earlierDeclines: attempt.earlierDeclines)
  }

  private static func result(_ attempt: StoredAttempt, _ charge: ProcessorCharge, tries: Int? = nil) -> AttemptResult {
    let outcome: AttemptResult.Outcome =
      switch sought(attempt).step(after: charge, tries: tries) {
      case .end(let ending): .ended(ending)
      case .lookUp(let why, let reference): .open(why: why, lookUp: true, processorPayment: reference)
      default: .open(why: "undecided at the processor", lookUp: true, processorPayment: charge.processorPayment)
      }
    return AttemptResult(payment: attempt.payment, attempt: attempt.attempt, outcome: outcome)
  }
}

extension AttemptResult {
  /// Whether it says anything of the attempt: a charge that is not its own does not.
  fileprivate var tells: Bool {
    if case .open(_, _, processorPayment: nil) = outcome { false } else { true }
  }
}
