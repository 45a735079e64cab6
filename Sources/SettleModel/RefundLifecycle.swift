/// The processor's own word for where a refund is. Stored spellings are the processors' common ones.
package enum ProcessorRefundState: String, Sendable, CaseIterable {
  case pending
  /// It waits for its customer, for bank details, say; it may still be paid, canceled or fail.
  case requiresAction = "requires_action"
  case succeeded, failed, canceled
}

/// What became of a refund's request, to be recorded.
package enum RefundResult: Sendable, Equatable {
  case processed(reference: String)
  /// The processor has it and has not finished.
  case pending(reference: String)
  case requiresAction(reference: String)
  /// The processor took it on and it failed; or, without a reference, it refused the request.
  case failed(reference: String?, why: String)
  case canceled(reference: String)
  case unknown(why: String)

  /// Where the refund is at the processor; nil where it has none, or none is known.
  package var processorState: ProcessorRefundState? {
    switch self {
    case .processed: .succeeded
    case .pending: .pending
    case .requiresAction: .requiresAction
    case .failed(let reference, _): reference == nil ? nil : .failed
    case .canceled: .canceled
    case .unknown: nil
    }
  }
}

/// What is known of one refund whose request is stored, and what to do after each answer: the protocol of a charge.
package struct RefundLifecycle: Sendable, Equatable {
  package enum Step: Sendable, Equatable {
    case end(RefundResult)
    /// Send the very same bytes again, after a pause.
    case repeatSame(after: Duration)
    /// Ask the processor which refunds the charge has. Unlike charges, they can be listed in one call, so this is also
    /// what follows the last repeat.
    case lookUp(why: String)
    case stop(StageStop)
  }

  private var request: StoredRequest

  /// Before this instant the same bytes may be sent again.
  package var keyExpires: Timestamp { request.keyExpires }

  package init(storedAt: Timestamp, keyLife: Duration, margin: Duration) {
    request = StoredRequest(storedAt: storedAt, keyLife: keyLife, margin: margin)
  }

  /// - Parameter keyExpires: as stored with the request.
  package init(keyExpires: Timestamp) { request = StoredRequest(keyExpires: keyExpires) }

  package func maySend(at now: Timestamp) -> Bool { request.maySend(at: now) }

  package mutating func answered(_ answer: ProcessorAnswer, at now: Timestamp) -> Step {
    switch request.answered(answer, at: now) {
    case .told: Self.meaning(of: answer)
    case .repeatSame(let pause): .repeatSame(after: pause)
    case .lookUp(let why), .enough(let why): .lookUp(why: why)
    case .stop(let stop): .stop(stop)
    }
  }

  private static func meaning(of answer: ProcessorAnswer) -> Step {
    switch answer {
    case .refunded(let refund): return .end(result(of: refund))
    case .pending(let reference): return .end(.pending(reference: reference))
    case .canceled(let reference): return .end(.canceled(reference: reference))
    case .declined(let decline): return .end(.failed(reference: nil, why: decline.code))
    case .refused(let code, _): return .end(.failed(reference: nil, why: code))
    case .charged: return .stop(.defect("a refund was answered with a charge"))
    case .unknown, .unreachable, .later, .notPermitted, .keyMismatch:
      return .stop(.defect("an answer that tells nothing was taken for one that does"))
    }
  }

  /// What a refund as the processor has it means.
  package static func result(of refund: ProcessorRefund) -> RefundResult {
    switch refund.state {
    case .succeeded: .processed(reference: refund.reference)
    case .pending: .pending(reference: refund.reference)
    case .requiresAction: .requiresAction(reference: refund.reference)
    case .failed: .failed(reference: refund.reference, why: refund.failure ?? "failed")
    case .canceled: .canceled(reference: refund.reference)
    }
  }

  /// What the processor's own record of a charge's refunds says of the one that was asked for. What it does not hold
  /// stays unknown: it may have been asked for and not be shown yet, and it is never asked for again here.
  ///
  /// - Parameter listed: newest first. Where several carry the same id, the oldest is the one that was asked for.
  package static func result(of order: RefundOrder, among listed: [ProcessorRefund], otherwise why: String)
    -> RefundResult
  {
    guard let found = listed.last(where: { $0.refund == order.refund }) else { return .unknown(why: why) }
    return result(of: order, as: found)
  }

  /// What the processor's own record of a refund says of the one that was asked for; one of another amount or charge
  /// proves nothing.
  package static func result(of order: RefundOrder, as found: ProcessorRefund) -> RefundResult {
    guard found.amount == order.amount, found.processorCharge ?? order.processorCharge == order.processorCharge else {
      return .unknown(why: "the processor's refund is not the one that was asked for")
    }
    return result(of: found)
  }
}
