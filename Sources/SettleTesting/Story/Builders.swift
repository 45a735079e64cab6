package import SettleModel

// Rows as a test names them: an order, an amount in minor units, and what matters to the test.

extension Currency {
  /// A currency of the table, for tests; dollars for any other word.
  package static func named(_ code: String) -> Currency { Currency(code) ?? Currency.all[0] }
}

extension Money {
  package init(_ minor: Int64, _ code: String) { self.init(minor: minor, currency: .named(code)) }
}

extension Authorization {
  package static func order(
    _ order: String, _ amount: Int64, _ currency: String = "USD", id: String? = nil, customer: String? = nil,
    method: String? = "pm_card_visa", hold: String? = nil, captureBefore: Timestamp? = nil, at processor: String? = nil
  ) -> Authorization {
    Authorization(
      orderReference: order, authorizationID: id, customerReference: customer,
      amount: Money(amount, currency),
      instrument: Instrument(
        paymentMethod: hold == nil ? method : nil, hold: hold, captureBefore: captureBefore), processor: processor)
  }
}

/// A row of a processor's file. What it does not say, the processor's ids say: `pi_A` and `ch_A` for order `A`.
package struct Reported: Sendable {
  package var record: OutcomeRecord
  /// The row names the order's processor ids.
  var order: String

  private init(_ kind: OutcomeKind, _ order: String, _ amount: Int64, _ currency: String, row: String?) {
    self.order = order
    record = OutcomeRecord(
      kind: kind, rowID: row, occurredAt: Timestamp(microseconds: 0), gross: Money(amount, currency),
      references: .init(processorPayment: "pi_\(order)", processorCharge: "ch_\(order)"))
  }

  /// A row as it is.
  package init(of record: OutcomeRecord) {
    order = ""
    self.record = record
  }

  package static func charge(_ order: String, _ amount: Int64, _ currency: String = "USD") -> Reported {
    Reported(.charge, order, amount, currency, row: "txn_\(order)")
  }

  /// What a processor gives back of a hold that was captured in part: a negative amount.
  package static func captureReversal(_ order: String, _ amount: Int64, _ currency: String = "USD") -> Reported {
    Reported(.captureReversal, order, amount, currency, row: "txn_\(order)_reversal")
  }

  package static func failed(_ order: String, reason: String? = "CARD_DECLINED") -> Reported {
    var row = Reported(.chargeFailed, order, 0, "USD", row: "txn_\(order)_failed")
    row.record.references.processorCharge = nil
    row.record.reason = reason
    return row
  }

  /// A refund's amount is negative.
  package static func refund(_ order: String, _ amount: Int64, _ currency: String = "USD", re: String) -> Reported {
    var row = Reported(.refund, order, amount, currency, row: "txn_\(re)")
    row.record.references.processorRefund = re
    return row
  }

  package static func refundFailure(
    _ order: String, _ amount: Int64, _ currency: String = "USD", re: String
  ) -> Reported {
    var row = Reported(.refundFailure, order, amount, currency, row: "txn_\(re)_failure")
    row.record.references.processorRefund = re
    return row
  }

  package static func dispute(_ order: String, _ amount: Int64, _ currency: String = "USD", dp: String) -> Reported {
    var row = Reported(.dispute, order, amount, currency, row: "txn_\(dp)")
    row.record.references.processorDispute = dp
    return row
  }

  package static func disputeReversal(
    _ order: String, _ amount: Int64, _ currency: String = "USD", dp: String
  ) -> Reported {
    var row = Reported(.disputeReversal, order, amount, currency, row: "txn_\(dp)_reversal")
    row.record.references.processorDispute = dp
    return row
  }

  /// A row of any other kind, about no order.
  package static func other(_ kind: OutcomeKind, _ amount: Int64, _ currency: String = "USD", row: String) -> Reported {
    var reported = Reported(kind, "", amount, currency, row: row)
    reported.record.references = .init()
    return reported
  }

  // What the row says otherwise.

  package func changed(_ change: (inout OutcomeRecord) -> Void) -> Reported {
    var copy = self
    change(&copy.record)
    return copy
  }

  /// Nothing but these references.
  package func naming(_ references: OutcomeRecord.References) -> Reported { changed { $0.references = references } }

  package func row(_ id: String?) -> Reported { changed { $0.rowID = id } }

  package func at(_ instant: Timestamp) -> Reported { changed { $0.occurredAt = instant } }

  package func payout(_ payout: String) -> Reported { changed { $0.references.payout = payout } }

  package func fee(_ fee: Int64) -> Reported {
    changed {
      $0.fee = fee
      $0.net = $0.gross.minor - fee
    }
  }

  /// What rounding has left out of the row's gross and net, in millionths of a minor unit.
  package func rest(gross: Int64 = 0, net: Int64) -> Reported {
    changed { $0.rest = OutcomeRecord.Rest(gross: gross, net: net) }
  }

  /// Paid by this method, in the processor's word.
  package func by(_ method: String) -> Reported { changed { $0.method = method } }

  /// What the customer saw was this, in another currency; and what the file says that one unit of it gave.
  package func presented(_ amount: Int64, _ currency: String, at rate: String? = nil) -> Reported {
    changed {
      $0.presentment = Money(amount, currency)
      $0.exchangeRate = rate.flatMap { ExchangeRate($0) }
    }
  }

  /// The same charge or row at the processor under other ids: `pi_X`, `ch_X`.
  package func under(_ ids: String) -> Reported {
    changed {
      $0.references.processorPayment = "pi_\(ids)"
      $0.references.processorCharge = "ch_\(ids)"
      $0.rowID = $0.rowID.map { "\($0)_\(ids)" }
    }
  }
}
