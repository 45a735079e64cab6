import SettleModel
import SettleStore
import Synchronization

/// Finds out what became of attempts that no repeat can settle: by the processor's own record, never by a new charge.
struct ChargeLookUp: Sendable {
  let processor: any ProcessorAdapter

  /// Clocks of two companies differ; a charge is looked for from this much before its attempt was stored.
  static let clockSkew: Duration = .seconds(600)

  /// The results of attempts that were found. What was not found stays open, and is in none.
  func results(for attempts: [StoredAttempt]) async throws -> [AttemptResult] {
    var results: [AttemptResult] = []
    var unseen: [PaymentID: StoredAttempt] = [:]
    for attempt in attempts {
      if let reference = attempt.processorPayment {
        if let charge = try await processor.charge(reference) { results.append(Self.result(attempt, charge)) }
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

  private static func result(_ attempt: StoredAttempt, _ charge: ProcessorCharge) -> AttemptResult {
    let sought = SoughtAttempt(payment: attempt.payment, attempt: attempt.attempt, amount: attempt.amount)
    let outcome: AttemptResult.Outcome =
      switch sought.step(after: charge) {
      case .end(let ending): .ended(ending)
      case .lookUp(let why, let reference): .open(why: why, lookUp: true, processorPayment: reference)
      default: .open(why: "undecided at the processor", lookUp: true, processorPayment: charge.processorPayment)
      }
    return AttemptResult(payment: attempt.payment, attempt: attempt.attempt, outcome: outcome)
  }
}
