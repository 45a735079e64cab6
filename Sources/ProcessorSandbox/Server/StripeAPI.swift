import Crypto

/// A request to `/v1/`, its form read.
struct APIRequest: Sendable {
  enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  let method: Method
  let path: String
  let form: FormBody
  /// Whoever's API key it is, as a digest.
  let account: String
  let key: String?
  /// An injected fault: whatever is done is answered, and saved, as a 500.
  let endsInError: Bool

  /// The path's parts after `/v1/`.
  var parts: [String] { path.split(separator: "/").dropFirst().map(String.init) }

  var savedKey: SavedReply.Key? { key.map { SavedReply.Key(account: account, key: $0) } }
}

/// Stripe's endpoints over the bank.
struct StripeAPI: Sendable {
  let desk: Desk

  func answer(_ request: APIRequest) async throws -> (answer: Answer, replayed: Bool) {
    do {
      switch request.method {
      case .get: return (try await look(request), false)
      case .post: return try await carryOut(request)
      }
    } catch let error as StripeError {
      return (Answer(error), false)
    }
  }

  private func carryOut(_ request: APIRequest) async throws -> (Answer, Bool) {
    var parameters = Parameters(request.form)
    let expands = try parameters.expansion(of: ["latest_charge", "latest_charge.balance_transaction", "charge"])
    let command = try command(request, &parameters)
    try parameters.finish()
    var order = Order(
      account: request.account, key: request.key, fingerprint: request.fingerprint, command: command)
    order.expandsCharge = expands
    order.endsInError = request.endsInError
    let verdict = try await desk.execute(order)
    return (Answer(status: verdict.reply.status, body: verdict.reply.body), verdict.replayed)
  }

  private func command(_ request: APIRequest, _ parameters: inout Parameters) throws(StripeError) -> Command {
    let parts = request.parts
    switch (parts.first, parts.count, parts.last) {
    case ("payment_intents", 1, _): return try .newIntent(&parameters)
    case ("payment_intents", 2, _): return try .update(of: parts[1], &parameters)
    case ("payment_intents", 3, "confirm"): return try .confirmation(of: parts[1], &parameters)
    case ("payment_intents", 3, "capture"): return try .capture(of: parts[1], &parameters)
    case ("payment_intents", 3, "cancel"): return try .cancellation(of: parts[1], &parameters)
    case ("refunds", 3, "cancel"): return .cancelRefund(id: parts[1])
    case ("refunds", 1, _): return try .newRefund(&parameters)
    default: throw .unrecognized(request)
    }
  }

  private func look(_ request: APIRequest) async throws -> Answer {
    let parts = request.parts
    var parameters = Parameters(request.form)
    switch (parts.first, parts.count) {
    case ("payment_intents", 1): return try await listIntents(&parameters)
    case ("payment_intents", 2): return try await showIntent(parts[1], &parameters)
    case ("charges", 1): return try await listCharges(&parameters)
    case ("charges", 2): return try await showCharge(parts[1], &parameters)
    case ("refunds", 1): return try await listRefunds(&parameters)
    case ("refunds", 2): return try await showRefund(parts[1], &parameters)
    case ("account", 1): return try await showAccount(&parameters)
    default: throw StripeError.unrecognized(request)
    }
  }
}

extension APIRequest {
  /// What must be the same when a key comes again: endpoint and parameters.
  fileprivate var fingerprint: String {
    digest("\(method.rawValue) \(path) \(form.canonical)")
  }
}

extension StripeError {
  static func unrecognized(_ request: APIRequest) -> StripeError {
    .invalid(nil, "Unrecognized request URL (\(request.method.rawValue): \(request.path)).", status: 404)
  }
}

/// The first half of a text's SHA-256, in hexadecimal: enough to tell texts apart, and no secret can be read from it.
func digest(_ text: String) -> String {
  var bytes: [UInt8] = []
  for byte in SHA256.hash(data: Array(text.utf8)).prefix(16) {
    bytes.append(hexDigit(byte >> 4))
    bytes.append(hexDigit(byte & 15))
  }
  return String(decoding: bytes, as: UTF8.self)
}
