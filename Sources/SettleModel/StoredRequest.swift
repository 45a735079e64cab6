/// What holds of every stored request, whatever it asks for: when its bytes may be repeated, when only the processor's own
/// record tells more, and when the stage stops.
///
/// ``ChargeLifecycle``, ``RefundLifecycle`` and ``CancelLifecycle`` add what the answers mean to them; a rule about
/// repeating changes here.
package struct StoredRequest: Sendable, Equatable {
  package enum Step: Sendable, Equatable {
    /// The answer tells what became of the request.
    case told
    /// Send the very same bytes again, after a pause.
    case repeatSame(after: Duration)
    /// Repeating will never tell more; the processor's own record may.
    case lookUp(why: String)
    /// Repeated often enough, or for as long as the key lives: no more within this run.
    case enough(why: String)
    case stop(StageStop)
  }

  /// How often the same bytes are repeated within one run.
  package static let repeats = 4

  /// Before this instant the same bytes may be sent again.
  package let keyExpires: Timestamp
  private var asked = 0

  /// - Parameters:
  ///   - storedAt: when the request was written, which is before its first byte can have left.
  ///   - keyLife: how long the processor remembers a key.
  ///   - margin: how much of that life is not used, since clocks differ.
  package init(storedAt: Timestamp, keyLife: Duration, margin: Duration) {
    keyExpires = storedAt.adding(keyLife - margin)
  }

  package init(keyExpires: Timestamp) { self.keyExpires = keyExpires }

  package func maySend(at now: Timestamp) -> Bool { now < keyExpires }

  package mutating func answered(_ answer: ProcessorAnswer, at now: Timestamp) -> Step {
    asked += 1
    switch answer {
    case .charged, .refunded, .pending, .canceled, .declined, .refused: return .told
    case .unknown(let why, replayed: true): return .lookUp(why: why)
    case .unknown(let why, replayed: false):
      let pause = Duration.milliseconds(50 << asked)
      guard asked <= Self.repeats, maySend(at: now.adding(pause)) else { return .enough(why: why) }
      return .repeatSame(after: pause)
    case .unreachable(let why): return .stop(.unreachable(why))
    case .later(let why): return .stop(.later(why))
    case .notPermitted(let why): return .stop(.notPermitted(why))
    case .keyMismatch(let why): return .stop(.defect("an idempotency key was used with another body: \(why)"))
    }
  }
}
