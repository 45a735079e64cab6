import FoundationEssentials
import SettleModel

/// Reads Stripe's answers to settle's requests. Pure: the same request and reply always mean the same.
///
/// Two rules stand above the rest. A success counts only where Stripe's object is the one that was asked about, in
/// amount, currency and payment. And a definite refusal counts only where Stripe itself says so in an error object:
/// what a proxy or a wrong address answers says nothing about money, so it is unknown.
enum StripeAnswers {
  static func answer(to request: StripeExpectation, _ reply: WireReply) -> ProcessorAnswer {
    let replayed = reply.header("idempotent-replayed") == "true"
    switch reply.status {
    case 200..<300: return success(request, reply, replayed: replayed)
    case 401, 403: return .notPermitted(why: "it answers HTTP \(reply.status)\(trace(reply))")
    case 429: return .later(why: "it answers HTTP 429\(trace(reply))")
    case 400, 402, 404:
      guard let error = decode(StripeErrorBody.self, reply)?.error else { break }
      return refusal(request, error, reply, replayed: replayed)
    // A 3xx comes from something between, since Stripe never redirects; a 409 from a key or an object in use; 408,
    // 424 and 5xx from a request that may have been half carried out.
    default: break
    }
    return .unknown(why: "it answers HTTP \(reply.status)\(trace(reply))", replayed: replayed)
  }

  static func decode<Body: Decodable>(_ type: Body.Type, _ reply: WireReply) -> Body? {
    try? JSONDecoder().decode(type, from: Data(reply.body))
  }

  /// Stripe's own id of a request, by which its support finds it.
  static func trace(_ reply: WireReply) -> String {
    guard let id = reply.header("request-id"), id.hasPrefix("req_"), id.utf8.count <= 64,
      id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return "" }
    return " (\(id))"
  }

  private static func success(
    _ request: StripeExpectation, _ reply: WireReply, replayed: Bool
  ) -> ProcessorAnswer {
    if case .refund = request.kind {
      guard let refund = decode(StripeRefund.self, reply) else { return unreadable(reply, replayed: replayed) }
      return StripeRefunds.answer(to: request, refund, replayed: replayed)
    }
    guard let intent = StripeIntent(plain: reply.body) ?? decode(StripeIntent.self, reply) else {
      return unreadable(reply, replayed: replayed)
    }
    return StripeIntents.answer(to: request, intent, replayed: replayed)
  }

  private static func unreadable(_ reply: WireReply, replayed: Bool) -> ProcessorAnswer {
    .unknown(why: "its answer (HTTP \(reply.status)) cannot be read\(trace(reply))", replayed: replayed)
  }

  private static func refusal(
    _ request: StripeExpectation, _ error: StripeErrorBody.Detail, _ reply: WireReply, replayed: Bool
  ) -> ProcessorAnswer {
    if error.type == "idempotency_error" {
      return .keyMismatch(why: "a key was used before with other parameters\(trace(reply))")
    }
    if reply.status == 404 && error.code == nil {
      // Stripe's answer to an address that it does not have: a wrong setting, which must fail no payment.
      return .unknown(why: "it does not know the address; check STRIPE_API_BASE\(trace(reply))", replayed: replayed)
    }
    if let intent = error.paymentIntent, let told = StripeIntents.told(request, intent, error, status: reply.status) {
      return told
    }
    if reply.status == 402 && error.type == "card_error" {
      return .declined(StripeDeclines.decline(error.decline, processorPayment: request.knownPayment))
    }
    return .refused(
      code: StripeWords.code(error.code ?? error.type), message: StripeWords.redacted(error.message ?? ""))
  }
}

extension StripeExpectation {
  /// The processor payment that the request itself names.
  var knownPayment: String? {
    switch kind {
    case .charge, .refund: nil
    case .confirm(let id), .capture(let id), .cancel(let id): id
    }
  }
}
