/// What a line of a processor's file says has happened.
package enum OutcomeKind: String, Sendable, CaseIterable {
  case charge
  /// A charge that the processor says did not happen. It moves no money.
  case chargeFailed = "charge_failed"
  /// The part of a hold that was given back when less was captured; belongs to its charge and is summed with it.
  case captureReversal = "capture_reversal"
  case refund
  case refundFailure = "refund_failure"
  case dispute
  case disputeReversal = "dispute_reversal"
  case fee
  case networkCost = "network_cost"
  case payout
  case payoutReversal = "payout_reversal"
  case transfer
  case currencyConversion = "currency_conversion"
  case adjustment
  case reserve

  /// Whether the record says that money moved, rather than only what state something is in.
  package var movesMoney: Bool { self != .chargeFailed }
}

/// One line of a processor's file about money, typed and checked, before it is linked to a payment.
package struct OutcomeRecord: Sendable, Equatable {
  package var kind: OutcomeKind
  /// The processor's own id of this row; where a file has none, its content and occurrence identify it.
  package var rowID: String?
  package var occurredAt: Timestamp
  package var availableOn: Timestamp?
  /// Signed, in the settlement currency: what moved before fees. Refunds are negative. For costs, the cost itself.
  package var gross: Money
  /// Signed minor units of the settlement currency; positive is what the processor keeps.
  package var fee: Int64
  /// gross − fee, in the settlement currency.
  package var net: Int64
  /// What rounding has left out of gross and net, where the file counts in fractions of the smallest unit.
  package var rest: Rest?
  /// What the customer saw, where it differs from settlement: signed like `gross`.
  package var presentment: Money?
  package var references: References
  /// The contract's failure reason or the processor's own word for why.
  package var reason: String?
  /// The processor's word for the payment method, in small letters: `visa`.
  package var method: String?
  /// How many units of the settlement currency it gave for one of the presentment currency, as its file says.
  package var exchangeRate: ExchangeRate?
  /// The number that the processor gave to the batch that the row was settled in.
  package var batch: String?
  /// The physical line where the row starts.
  package var line: Int

  /// What is left of a row's amounts beside whole minor units, in millionths of one, signed. A single row is rounded to
  /// within a unit; rows are summed up with what each has left, so that a sum is rounded once.
  package struct Rest: Sendable, Equatable {
    /// Millionths in a minor unit.
    package static let one: Int64 = 1_000_000

    package var gross: Int64
    package var net: Int64

    /// Nil where nothing is left.
    package init?(gross: Int64, net: Int64) {
      guard gross != 0 || net != 0 else { return nil }
      self.gross = gross
      self.net = net
    }

    /// Minor units of so many millionths, half away from zero.
    package static func rounded(_ millionths: Int64) -> Int64 {
      let (quotient, rest) = millionths.quotientAndRemainder(dividingBy: one)
      return rest.magnitude * 2 >= one.magnitude ? quotient + millionths.signum() : quotient
    }
  }

  /// Everything in the row that may tell which payment, refund or payout it is about.
  package struct References: Sendable, Equatable {
    package var payment: PaymentID?
    package var refund: RefundID?
    /// The merchant's order reference, normalised.
    package var order: String?
    /// The processor's ids: at Stripe `pi_…`, `ch_…`, `re_…`, `dp_…`, `po_…`.
    package var processorPayment: String?
    package var processorCharge: String?
    package var processorRefund: String?
    package var processorDispute: String?
    package var payout: String?

    package init(
      payment: PaymentID? = nil, refund: RefundID? = nil, order: String? = nil, processorPayment: String? = nil,
      processorCharge: String? = nil, processorRefund: String? = nil, processorDispute: String? = nil,
      payout: String? = nil
    ) {
      self.payment = payment
      self.refund = refund
      self.order = order
      self.processorPayment = processorPayment
      self.processorCharge = processorCharge
      self.processorRefund = processorRefund
      self.processorDispute = processorDispute
      self.payout = payout
    }
  }

  package init(
    kind: OutcomeKind, rowID: String? = nil, occurredAt: Timestamp, availableOn: Timestamp? = nil, gross: Money,
    fee: Int64 = 0, net: Int64? = nil, rest: Rest? = nil, presentment: Money? = nil, references: References,
    reason: String? = nil,
    method: String? = nil, exchangeRate: ExchangeRate? = nil, batch: String? = nil, line: Int = 0
  ) {
    self.kind = kind
    self.rowID = rowID
    self.occurredAt = occurredAt
    self.availableOn = availableOn
    self.gross = gross
    self.fee = fee
    self.net = net ?? gross.minor - fee
    self.rest = rest
    self.presentment = presentment
    self.references = references
    self.reason = reason
    self.method = method
    self.exchangeRate = exchangeRate
    self.batch = batch
    self.line = line
  }

  /// What is compared with what was asked: presentment where the file has it, else settlement.
  package var compared: Money { presentment ?? gross }
}
