/// What one attempt asked for, to be held against what the processor has.
package struct SoughtAttempt: Sendable, Equatable {
  package var payment: PaymentID
  package var attempt: Int
  package var amount: Money

  package init(payment: PaymentID, attempt: Int, amount: Money) {
    self.payment = payment
    self.attempt = attempt
    self.amount = amount
  }

  /// What a charge that was looked up says of the attempt. Only an ending settles it; all else leaves it open.
  ///
  /// A charge that is not this attempt's (a hold that somebody else captured, another amount) proves nothing. Nor does
  /// the decline of an attempt before it: a later attempt confirms the payment that an earlier one made, whose
  /// metadata names the earlier one, and a request that never arrived leaves the old decline standing there.
  package func step(after charge: ProcessorCharge) -> ChargeLifecycle.Step {
    guard charge.payment == payment, charge.amount.currency == amount.currency, charge.amount.minor >= amount.minor
    else { return .lookUp(why: "the processor's charge is not this payment's", reference: nil) }
    if case .failed = charge.state, charge.attempt != attempt {
      return .lookUp(why: "the processor's decline may be an earlier attempt's", reference: nil)
    }
    let step = ChargeLifecycle.step(after: charge, proof: .lookUp)
    if case .lookUp(_, let reference) = step {
      return .lookUp(why: "undecided at the processor", reference: reference)
    }
    return step
  }
}
