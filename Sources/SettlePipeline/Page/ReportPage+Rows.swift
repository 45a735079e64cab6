package import SettleModel

extension ReportPage {
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
    /// What neither the lines nor the bank explain; anything but zero is marked, too. Nil where nothing was paid out yet.
    package var remainder: Int64?
    /// Whether lines, payout and bank agree; one that does not is marked.
    package var agrees: Bool
    package var status: String

    package init(
      id: String, currency: Currency, lines: Int, gross: Int64, fees: Int64, net: Int64, payout: Int64? = nil,
      bank: Money? = nil, remainder: Int64?, agrees: Bool = true, status: String
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
