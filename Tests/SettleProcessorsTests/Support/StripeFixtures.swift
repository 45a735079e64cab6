import Foundation
import SettleModel

@testable import SettleProcessors

/// Orders and Stripe's objects for tests, all about one payment of 12.50 USD.
enum Fixture {
  static let payment = PaymentID(rawValue: UUID(uuidString: "3F0B5C1E-0000-5000-8000-00000000000A") ?? UUID())
  static let refund = RefundID(rawValue: UUID(uuidString: "3F0B5C1E-0000-5000-8000-00000000000B") ?? UUID())
  static let stranger = PaymentID(rawValue: UUID(uuidString: "3F0B5C1E-0000-5000-8000-00000000000C") ?? UUID())

  static func money(_ minor: Int64, _ code: String = "USD") -> Money {
    guard let currency = Currency(code) else { preconditionFailure("\(code) is no currency") }
    return Money(minor: minor, currency: currency)
  }

  static func order(
    _ amount: Money = money(1_250), attempt: Int = 1, reference: String = "A-1",
    instrument: Instrument = Instrument(paymentMethod: "pm_card_visa")
  ) -> ChargeOrder {
    ChargeOrder(payment: payment, orderReference: reference, attempt: attempt, amount: amount, instrument: instrument)
  }

  static func refundOrder(
    _ amount: Money = money(1_250), charge: String = "ch_1", reason: BreakReason = .duplicateCharge
  ) -> RefundOrder {
    RefundOrder(refund: refund, payment: payment, processorCharge: charge, amount: amount, reason: reason)
  }

  /// The requests of every operation on `pi_1` and `ch_1`.
  static func expectation(_ operation: Operation) throws -> StripeExpectation? {
    StripeExpectation(try StripeRequests.request(for: operation.processorOperation))
  }

  enum Operation: CaseIterable {
    case charge, confirm, capture, cancel, refund

    var processorOperation: ProcessorOperation {
      switch self {
      case .charge: .charge(order())
      case .confirm: .confirm(order(attempt: 2), processorPayment: "pi_1")
      case .capture: .capture(order(instrument: Instrument(hold: "pi_1")), hold: "pi_1")
      case .cancel: .cancel(payment, processorPayment: "pi_1")
      case .refund: .refund(refundOrder())
      }
    }
  }

  /// A PaymentIntent in JSON; `lacking` leaves a field out, `with` overrides or adds one with a JSON value.
  static func intent(
    _ status: String = "succeeded", lacking: String? = nil, with changes: [String: String] = [:]
  ) -> String {
    var fields = [
      "id": #""pi_1""#, "object": #""payment_intent""#, "amount": "1250", "currency": #""usd""#,
      "amount_received": status == "succeeded" ? "1250" : "0", "status": "\"\(status)\"",
      "latest_charge": #""ch_1""#, "created": "1700000000", "last_payment_error": "null",
      "metadata": #"{"payment_id":"\#(payment)","order_id":"A-1","attempt":"1"}"#,
    ]
    fields.merge(changes) { _, change in change }
    if let lacking { fields[lacking] = nil }
    return object(fields)
  }

  static func charge(with changes: [String: String] = [:]) -> String {
    var fields = [
      "id": #""ch_1""#, "amount": "1250", "amount_captured": "1250", "amount_refunded": "0", "captured": "true",
      "refunded": "false", "disputed": "false", "currency": #""usd""#, "status": #""succeeded""#,
      "payment_intent": #""pi_1""#, "created": "1700000000", "metadata": #"{"payment_id":"\#(payment)","attempt":"1"}"#,
    ]
    fields.merge(changes) { _, change in change }
    return object(fields)
  }

  static func refundBody(_ status: String = "succeeded", with changes: [String: String] = [:]) -> String {
    var fields = [
      "id": #""re_1""#, "amount": "1250", "currency": #""usd""#, "status": "\"\(status)\"", "charge": #""ch_1""#,
      "metadata": #"{"refund_id":"\#(refund)","payment_id":"\#(payment)"}"#,
    ]
    fields.merge(changes) { _, change in change }
    return object(fields)
  }

  static func error(
    _ type: String, code: String? = nil, decline: String? = nil, advice: String? = nil, message: String? = nil,
    intent: String? = nil
  ) -> String {
    var fields = ["type": "\"\(type)\""]
    fields["code"] = code.map { "\"\($0)\"" }
    fields["decline_code"] = decline.map { "\"\($0)\"" }
    fields["advice_code"] = advice.map { "\"\($0)\"" }
    fields["message"] = message.map { "\"\($0)\"" }
    fields["payment_intent"] = intent
    return object(["error": object(fields)])
  }

  static func list(_ items: [String], hasMore: Bool = false) -> String {
    object(["object": #""list""#, "data": "[\(items.joined(separator: ","))]", "has_more": "\(hasMore)"])
  }

  private static func object(_ fields: [String: String]) -> String {
    "{" + fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
  }
}
