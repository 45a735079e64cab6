import Testing

@testable import SettleModel

/// What a charge that was looked up says of one attempt.
@Suite struct ChargeFindingTests {
  private static let payment = PaymentID(merchant: "m", order: "A-1")
  private static let decline = Decline(
    reason: .cardDeclined, code: "lost_card", processorPayment: "pi_1", mayRetry: false)

  private func step(
    _ state: ProcessorCharge.State, attempt: Int, made: Int?, payment: PaymentID? = Self.payment, amount: Int64 = 1_000
  ) throws -> ChargeLifecycle.Step {
    let usd = try #require(Currency("USD"))
    let charge = ProcessorCharge(
      processorPayment: "pi_1", processorCharge: "ch_1", state: state, amount: Money(minor: amount, currency: usd),
      captured: amount, refunded: 0, disputed: false, payment: payment, attempt: made,
      createdAt: Timestamp(seconds: 0))
    return SoughtAttempt(payment: Self.payment, attempt: attempt, amount: Money(minor: 1_000, currency: usd))
      .step(after: charge)
  }

  @Test(arguments: [(1, 1), (2, 1), (2, 2), (3, nil)] as [(Int, Int?)])
  func moneyIsProofForEveryAttempt(_ attempt: Int, _ made: Int?) throws {
    guard case .end(.succeeded(_, proof: .lookUp)) = try step(.succeeded, attempt: attempt, made: made) else {
      Issue.record("the charge was not believed")
      return
    }
  }

  @Test func aDeclineEndsTheAttemptThatItNames() throws {
    #expect(try step(.failed(Self.decline), attempt: 1, made: 1) == .end(.declined(Self.decline)))
    #expect(try step(.failed(Self.decline), attempt: 2, made: 2) == .end(.declined(Self.decline)))
  }

  /// A confirmation that never arrived leaves the decline of the attempt before it standing.
  @Test(arguments: [1, nil] as [Int?])
  func anEarlierDeclineSaysNothingOfALaterAttempt(_ made: Int?) throws {
    guard case .lookUp(_, reference: nil) = try step(.failed(Self.decline), attempt: 2, made: made) else {
      Issue.record("an earlier attempt's decline was believed")
      return
    }
  }

  /// As many tries as declines that were told are those very attempts; one more is this attempt's.
  @Test(arguments: [(1, false), (2, false), (3, true)])
  func theNumberOfTriesTellsWhoseDeclineItIs(_ tries: Int, _ isOwn: Bool) throws {
    let usd = try #require(Currency("USD"))
    let charge = ProcessorCharge(
      processorPayment: "pi_1", processorCharge: "ch_3", state: .failed(Self.decline),
      amount: Money(minor: 1_000, currency: usd), captured: 0, refunded: 0, disputed: false, payment: Self.payment,
      attempt: 1, createdAt: Timestamp(seconds: 0))
    let sought = SoughtAttempt(
      payment: Self.payment, attempt: 3, amount: Money(minor: 1_000, currency: usd), earlierDeclines: 2)
    #expect((sought.step(after: charge, tries: tries) == .end(.declined(Self.decline))) == isOwn)
  }

  @Test func aStrangersChargeSaysNothing() throws {
    let stranger = PaymentID(merchant: "m", order: "B-2")
    for step in [
      try step(.succeeded, attempt: 1, made: 1, payment: stranger),
      try step(.succeeded, attempt: 1, made: 1, payment: nil),
      try step(.succeeded, attempt: 1, made: 1, amount: 999),
    ] {
      #expect(step == .lookUp(why: "the processor's charge is not this payment's", reference: nil))
    }
  }

  @Test func whatIsUndecidedStaysOpen() throws {
    #expect(
      try step(.pending, attempt: 1, made: 1) == .lookUp(why: "undecided at the processor", reference: "pi_1"))
    #expect(try step(.canceled, attempt: 1, made: 1) == .end(.refused(code: "canceled")))
  }
}
