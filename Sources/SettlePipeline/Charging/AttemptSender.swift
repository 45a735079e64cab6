import Faults
import SettleModel
import SettleStore

/// Sends one stored attempt and decides, by its lifecycle, what each answer means.
struct AttemptSender: Sendable {
  let processor: any ProcessorAdapter
  /// Throws unless the lease still holds, on boot time.
  let permit: @Sendable () throws -> Void
  /// Database time, carried forward on boot time.
  let clock: @Sendable () -> Timestamp

  /// The attempt's result, and why the stage must stop, if it must.
  func send(_ attempt: StoredAttempt) async throws -> (AttemptResult, StageStop?) {
    var lifecycle = ChargeLifecycle(keyExpires: attempt.keyExpires)
    let keyExpires = lifecycle.keyExpires
    var request = attempt.request
    while true {
      // An old attempt takes no turn from those that may be sent.
      guard lifecycle.maySend(at: clock()) || Defect.trustsOldKeys else { return (open(attempt, KeyExpired.why, lookUp: true), nil) }
      let answer: ProcessorAnswer
      do {
        answer = try await processor.send(request.keyed(anew: .randomKey)) {
          guard !Defect.noCallGuard.isSeeded else { return }
          try permit()
          guard clock() < keyExpires || Defect.trustsOldKeys else { throw KeyExpired() }
        }
      } catch is KeyExpired {
        return (open(attempt, KeyExpired.why, lookUp: true), nil)
      } catch is CancellationError {
        return (open(attempt, "stopped on request", lookUp: false), .later("it was stopped on request"))
      }
      switch lifecycle.answered(answer, at: clock()) {
      case .end(let ending):
        return (AttemptResult(payment: attempt.payment, attempt: attempt.attempt, outcome: .ended(ending)), nil)
      case .repeatSame(let pause):
        request = request.keyed(anew: .newKeyOnRepeat)
        try await Task.sleep(for: pause)
      case .leave where Defect.unknownAsFailed.isSeeded:
        return (
          AttemptResult(payment: attempt.payment, attempt: attempt.attempt, outcome: .ended(.mistakenDecline)), nil
        )
      case .lookUp(let why, let reference):
        return (open(attempt, why, lookUp: true, reference: reference), nil)
      case .leave(let why): return (open(attempt, why, lookUp: false), nil)
      case .stop(let stop): return (open(attempt, "the stage stopped", lookUp: false), stop)
      }
    }
  }

  private func open(
    _ attempt: StoredAttempt, _ why: String, lookUp: Bool, reference: String? = nil
  ) -> AttemptResult {
    AttemptResult(
      payment: attempt.payment, attempt: attempt.attempt,
      outcome: .open(why: why, lookUp: lookUp, processorPayment: reference))
  }
}

/// A request's key has outlived what the processor remembers, so it was not sent.
struct KeyExpired: Error {
  static let why = "the processor may have forgotten its idempotency key"
}
