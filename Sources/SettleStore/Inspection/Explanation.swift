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
  /// What named another payment method or hold for it.
  package var instruments: [InstrumentFacts] = []
  /// The payouts that its money went into; where a payout or a bank line is explained, that one.
  package var payouts: [PayoutFacts] = []
  package var bankLines: [BankLineFacts] = []
  /// Where a bank statement is explained: it, after the one that it should follow.
  package var statements: [StatementFacts] = []
  /// Breaks of those payouts and bank lines, and of a file that its payment waits for, with what was decided about them.
  package var furtherBreaks: [BreakFacts] = []
  package var furtherDecisions: [DecisionFacts] = []
  /// Reported money and payments that fit each other, where nothing proves which belongs to which.
  package var candidates: [CandidateFacts] = []
  /// What of it later reports changed in earlier ones.
  package var restatements: [RestatementFacts] = []
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

/// A row of an authorizations file that named another payment method or hold.
package struct InstrumentFacts: Sendable {
  package var paymentMethod: String?
  package var hold: String?
  package var businessDate: BusinessDate
  package var loadedAt: Timestamp
  package var source: String
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
  /// What was left after the fee, in the settlement currency as the fee is.
  package var net: Money
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
  /// Since when the processor says something else under the same id; nil for what it says now.
  package var replacedOn: BusinessDate?
}

package struct MatchFacts: Sendable {
  package var kind: String
  package var rule: String
  /// What was expected.
  package var amount: Money
  /// Reported less expected, where a rule's tolerance let it pass.
  package var tolerated: Money?
  package var businessDate: BusinessDate
  package var outcome: OutcomeID
  /// `file:line` of the outcome.
  package var source: String?
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
  /// What judged it: a matching rule, a line of the fee schedule.
  package var rule: String?
  /// The payout, bank line, statement or file that it is about, where that is no payment's record.
  package var about: String?
  /// `file:line` of the record as it was found, of the bank lines or the statement.
  package var evidence: [String]
  /// What came after it, and explained or corrected it.
  package var later: LaterRow?
  /// Where it is open and something is missing: refused rows that may tell it.
  package var refused: RefusedRows?
}

/// A row of a published `restatements.csv`.
package struct RestatementFacts: Sendable, Equatable {
  /// The date whose facts changed the earlier report.
  package var businessDate: BusinessDate
  package var publishedAt: Timestamp
  package var reportDate: String
  /// The last report that it is about; nil where it was published without one.
  package var lastReportDate: String?
  package var file: String
  package var key: String
  package var column: String
  package var from: String
  package var to: String
  package var currency: String?
  package var evidence: String?

  package init(
    businessDate: BusinessDate, publishedAt: Timestamp, reportDate: String, lastReportDate: String?, file: String,
    key: String, column: String, from: String, to: String, currency: String?, evidence: String?
  ) {
    self.businessDate = businessDate
    self.publishedAt = publishedAt
    self.reportDate = reportDate
    self.lastReportDate = lastReportDate
    self.file = file
    self.key = key
    self.column = column
    self.from = from
    self.to = to
    self.currency = currency
    self.evidence = evidence
  }
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
