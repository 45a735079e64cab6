/// Reads commands out of requests' parameters; what is malformed is refused before anything is executed or saved.
extension Command {
  /// Known to Stripe, of no consequence here. Card data is not among them: it does not belong here at all.
  private static let ignored = [
    "automatic_payment_methods", "confirmation_method", "error_on_requires_action", "mandate", "on_behalf_of",
    "payment_method_options", "receipt_email", "return_url", "setup_future_usage", "shipping",
    "statement_descriptor", "statement_descriptor_suffix", "use_stripe_sdk",
  ]

  static func newIntent(_ parameters: inout Parameters) throws(StripeError) -> Command {
    let code = try parameters.required("currency")
    guard let currency = StripeCurrency(code) else {
      throw .invalid(nil, "Invalid currency: \(code). Stripe does not support it.", param: "currency")
    }
    _ = try parameters.required("amount")
    let amount = try amount("amount", of: &parameters, in: currency) ?? 0
    var new = NewIntent(amount: amount, currency: currency)
    new.paymentMethod = parameters.text("payment_method")
    new.customer = parameters.text("customer")
    new.description = parameters.text("description")
    new.manualCapture =
      try parameters.choice("capture_method", of: ["automatic", "automatic_async", "manual"]) == "manual"
    new.confirm = try parameters.flag("confirm")
    new.offSession = try offSession(&parameters)
    new.metadata = try parameters.metadata()
    parameters.ignore(ignored + ["payment_method_types"])
    if new.offSession && !new.confirm {
      throw .invalid(nil, "off_session can only be given when confirm=true.", param: "off_session")
    }
    return .createIntent(new)
  }

  static func update(of intent: String, _ parameters: inout Parameters) throws(StripeError) -> Command {
    let description = parameters.text("description")
    return .update(intent: intent, description: description, metadata: try parameters.metadata())
  }

  static func confirmation(of intent: String, _ parameters: inout Parameters) throws(StripeError) -> Command {
    let paymentMethod = parameters.text("payment_method")
    let offSession = try offSession(&parameters)
    parameters.ignore(ignored + ["payment_method_types"])
    return .confirm(intent: intent, paymentMethod: paymentMethod, offSession: offSession)
  }

  static func capture(of intent: String, _ parameters: inout Parameters) throws(StripeError) -> Command {
    let amount = try parameters.integer("amount_to_capture", least: 1)
    let metadata = try parameters.metadata()
    parameters.ignore(["final_capture", "statement_descriptor", "statement_descriptor_suffix"])
    return .capture(intent: intent, amount: amount, metadata: metadata)
  }

  static func cancellation(of intent: String, _ parameters: inout Parameters) throws(StripeError) -> Command {
    let reasons = ["abandoned", "duplicate", "fraudulent", "requested_by_customer"]
    return .cancel(intent: intent, reason: try parameters.choice("cancellation_reason", of: reasons))
  }

  static func newRefund(_ parameters: inout Parameters) throws(StripeError) -> Command {
    var new = NewRefund()
    new.charge = parameters.text("charge")
    new.intent = parameters.text("payment_intent")
    guard new.charge != nil || new.intent != nil else {
      throw .invalid("parameter_missing", "One of charge and payment_intent is required.", param: "charge")
    }
    new.amount = try parameters.integer("amount", least: 1)
    new.reason = try parameters.choice("reason", of: ["duplicate", "fraudulent", "requested_by_customer"])
    new.metadata = try parameters.metadata()
    return .refund(new)
  }

  /// `true`, `false`, or the older words for the kinds of off-session payment.
  private static func offSession(_ parameters: inout Parameters) throws(StripeError) -> Bool {
    try parameters.choice("off_session", of: ["true", "false", "one_off", "recurring"]).map { $0 != "false" } ?? false
  }

  private static func amount(
    _ name: String, of parameters: inout Parameters, in currency: StripeCurrency
  ) throws(StripeError) -> Int64? {
    guard let amount = try parameters.integer(name, least: 1) else { return nil }
    guard amount <= currency.largestAmount else {
      throw .invalid("amount_too_large", "Amount must be no more than \(currency.largestAmount).", param: name)
    }
    guard amount % currency.step == 0 else {
      throw .invalid(
        nil, "Amounts in \(currency.code) must be multiples of \(currency.step).", param: name)
    }
    return amount
  }
}
