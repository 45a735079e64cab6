import SettleModel

/// What a Stripe refund says.
enum StripeRefunds {
  static func answer(to request: StripeExpectation, _ refund: StripeRefund, replayed: Bool) -> ProcessorAnswer {
    guard case .refund(let charge, let id) = request.kind, refund.charge == charge, refund.amount == request.amount,
      refund.metadata?["refund_id"].flatMap({ RefundID($0) }) == id
    else { return .unknown(why: "it answers with another refund", replayed: replayed) }
    guard let read = self.refund(refund) else {
      return .unknown(why: "its refund's amount or state cannot be read", replayed: replayed)
    }
    return .refunded(read)
  }

  /// nil where the amount, currency or status is none that settle knows.
  static func refund(_ refund: StripeRefund) -> ProcessorRefund? {
    guard let amount = StripeAmount.read(refund.amount, currency: refund.currency),
      StripeReference.refund.matches(refund.id), let state = state(refund.status)
    else { return nil }
    return ProcessorRefund(
      reference: refund.id, processorCharge: refund.charge, state: state, amount: amount,
      refund: refund.metadata?["refund_id"].flatMap { RefundID($0) },
      failure: refund.failureReason.map(StripeWords.code))
  }

  private static func state(_ status: String) -> ProcessorRefund.State? {
    switch status {
    case "succeeded": .succeeded
    case "pending": .pending
    case "requires_action": .requiresAction
    case "failed": .failed
    case "canceled": .canceled
    default: nil
    }
  }
}
