import Faults
import SettleModel

// What the fault harness seeds into charging and refunding, to prove that it would see it (``Defect``).

extension ProcessorRequest {
  /// The same request; under a key that nobody has seen where the defect is seeded.
  func keyed(anew defect: Defect) -> ProcessorRequest {
    guard defect.isSeeded else { return self }
    var request = self
    request.idempotencyKey = "\(idempotencyKey)-\(UInt64.random(in: 0 ... .max))"
    return request
  }
}

extension Defect {
  /// Whether a key is used though the processor may have forgotten it.
  static var trustsOldKeys: Bool { repostAfterKeyLife.isSeeded || noCallGuard.isSeeded }
}

extension ChargeLifecycle.Ending {
  /// What an unknown answer counts as where ``Defect/unknownAsFailed`` is seeded.
  static let mistakenDecline = ChargeLifecycle.Ending.declined(
    Decline(reason: .processingError, code: "unknown", processorPayment: nil, mayRetry: false))
}
