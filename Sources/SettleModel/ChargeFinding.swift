/// What one attempt asked for, to be held against what the processor has.
package struct SoughtAttempt: Sendable, Equatable {
  package var payment: PaymentID
  package var attempt: Int
  package var amount: Money
  /// How many attempts before it were declined at the same processor payment.
  package var earlierDeclines: Int

  package init(payment: PaymentID, attempt: Int, amount: Money, earlierDeclines: Int = 0) {
    self.payment = payment
    self.attempt = attempt
    self.amount = amount
    self.earlierDeclines = earlierDeclines
  }

  /// What a charge that was looked up says of the attempt. Only an ending settles it; all else leaves it open.
  ///
  /// A charge that is not this attempt's (a hold that somebody else captured, another amount) proves nothing. Nor does
  /// the decline of an attempt before it: a later attempt confirms the payment that an earlier one made, whose
  /// metadata names the earlier one, and a request that never arrived leaves the old decline standing there. Whether it
  /// arrived, the number of tries at the processor tells.
  ///
  /// - Parameter tries: how often the processor has tried to charge its payment; nil where that was not asked.
  package func step(after charge: ProcessorCharge, tries: Int? = nil) -> ChargeLifecycle.Step {
    guard charge.took(atLeast: amount, of: payment) else {
      return .lookUp(why: "the processor's charge is not this payment's", reference: nil)
    }
    if mayBeEarlier(charge), (tries ?? 0) <= earlierDeclines {
      return .lookUp(why: "the processor's decline may be an earlier attempt's", reference: nil)
    }
    let step = ChargeLifecycle.step(after: charge, proof: .lookUp)
    if case .lookUp(_, let reference) = step {
      return .lookUp(why: "undecided at the processor", reference: reference)
    }
    return step
  }

  /// Whether a decline that was found may be the one of an attempt before this one.
  package func mayBeEarlier(_ charge: ProcessorCharge) -> Bool {
    if case .failed = charge.state { charge.attempt != attempt } else { false }
  }
}

extension ProcessorCharge {
  /// Whether it is this payment's, in its currency and for no less: only then does it prove anything of the payment.
  package func took(atLeast amount: Money, of payment: PaymentID) -> Bool {
    self.payment == payment && self.amount.currency == amount.currency && self.amount.minor >= amount.minor
  }
}
