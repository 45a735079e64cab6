/// The messages of the payment system's contract. Names and fields are fixed; JSON in camelCase.
package enum MessageType: String, Sendable, CaseIterable {
  case authorizePayment = "AuthorizePayment"
  case paymentRequested = "PaymentRequested"
  case paymentSucceeded = "PaymentSucceeded"
  case paymentFailed = "PaymentFailed"
  case refundRequested = "RefundRequested"
  case refundProcessed = "RefundProcessed"
}

/// A published event: past tense, in the order of `sequence`, which is given after commit.
package struct Event: Sendable, Equatable {
  package var sequence: Int64
  package var type: MessageType
  package var occurredAt: Timestamp
  /// JSON with exactly the contract's fields.
  package var payload: String

  package init(sequence: Int64, type: MessageType, occurredAt: Timestamp, payload: String) {
    self.sequence = sequence
    self.type = type
    self.occurredAt = occurredAt
    self.payload = payload
  }
}
