import SettleModel

/// One answer of each kind that a processor can give. The switch below makes the compiler ask for a new kind's place.
enum Answers {
  static let now = instant("2026-11-20T02:00:00Z")

  static func charge(_ state: ProcessorCharge.State) -> ProcessorCharge {
    ProcessorCharge(
      processorPayment: "pi_1", processorCharge: "ch_1", state: state, amount: money(1_000), captured: 1_000,
      refunded: 0, disputed: false, payment: nil, attempt: 1, createdAt: now)
  }

  static func refund(_ state: ProcessorRefund.State, failure: String? = nil) -> ProcessorRefund {
    ProcessorRefund(
      reference: "re_1", processorCharge: "ch_1", state: state, amount: money(1_000), refund: nil, failure: failure)
  }

  static let decline = Decline(
    reason: .insufficientFunds, code: "insufficient_funds", processorPayment: "pi_1", mayRetry: true)

  static let all: [ProcessorAnswer] = [
    .charged(charge(.succeeded)), .charged(charge(.failed(decline))), .charged(charge(.failed(nil))),
    .charged(charge(.pending)), .charged(charge(.held)), .charged(charge(.canceled)), .refunded(refund(.succeeded)),
    .refunded(refund(.pending)), .refunded(refund(.failed, failure: "lost_or_stolen_card")),
    .refunded(refund(.failed)), .refunded(refund(.requiresAction)), .refunded(refund(.canceled)),
    .pending(reference: "pi_1"),
    .canceled(reference: "pi_1"), .declined(decline), .refused(code: "parameter_invalid", message: "never kept"),
    .unknown(why: "timeout", replayed: false), .unknown(why: "saved 500", replayed: true),
    .unreachable(why: "refused connection"), .later(why: "429"), .notPermitted(why: "401"),
    .keyMismatch(why: "idempotency_error"),
  ]

  static let kinds = [
    "charged", "refunded", "pending", "canceled", "declined", "refused", "unknown", "unreachable", "later",
    "notPermitted", "keyMismatch",
  ]

  static func kind(of answer: ProcessorAnswer) -> String {
    switch answer {
    case .charged: "charged"
    case .refunded: "refunded"
    case .pending: "pending"
    case .canceled: "canceled"
    case .declined: "declined"
    case .refused: "refused"
    case .unknown: "unknown"
    case .unreachable: "unreachable"
    case .later: "later"
    case .notPermitted: "notPermitted"
    case .keyMismatch: "keyMismatch"
    }
  }
}
