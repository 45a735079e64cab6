/// What is known of one charge attempt whose request is stored, and what to do after each answer.
///
/// An answer that is not known is never a failure and never a reason for a new key: the same bytes are repeated while
/// the processor remembers the key, and looked up after that.
package struct ChargeLifecycle: Sendable, Equatable {
  /// How an attempt ended.
  package enum Ending: Sendable, Equatable {
    case succeeded(ProcessorCharge, proof: Proof)
    case declined(Decline)
    /// The processor refused the request itself; nothing moved.
    case refused(code: String)
  }

  /// What told of a success.
  package enum Proof: String, Sendable {
    case answer
    case lookUp = "look_up"
    case outcome
  }

  package enum Step: Sendable, Equatable {
    case end(Ending)
    /// Send the very same bytes again, after a pause.
    case repeatSame(after: Duration)
    /// Leave it open for the look-up that ends the stage: repeating will never tell more.
    case lookUp(why: String, reference: String?)
    /// Leave it open; a later run repeats it.
    case leave(why: String)
    /// Stop the stage; this attempt stays open.
    case stop(StageStop)
  }

  /// How often the same bytes are repeated within one run.
  static let repeats = 4

  /// Before this instant the same bytes may be sent again.
  package let keyExpires: Timestamp
  private var asked = 0

  /// - Parameters:
  ///   - storedAt: when the attempt was written, which is before its first byte can have left.
  ///   - keyLife: how long the processor remembers a key.
  ///   - margin: how much of that life is not used, since clocks differ.
  package init(storedAt: Timestamp, keyLife: Duration, margin: Duration) {
    keyExpires = storedAt.adding(keyLife - margin)
  }

  /// Of an attempt that says itself until when its key may be relied on.
  package init(keyExpires: Timestamp) { self.keyExpires = keyExpires }

  /// Whether the request may be sent at this instant at all.
  package func maySend(at now: Timestamp) -> Bool { now < keyExpires }

  /// What to do after an answer.
  package mutating func answered(_ answer: ProcessorAnswer, at now: Timestamp) -> Step {
    asked += 1
    switch answer {
    case .charged(let charge): return Self.step(after: charge, proof: .answer)
    case .declined(let decline): return .end(.declined(decline))
    case .refused(let code, _): return .end(.refused(code: code))
    case .canceled: return .end(.refused(code: "canceled"))
    case .pending(let reference): return .lookUp(why: "processing", reference: reference)
    case .unknown(let why, replayed: true): return .lookUp(why: why, reference: nil)
    case .unknown(let why, replayed: false):
      let pause = Duration.milliseconds(50 << asked)
      guard asked <= Self.repeats, maySend(at: now.adding(pause)) else { return .leave(why: why) }
      return .repeatSame(after: pause)
    case .unreachable(let why): return .stop(.unreachable(why))
    case .later(let why): return .stop(.later(why))
    case .notPermitted(let why): return .stop(.notPermitted(why))
    case .keyMismatch(let why): return .stop(.defect("an idempotency key was used with another body: \(why)"))
    case .refunded: return .stop(.defect("a charge was answered with a refund"))
    }
  }

  /// What a charge that was found by look-up says of the attempt.
  package static func step(after charge: ProcessorCharge, proof: Proof) -> Step {
    switch charge.state {
    case .succeeded: return .end(.succeeded(charge, proof: proof))
    case .failed(let decline?): return .end(.declined(decline))
    case .canceled: return .end(.refused(code: "canceled"))
    case .failed(nil), .pending, .held: return .lookUp(why: "undecided", reference: charge.processorPayment)
    }
  }
}

/// Why a stage ends before its work is done. What is left stays as it is for the next run.
package enum StageStop: Error, Sendable, Equatable, CustomStringConvertible {
  case unreachable(String)
  case later(String)
  case notPermitted(String)
  case defect(String)
  /// So many definite refusals in a row that the requests themselves must be wrong.
  case refusedInARow(Int, code: String)

  package var description: String {
    switch self {
    case .unreachable(let why):
      "the processor cannot be reached (\(why)): check STRIPE_API_BASE and the network, then run it again"
    case .later(let why): "stopped early, \(why); run it again later, it goes on where this ended"
    case .notPermitted(let why): "the processor refuses the key (\(why)): check STRIPE_API_KEY"
    case .defect(let what): "a defect of settle: \(what)"
    case .refusedInARow(let count, let code):
      "the processor refused \(count) requests in a row (\(code)): check the payment methods and the processor's account"
    }
  }
}
