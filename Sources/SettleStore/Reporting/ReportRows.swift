package import SettleModel

// The rows of finance's files, in the order in which they are written. Amounts are signed minor units with their
// currency; `date` rows are as they stood at the end of that business date.

package struct BreakRow: Sendable {
  package var id: BreakID
  package var reason: BreakReason
  package var open: Bool
  package var payment: PaymentID?
  package var orderReference: String?
  package var processor: String?
  package var processorReference: String?
  package var expected: Money?
  package var reported: Money?
  package var businessDate: BusinessDate
  package var firstSeen: BusinessDate
  package var rule: String?
  package var resolution: String?
  package var heldBack: RefundPolicy.Held?
  /// `file:line` of what settle goes by: the authorization, then the outcome; last, what came after the break.
  package var evidence: [String]
  /// What the last of the evidence is, where it came after the break.
  package var later: LaterRow?
  /// What finance has decided about it.
  package var decision: StandingDecision?

  /// Reported less expected; nil where one is missing or they are in two currencies.
  package var delta: Money? {
    guard let expected, let reported else { return nil }
    return try? reported.subtracting(expected)
  }
}

package struct MatchedRow: Sendable {
  package var payment: PaymentID
  package var orderReference: String
  package var kind: String
  package var rule: String
  /// What was expected.
  package var amount: Money
  /// Reported less expected, where a rule let the difference pass; zero else.
  package var tolerated: Money
  /// In the settlement currency.
  package var fee: Money
  package var net: Money
  package var processorReference: String?
  package var payout: String?
  package var occurredAt: Timestamp
}

package struct RefundRow: Sendable {
  package var id: RefundID
  package var payment: PaymentID
  package var orderReference: String
  package var amount: Money
  package var reason: BreakReason
  package var rule: String
  package var state: RefundState
  package var requestedAt: Timestamp
  package var processorReference: String?
}

package struct PayoutRow: Sendable {
  package var payout: String
  package var processor: String
  package var currency: Currency
  package var lines: Int64
  package var gross: Int64
  package var fees: Int64
  package var net: Int64
  /// What the processor says it paid out; nil while no payout row has come.
  package var paid: Int64?
  /// What the bank has booked of it, in the account's currency; nil while it has not.
  package var bank: Money?
  /// `file:line` of the bank's lines.
  package var bankLines: [String] = []
  /// Whether it is missing in the bank past the awaited day.
  package var isMissingInBank = false

  /// What the payout's lines do not explain of it: what the bank has booked where that can be compared, else what the
  /// processor says it paid, less what its lines come to. Negative where less came; the sum of its breaks' deltas.
  package var remainder: Int64? {
    if let booked { return booked - due }
    return paid.map { $0 - due }
  }

  /// Whether lines, payout and bank agree as far as they are known.
  package var agrees: Bool { due == (paid ?? due) && (booked ?? due) == due }

  /// Whether a payout row has come and lines that can be held against it.
  package var isExplained: Bool { paid != nil && lines > 0 }

  /// What the payout and the bank are held against: the lines; where the processor's file names none, what it says it
  /// paid.
  private var due: Int64 { lines == 0 ? paid ?? net : net }

  private var booked: Int64? { bank.flatMap { $0.currency == currency ? $0.minor : nil } }
}

/// A payment that the processor declined or refused, and that no retry remains for.
package struct FailedRow: Sendable {
  package var payment: PaymentID
  package var orderReference: String
  package var amount: Money
  package var reason: FailureReason
  /// The processor's own code.
  package var code: String?
  package var failedAt: Timestamp
}

package struct QuarantineRow: Sendable {
  package var file: String
  package var line: Int64
  package var field: String?
  package var reason: QuarantineReason
  package var detail: String
}

package struct TotalRow: Sendable, Equatable {
  package var side: String
  package var bucket: String
  package var currency: Currency
  package var count: Int64
  package var amount: Int64

  package init(side: String, bucket: String, currency: Currency, count: Int64, amount: Int64) {
    (self.side, self.bucket, self.currency) = (side, bucket, currency)
    (self.count, self.amount) = (count, amount)
  }
}

/// A file that was loaded, and what became of its rows.
package struct LoadedFileRow: Sendable {
  package var name: String
  package var layout: String
  package var counts: FileCounts
}
