/// What is known of one request to give up a processor payment, and what to do after each answer.
///
/// Cancelling moves no money, however often it is asked for. What it must never be is believed too early: until the
/// processor says that the payment is canceled, a customer may still complete it.
package struct CancelLifecycle: Sendable, Equatable {
  package enum Ending: Sendable, Equatable {
    case canceled
    /// It took the money before it could be given up: proof of money.
    case succeeded(ProcessorCharge)
    /// The processor will not cancel it, or does not have it.
    case refused(code: String)
  }

  package enum Step: Sendable, Equatable {
    case end(Ending)
    /// Send the very same bytes again, after a pause.
    case repeatSame(after: Duration)
    /// Ask how the processor payment stands.
    case lookUp(why: String)
    case stop(StageStop)
  }

  /// Giving up takes no money, so the life of its key bounds no repeat.
  private var request = StoredRequest(keyExpires: Timestamp(microseconds: .max))

  package init() {}

  package mutating func answered(_ answer: ProcessorAnswer) -> Step {
    switch request.answered(answer, at: Timestamp(microseconds: 0)) {
    case .told: Self.meaning(of: answer)
    case .repeatSame(let pause): .repeatSame(after: pause)
    case .lookUp(let why), .enough(let why): .lookUp(why: why)
    case .stop(let stop): .stop(stop)
    }
  }

  private static func meaning(of answer: ProcessorAnswer) -> Step {
    switch answer {
    case .canceled: return .end(.canceled)
    case .charged(let charge): return ending(of: charge).map { .end($0) } ?? .lookUp(why: stillOpen)
    case .refused(let code, _): return .end(.refused(code: code))
    case .pending: return .lookUp(why: "processing")
    // A payment that waits for another payment method is not canceled, whatever the status around it.
    case .declined: return .lookUp(why: stillOpen)
    case .refunded: return .stop(.defect("a cancellation was answered with a refund"))
    case .unknown, .unreachable, .later, .notPermitted, .keyMismatch:
      return .stop(.defect("an answer that tells nothing was taken for one that does"))
    }
  }

  private static let stillOpen = "it is still open at the processor"

  /// What a processor payment as the processor has it says; nil where it may still be completed.
  package static func ending(of charge: ProcessorCharge) -> Ending? {
    switch charge.state {
    case .canceled: .canceled
    case .succeeded: .succeeded(charge)
    case .failed, .pending, .held: nil
    }
  }
}
