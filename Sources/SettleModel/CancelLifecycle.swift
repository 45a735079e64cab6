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

  /// How often the same bytes are repeated within one run.
  static let repeats = 4

  private var asked = 0

  package init() {}

  package mutating func answered(_ answer: ProcessorAnswer) -> Step {
    asked += 1
    switch answer {
    case .canceled: return .end(.canceled)
    case .charged(let charge):
      return Self.ending(of: charge).map { .end($0) } ?? .lookUp(why: "it is still open at the processor")
    case .refused(let code, _): return .end(.refused(code: code))
    case .pending: return .lookUp(why: "processing")
    // A payment that waits for another payment method is not canceled, whatever the status around it.
    case .declined: return .lookUp(why: "it is still open at the processor")
    case .unknown(let why, replayed: true): return .lookUp(why: why)
    case .unknown(let why, replayed: false):
      return asked <= Self.repeats ? .repeatSame(after: .milliseconds(50 << asked)) : .lookUp(why: why)
    case .unreachable(let why): return .stop(.unreachable(why))
    case .later(let why): return .stop(.later(why))
    case .notPermitted(let why): return .stop(.notPermitted(why))
    case .keyMismatch(let why): return .stop(.defect("an idempotency key was used with another body: \(why)"))
    case .refunded: return .stop(.defect("a cancellation was answered with a refund"))
    }
  }

  /// What a processor payment as the processor has it says; nil where it may still be completed.
  package static func ending(of charge: ProcessorCharge) -> Ending? {
    switch charge.state {
    case .canceled: .canceled
    case .succeeded: .succeeded(charge)
    case .failed, .pending, .held: nil
    }
  }
}
