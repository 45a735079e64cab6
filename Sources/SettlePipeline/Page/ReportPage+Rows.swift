package import SettleModel

extension ReportPage {
  package struct BreakGroup: Sendable, Equatable {
    package var reason: BreakReason
    package var count: Int
    /// What is at stake, a currency each.
    package var amounts: [Money]

    package init(reason: BreakReason, count: Int, amounts: [Money]) {
      self.reason = reason
      self.count = count
      self.amounts = amounts
    }
  }

  package struct AgeGroup: Sendable, Equatable {
    /// Whole days since the break was first seen.
    package var days: Int
    package var count: Int

    package init(days: Int, count: Int) {
      self.days = days
      self.count = count
    }
  }

  package struct BreakRow: Sendable, Equatable {
    package var id: String
    package var reason: BreakReason
    package var paymentID: String?
    package var orderReference: String?
    package var processorReference: String?
    package var expected: Money?
    package var reported: Money?
    package var delta: Money?
    package var ageDays: Int
    /// `file:line` of each row that the break rests on.
    package var evidence: [String]

    package init(
      id: String, reason: BreakReason, paymentID: String? = nil, orderReference: String? = nil,
      processorReference: String? = nil, expected: Money? = nil, reported: Money? = nil, delta: Money? = nil,
      ageDays: Int, evidence: [String] = []
    ) {
      self.id = id
      self.reason = reason
      self.paymentID = paymentID
      self.orderReference = orderReference
      self.processorReference = processorReference
      self.expected = expected
      self.reported = reported
      self.delta = delta
      self.ageDays = ageDays
      self.evidence = evidence
    }
  }

  package struct RefundRow: Sendable, Equatable {
    package var id: String
    package var orderReference: String?
    package var amount: Money
    package var reason: String
    package var rule: String?
    package var status: RefundState
    package var processorReference: String?

    package init(
      id: String, orderReference: String? = nil, amount: Money, reason: String, rule: String? = nil,
      status: RefundState, processorReference: String? = nil
    ) {
      self.id = id
      self.orderReference = orderReference
      self.amount = amount
      self.reason = reason
      self.rule = rule
      self.status = status
      self.processorReference = processorReference
    }
  }

  /// One payout. Amounts are minor units of its currency.
  package struct PayoutRow: Sendable, Equatable {
    package var id: String
    package var currency: Currency
    package var lines: Int
    package var gross: Int64
    package var fees: Int64
    package var net: Int64
    package var payout: Int64?
    /// In the account's currency.
    package var bank: Money?
    /// What neither the lines nor the bank explain; anything but zero is marked, too.
    package var remainder: Int64
    /// Whether lines, payout and bank agree; one that does not is marked.
    package var agrees: Bool
    package var status: String

    package init(
      id: String, currency: Currency, lines: Int, gross: Int64, fees: Int64, net: Int64, payout: Int64? = nil,
      bank: Money? = nil, remainder: Int64, agrees: Bool = true, status: String
    ) {
      self.id = id
      self.currency = currency
      self.lines = lines
      self.gross = gross
      self.fees = fees
      self.net = net
      self.payout = payout
      self.bank = bank
      self.remainder = remainder
      self.agrees = agrees
      self.status = status
    }
  }

  /// Refused rows of one file, field and reason. What they said is never shown.
  package struct QuarantineGroup: Sendable, Equatable {
    package var reason: QuarantineReason
    package var file: String
    package var field: String?
    package var count: Int
    package var firstLine: Int

    package init(reason: QuarantineReason, file: String, field: String? = nil, count: Int, firstLine: Int) {
      self.reason = reason
      self.file = file
      self.field = field
      self.count = count
      self.firstLine = firstLine
    }
  }

  package struct FileRow: Sendable, Equatable {
    package var path: String
    package var layout: String?
    package var read: Int
    package var accepted: Int
    package var quarantined: Int
    package var ignored: Int
    package var status: String

    package init(
      path: String, layout: String? = nil, read: Int, accepted: Int, quarantined: Int, ignored: Int, status: String
    ) {
      self.path = path
      self.layout = layout
      self.read = read
      self.accepted = accepted
      self.quarantined = quarantined
      self.ignored = ignored
      self.status = status
    }
  }
}
