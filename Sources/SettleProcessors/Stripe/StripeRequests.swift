import SettleModel

/// Builds the exact requests to Stripe. Pure: the same operation always gives the same bytes and key.
enum StripeRequests {
  /// The last version before Stripe's named releases, and the oldest with everything needed: since 2022-11-15 a
  /// PaymentIntent carries the id of its latest charge instead of a list of charges, which keeps answers small. Later
  /// releases change nothing that settle uses, and a pinned version keeps a stored request meaning what it meant.
  static let version = "2024-06-20"

  static func request(for operation: ProcessorOperation) throws(ProcessorRefusal) -> ProcessorRequest {
    switch operation {
    case .charge(let order): try charge(order)
    case .confirm(let order, let processorPayment): try confirm(order, processorPayment)
    case .capture(let order, let hold): try capture(order, hold)
    case .cancel(let payment, let processorPayment): try cancel(payment, processorPayment)
    case .refund(let order): try refund(order)
    }
  }

  /// Only cards are asked for. What else an account may charge is a switch in Stripe's Dashboard, and with that left
  /// on (the default since 2023-08-16) Stripe also wants an address to return a customer to, and there is none.
  private static func charge(_ order: ChargeOrder) throws(ProcessorRefusal) -> ProcessorRequest {
    var form = StripeForm()
    form.add("amount", try StripeAmount.sent(order.amount))
    form.add("currency", order.amount.currency.code.lowercased())
    form.add("confirm", "true")
    form.add("off_session", "true")
    form.add("payment_method", try paymentMethod(of: order))
    if let customer = order.instrument.processorCustomer { form.add("customer", customer) }
    form.add("payment_method_types[]", "card")
    try addMetadata(of: order, to: &form)
    return post("/v1/payment_intents", form, key: "settle-\(order.payment)-\(order.attempt)")
  }

  private static func confirm(
    _ order: ChargeOrder, _ processorPayment: String
  ) throws(ProcessorRefusal) -> ProcessorRequest {
    var form = StripeForm()
    form.add("payment_method", try paymentMethod(of: order))
    form.add("off_session", "true")
    let id = try checked(processorPayment, .payment)
    return post(
      "/v1/payment_intents/\(id)/confirm", form, key: "settle-\(order.payment)-\(order.attempt)-confirm")
  }

  private static func capture(_ order: ChargeOrder, _ hold: String) throws(ProcessorRefusal) -> ProcessorRequest {
    var form = StripeForm()
    form.add("amount_to_capture", try StripeAmount.sent(order.amount))
    try addMetadata(of: order, to: &form)
    // A capture takes the hold's own currency, whatever was meant: said here, a difference shows in the answer.
    form.add("metadata[currency]", order.amount.currency.code.lowercased())
    let id = try checked(hold, .payment)
    return post("/v1/payment_intents/\(id)/capture", form, key: "settle-\(order.payment)-\(order.attempt)-capture")
  }

  /// A payment may have several PaymentIntents, one after the other, and each is canceled under a key of its own.
  private static func cancel(
    _ payment: PaymentID, _ processorPayment: String
  ) throws(ProcessorRefusal) -> ProcessorRequest {
    var form = StripeForm()
    form.add("cancellation_reason", "abandoned")
    let id = try checked(processorPayment, .payment)
    return post("/v1/payment_intents/\(id)/cancel", form, key: "settle-\(payment)-cancel-\(id)")
  }

  private static func refund(_ order: RefundOrder) throws(ProcessorRefusal) -> ProcessorRequest {
    var form = StripeForm()
    form.add("charge", try checked(order.processorCharge, .charge))
    form.add("amount", try StripeAmount.sent(order.amount))
    form.add("reason", order.reason == .duplicateCharge ? "duplicate" : "requested_by_customer")
    form.add("metadata[refund_id]", order.refund.description)
    form.add("metadata[payment_id]", order.payment.description)
    return post("/v1/refunds", form, key: "settle-\(order.refund)-refund")
  }

  private static func paymentMethod(of order: ChargeOrder) throws(ProcessorRefusal) -> String {
    guard let method = order.instrument.paymentMethod, !method.isEmpty else {
      throw .unsupported("the authorization names no payment method, and Stripe charges none of its own choice")
    }
    return method
  }

  private static func addMetadata(of order: ChargeOrder, to form: inout StripeForm) throws(ProcessorRefusal) {
    guard order.orderReference.unicodeScalars.count <= 500 else {
      throw .unsupported("the order reference is longer than the 500 characters that Stripe keeps")
    }
    form.add("metadata[payment_id]", order.payment.description)
    form.add("metadata[order_id]", order.orderReference)
    form.add("metadata[attempt]", order.attempt)
  }

  private static func checked(_ id: String, _ kind: StripeReference) throws(ProcessorRefusal) -> String {
    guard kind.matches(id) else {
      throw .unsupported(
        kind == .charge
          ? "the charge's reference is none of Stripe's, which begin with ch_ or py_"
          : "the hold's or payment's reference is none of Stripe's, which begin with pi_")
    }
    return id
  }

  private static func post(_ path: String, _ form: StripeForm, key: String) -> ProcessorRequest {
    ProcessorRequest(path: path, body: form.text, idempotencyKey: key, apiVersion: version)
  }
}
