/// Stripe's PaymentIntent, as far as settle uses it; amounts in Stripe's minor units, instants in Unix seconds.
struct PaymentIntent: Sendable, Equatable {
  enum Status: String, Sendable {
    case requiresPaymentMethod = "requires_payment_method"
    case requiresConfirmation = "requires_confirmation"
    case requiresAction = "requires_action"
    case processing
    case requiresCapture = "requires_capture"
    case succeeded
    case canceled
  }

  let id: String
  let amount: Int64
  let currency: String
  let created: Int64
  let manualCapture: Bool
  var customer: String?
  var description: String?
  var metadata: Metadata
  var status: Status
  var paymentMethod: String?
  var latestCharge: String?
  /// What the client is told was received; an overcharge is not told.
  var amountReceived: Int64 = 0
  var lastDecline: Decline?
  var canceledAt: Int64?
  var cancellationReason: String?

  var amountCapturable: Int64 { status == .requiresCapture ? amount : 0 }
}

/// Stripe's Charge: one trial of a card, succeeded or failed.
struct Charge: Sendable, Equatable {
  let id: String
  let intent: String
  /// What was asked.
  let amount: Int64
  let currency: String
  let created: Int64
  let paymentMethod: String?
  let decline: Decline?
  /// What the client was told was captured.
  var told: Int64 = 0
  /// What was really taken, an overcharge included; nil while it is only held.
  var taken: Int64?
  var refunded: Int64 = 0
  /// The hold has been let go.
  var released = false

  var refundable: Int64 { (taken ?? 0) - refunded }
}

/// Stripe's Refund. Most succeed at once; see ``RefundBehaviour`` for the others.
struct Refund: Sendable, Equatable {
  enum Status: String, Sendable {
    case pending
    case requiresAction = "requires_action"
    case succeeded, failed, canceled
  }

  let id: String
  let charge: String
  let intent: String
  let amount: Int64
  let currency: String
  let created: Int64
  let reason: String?
  let metadata: Metadata
  var status = Status.succeeded
  /// Whether its money has left, though it may have come back since.
  var moved = true
  var failureReason: String?
  /// The movement by which its money came back.
  var failureMovement: String?

  static func balanceTransaction(of id: String) -> String { "txn_" + id.drop { $0 != "_" }.dropFirst() }
}

/// Money that went to the merchant's bank: one a UTC day of `created` and currency.
struct Payout: Sendable, Equatable {
  let id: String
  /// Days since 1970-01-01, UTC.
  let day: Int64
  let currency: String
  /// Net of the day's reported charges and refunds; negative where refunds outweigh.
  let amount: Int64
}

/// One movement of money, as a line of the ledger tells it.
struct Movement: Sendable, Equatable {
  enum Kind: String, Sendable {
    case charge, refund, payout
    /// A refund's money that came back.
    case refundFailure = "refund_failure"
  }

  /// The charge's, refund's or payout's id; a failure has one of its own.
  let id: String
  let kind: Kind
  /// Positive for charges, refunds and their failures alike.
  let amount: Int64
  /// What Stripe keeps of it.
  let fee: Int64
  let currency: String
  let created: Int64
  var intent: String?
  /// The charge that a refund gives back.
  var charge: String?
  /// The refund that failed.
  var refund: String?
  /// Where less than the hold was captured: the hold.
  var authorized: Int64?
  var metadata = Metadata()
  /// The key of the request that asked for it; nobody asked for a duplicate.
  var idempotencyKey: String?
  var anomaly: Anomaly?

  var balanceTransaction: String { Refund.balanceTransaction(of: id) }
}
