package import SettleModel

/// All that the store knows about one payment, or about reported money that belongs to none, a payout or a bank line.
package struct Explanation: Sendable {
  /// The payment's id, or the one derived for what is no payment.
  package var id: PaymentID
  /// Nil for money that belongs to no payment.
  package var payment: PaymentFacts?
  package var attempts: [AttemptFacts] = []
  package var cancellations: [CancellationFacts] = []
  package var outcomes: [OutcomeFacts] = []
  package var matches: [MatchFacts] = []
  package var breaks: [BreakFacts] = []
  package var refunds: [RefundFacts] = []
  package var decisions: [DecisionFacts] = []
  package var events: [EventFacts] = []
  package var trail: [AuditEntry] = []
  /// The payouts that its money went into; where a payout or a bank line is explained, that one.
  package var payouts: [PayoutFacts] = []
  package var bankLines: [BankLineFacts] = []
}

package struct PaymentFacts: Sendable {
  package var merchant: String
  package var processor: String
  package var orderReference: String
  package var authorizationID: String?
  package var customer: String?
  package var amount: Money
  package var state: PaymentState
  package var failureReason: FailureReason?
  package var failureCode: String?
  package var proof: String?
  package var processorPayment: String?
  package var processorCharge: String?
  package var recordedAt: Timestamp
  package var recordedOn: BusinessDate
  package var chargeDueOn: BusinessDate?
  /// `file:line` of the authorization, where a file brought it.
  package var source: String?
}

package struct AttemptFacts: Sendable {
  package var attempt: Int32
  package var operation: String
  /// The payment method or hold that it asked to charge, where that was kept.
  package var instrument: String?
  package var idempotencyKey: String
  package var state: String
  package var createdAt: Timestamp
  package var answeredAt: Timestamp?
  package var businessDate: BusinessDate
  package var unknownWhy: String?
  package var reason: String?
  package var code: String?
  package var keyExpiresAt: Timestamp
  /// How often it was looked for in vain since its key expired.
  package var lookUps: Int32
  package var lookedUpAt: Timestamp?
  /// Since when nobody looks for it any more.
  package var givenUpAt: Timestamp?
}

package struct CancellationFacts: Sendable {
  package var processorPayment: String
  package var idempotencyKey: String
  package var state: String
  package var createdAt: Timestamp
  package var answeredAt: Timestamp?
  package var businessDate: BusinessDate
  package var unknownWhy: String?
  package var code: String?
}

package struct OutcomeFacts: Sendable {
  package var id: OutcomeID
  package var kind: OutcomeKind
  package var compared: Money
  package var fee: Money
  package var occurredAt: Timestamp
  /// When settle took it in.
  package var loadedAt: Timestamp
  package var businessDate: BusinessDate
  package var source: String
  package var linkedBy: String?
  package var reference: String?
  package var payout: String?
  package var reason: String?
  /// The processor's word for the payment method.
  package var method: String?
  /// What settled, where that was in another currency than the customer's, and at which rate the file says.
  package var settled: Money?
  package var exchangeRate: String?
}

package struct MatchFacts: Sendable {
  package var kind: String
  package var rule: String
  package var amount: Money
  package var businessDate: BusinessDate
  package var outcome: OutcomeID
  /// When it was made, as well as the journal of stages tells.
  package var about: Timestamp
}

package struct BreakFacts: Sendable {
  package var id: BreakID
  package var reason: BreakReason
  package var isOpen: Bool
  package var expected: Money?
  package var reported: Money?
  package var firstSeen: BusinessDate
  package var resolvedOn: BusinessDate?
  package var resolution: String?
  package var heldBack: RefundPolicy.Held?
  package var openedAbout: Timestamp
  package var resolvedAbout: Timestamp?
}

package struct RefundFacts: Sendable {
  package var id: RefundID
  package var amount: Money
  package var state: RefundState
  package var reason: BreakReason
  package var rule: String
  package var processorCharge: String
  package var processorRefund: String?
  /// Where it is at its processor, in the processor's words.
  package var processorState: String?
  package var requestedAt: Timestamp
  package var processedAt: Timestamp?
  package var failedAt: Timestamp?
  package var failure: String?
  package var unknownWhy: String?
}

package struct EventFacts: Sendable {
  package var type: MessageType
  package var occurredAt: Timestamp
  /// Nil until somebody asked for events.
  package var sequence: Int64?
}
