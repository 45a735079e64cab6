import HTTPTypes
import Hummingbird
import NIOCore

/// What goes back to the client, before it becomes HTTP.
struct Answer: Sendable {
  var status: Int
  var body: [UInt8]
  var fields = HTTPFields()

  init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
    fields[.contentType] = "application/json"
  }

  init(_ error: StripeError) {
    self.init(status: error.status, body: Reply.failure(error).body)
    if error.code == StripeError.keyInUse.code { fields[.stripeShouldRetry] = "true" }
  }

  init(_ throttle: Throttle) {
    switch throttle {
    case .globalRate, .endpointRate:
      self.init(.invalid("rate_limit", "Too many requests in too short a time.", status: 429))
    case .globalConcurrency, .endpointConcurrency:
      self.init(.invalid("rate_limit", "Too many requests under way at the same time.", status: 429))
    case .resource:
      self.init(.invalid("rate_limit", "Too many requests for this one object.", status: 429))
    case .lock:
      self.init(.invalid("lock_timeout", "Another request holds the object. Try again in a moment.", status: 429))
    }
    // Only some are told how long to wait, so that clients meet both.
    if throttle == .globalRate { fields[.retryAfter] = "1" }
    // Contention on one object is no limit, so no reason for limiting is given.
    if throttle != .lock { fields[.stripeRateLimitedReason] = throttle.rawValue }
    fields[.stripeShouldRetry] = "true"
  }

  var response: Response {
    Response(
      status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body)))
  }
}

extension HTTPField.Name {
  private static func known(_ name: String) -> Self {
    guard let name = Self(name) else { preconditionFailure("\(name) is no header name") }
    return name
  }

  static let idempotencyKey = known("Idempotency-Key")
  static let idempotentReplayed = known("Idempotent-Replayed")
  static let requestID = known("Request-Id")
  static let stripeRateLimitedReason = known("Stripe-Rate-Limited-Reason")
  static let stripeShouldRetry = known("Stripe-Should-Retry")
  static let stripeVersion = known("Stripe-Version")
}
