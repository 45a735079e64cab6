import SettleModel

/// A row of `payments`, as far as charging and refunding need it.
struct SimulatedPayment {
  var id: PaymentID
  var amount: Money
  var instrument: Instrument
  var authorizedAt: Timestamp
  var state = PaymentState.requested
  /// Whether an attempt may be made: `charge_due_on`.
  var isDue = true
  var attempts = 0
  var intent: String?
  var charge: String?
}

/// A row of `charge_attempts`.
struct SimulatedAttempt {
  enum State { case open, succeeded, declined, refused, superseded }
  var payment: PaymentID
  var number: Int
  var amount: Money
  var request: SimulatedRequest
  var storedAt: Timestamp
  var state = State.open
  var lookUp = false
}

/// What became of one attempt, to be recorded.
struct SimulatedResult {
  enum Outcome {
    case ended(ChargeLifecycle.Ending)
    case open(why: String, lookUp: Bool, intent: String?)

    /// For the transcript.
    var words: String {
      switch self {
      case .ended(.succeeded(let charge, let proof)): "succeeded by \(charge.processorPayment) (\(proof.rawValue))"
      case .ended(.declined(let decline)): "declined (\(decline.code))"
      case .ended(.refused(let code)): "refused (\(code))"
      case .open(let why, let lookUp, _): "open, \(why)\(lookUp ? ", to be looked up" : "")"
      }
    }
  }
  var payment: PaymentID
  var attempt: Int
  var outcome: Outcome
}

/// A row of `refunds`.
struct SimulatedRefundRow {
  var order: RefundOrder
  var breakID: Int
  var request: SimulatedRequest
  var storedAt: Timestamp
  var state = RefundState.requested
  var reference: String?
}

/// An open or resolved difference.
struct SimulatedBreak {
  var id: Int
  var payment: PaymentID
  var reason: BreakReason
  var charge: String
  var reported: Money
  var isOpen = true
  var heldBack: RefundPolicy.Held?
}

/// A row of a processor's report about one charge.
struct SimulatedOutcome {
  var rowID: String
  var payment: PaymentID
  var intent: String
  var charge: String
  var gross: Int64
  var at: Timestamp
}

/// The right to write: one run's at a time.
struct SimulatedLease {
  var token = 0
  var holder: SimulatedRun?
}

/// A later run has taken over.
struct FenceLost: Error {}
