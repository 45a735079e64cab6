/// An answer that is an error, in Stripe's shape.
struct StripeError: Error, Sendable, Equatable {
  enum Kind: String, Sendable {
    case api = "api_error"
    case card = "card_error"
    case idempotency = "idempotency_error"
    case invalidRequest = "invalid_request_error"
  }

  var status: Int
  var kind: Kind
  var code: String?
  var declineCode: String?
  var message: String
  var param: String?
  /// The failed charge that a decline leaves behind.
  var charge: String?
  /// The PaymentIntent as it stands after the error.
  var intent: PaymentIntent?
}

extension StripeError {
  static func invalid(_ code: String?, _ message: String, param: String? = nil, status: Int = 400) -> StripeError {
    StripeError(status: status, kind: .invalidRequest, code: code, message: message, param: param)
  }

  static func missing(_ object: String, _ id: String, param: String, status: Int = 404) -> StripeError {
    .invalid("resource_missing", "No such \(object): '\(id)'", param: param, status: status)
  }

  static func unexpectedState(_ intent: PaymentIntent, doing verb: String) -> StripeError {
    var error = invalid(
      "payment_intent_unexpected_state",
      "This PaymentIntent's state is \(intent.status.rawValue): it cannot be \(verb).")
    error.intent = intent
    return error
  }

  /// Stripe's words where it says nothing of what went wrong.
  static let server = StripeError(
    status: 500, kind: .api, message: "An unknown error occurred. The request may or may not have been carried out.")

  static let otherParameters = StripeError(
    status: 400, kind: .idempotency,
    message: "Keys for idempotent requests can only be used with the same endpoint and the same parameters.")

  static let keyInUse = StripeError(
    status: 409, kind: .idempotency, code: "idempotency_key_in_use",
    message: "Another request with this idempotency key is being carried out now.")
}
