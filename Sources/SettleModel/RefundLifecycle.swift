/// What became of a refund's request, to be recorded.
package enum RefundResult: Sendable, Equatable {
  case processed(reference: String)
  /// The processor has it and has not finished.
  case pending(reference: String)
  case failed(reference: String?, why: String)
  case unknown(why: String)
}

/// What is known of one refund whose request is stored, and what to do after each answer: the protocol of a charge.
package struct RefundLifecycle: Sendable, Equatable {
  package enum Step: Sendable, Equatable {
    case end(RefundResult)
    /// Send the very same bytes again, after a pause.
    case repeatSame(after: Duration)
    /// Ask the processor which refunds the charge has.
    case lookUp(why: String)
    case stop(StageStop)
  }

  /// How often the same bytes are repeated within one run.
  static let repeats = 4

  /// Before this instant the same bytes may be sent again.
  package let keyExpires: Timestamp
  private var asked = 0

  package init(storedAt: Timestamp, keyLife: Duration, margin: Duration) {
    keyExpires = storedAt.adding(keyLife - margin)
  }

  package func maySend(at now: Timestamp) -> Bool { now < keyExpires }

  package mutating func answered(_ answer: ProcessorAnswer, at now: Timestamp) -> Step {
    asked += 1
    switch answer {
    case .refunded(let refund): return .end(Self.result(of: refund))
    case .pending(let reference): return .end(.pending(reference: reference))
    case .canceled(let reference): return .end(.failed(reference: reference, why: "canceled"))
    case .declined(let decline): return .end(.failed(reference: nil, why: decline.code))
    case .refused(let code, _): return .end(.failed(reference: nil, why: code))
    case .unknown(let why, replayed: true): return .lookUp(why: why)
    case .unknown(let why, replayed: false):
      let pause = Duration.milliseconds(50 << asked)
      return asked <= Self.repeats && maySend(at: now.adding(pause)) ? .repeatSame(after: pause) : .lookUp(why: why)
    case .unreachable(let why): return .stop(.unreachable(why))
    case .later(let why): return .stop(.later(why))
    case .notPermitted(let why): return .stop(.notPermitted(why))
    case .keyMismatch(let why): return .stop(.defect("an idempotency key was used with another body: \(why)"))
    case .charged: return .stop(.defect("a refund was answered with a charge"))
    }
  }

  /// What a refund as the processor has it means.
  package static func result(of refund: ProcessorRefund) -> RefundResult {
    switch refund.state {
    case .succeeded: .processed(reference: refund.reference)
    case .pending: .pending(reference: refund.reference)
    case .failed: .failed(reference: refund.reference, why: refund.failure ?? "failed")
    case .canceled: .failed(reference: refund.reference, why: "canceled")
    }
  }
}
