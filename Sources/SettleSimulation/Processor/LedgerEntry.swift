package import SettleModel

/// One movement of money at the simulated processor: all that the judge believes.
package struct LedgerEntry: Sendable, Equatable {
  package enum Kind: Sendable { case charge, refund, refundReversal }

  package var kind: Kind
  /// `ch_…` of a charge, `re_…` of a refund and of its reversal.
  package var id: String
  /// The charge itself, or the one that the refund is of.
  package var charge: String
  package var payment: PaymentID
  /// Minor units, positive in either direction.
  package var amount: Int64
  /// Whether the processor did it of its own accord.
  package var isAnomaly: Bool
  package var at: Timestamp
}
