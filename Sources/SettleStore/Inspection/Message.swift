import SettleModel

/// What a message of the contract is made of, whatever its type.
struct Message {
  var type: MessageType
  var payment: PaymentID
  /// The refund, for messages about one; else the payment again.
  var subject: RefundID
  var order: OrderID
  var amount: Money
  var occurredAt: Timestamp
  var customer: String?
  var processorReference: String?
  var reason: String?

  /// Exactly the contract's fields, in its order; optional ones only where they are known.
  ///
  /// AuthorizePayment carries what an authorization can never change. Its payment method can, and so it is left out:
  /// a message must say the same however often it is read.
  var payload: OrderedJSON {
    let payment = Field("paymentId", .text(payment))
    let order = Field("orderId", .text(order))
    let refund = Field("refundId", .text(subject))
    let money = [Field("amount", .integer(amount.minor)), Field("currency", .text(amount.currency))]
    func at(_ name: String) -> [Field] { [Field(name, .text(occurredAt))] }
    func optional(_ name: String, _ value: String?) -> [Field] { value.map { [Field(name, .string($0))] } ?? [] }
    return switch type {
    case .authorizePayment:
      .object([Field("cartId", order.value)] + money + optional("customerId", customer))
    case .paymentRequested:
      .object([payment, order] + money + at("requestedAt") + optional("customerId", customer))
    case .paymentSucceeded:
      .object([payment, order] + money + at("succeededAt") + optional("processorReference", processorReference))
    case .paymentFailed: .object([payment, order] + optional("reason", reason) + at("failedAt"))
    case .refundRequested:
      .object([refund, payment] + money + at("requestedAt") + [order] + optional("reason", reason))
    case .refundProcessed: .object([refund, payment] + money + at("processedAt"))
    }
  }

  private typealias Field = OrderedJSON.Member
}
