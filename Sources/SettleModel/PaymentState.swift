/// What is known of a payment. Proof of money always wins, so the order below is also the only direction of travel.
package enum PaymentState: String, Sendable, CaseIterable, Comparable {
  case requested = "REQUESTED"
  /// No retry remains.
  case failed = "FAILED"
  case succeeded = "SUCCEEDED"

  private var rank: Int {
    switch self {
    case .requested: 0
    case .failed: 1
    case .succeeded: 2
    }
  }

  package static func < (left: PaymentState, right: PaymentState) -> Bool { left.rank < right.rank }

  /// The state after being told another: whichever of the two is further on.
  package func told(_ other: PaymentState) -> PaymentState { max(self, other) }
}

/// What is known of a refund.
package enum RefundState: String, Sendable, CaseIterable {
  case requested = "REQUESTED"
  case processed = "PROCESSED"
  case failed = "FAILED"
}

/// Why a payment failed, in the contract's four words. The processor's own code is always kept beside it.
package enum FailureReason: String, Sendable, CaseIterable {
  case cardDeclined = "CARD_DECLINED"
  case insufficientFunds = "INSUFFICIENT_FUNDS"
  case expiredCard = "EXPIRED_CARD"
  case processingError = "PROCESSING_ERROR"
}
