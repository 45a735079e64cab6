import SettleModel

/// Reads Stripe's 429s.
///
/// Stripe names its limiter in `Stripe-Rate-Limited-Reason` (docs.stripe.com/rate-limits): `global-rate`,
/// `endpoint-rate`, `global-concurrency`, `endpoint-concurrency`, `resource-specific`. A 429 with the code
/// `lock_timeout` and no such header is no limit but contention on one object. `Retry-After` is not documented there,
/// and is heeded where it comes. An endpoint's limit counts as one of the whole: nearly all calls of a stage go to one
/// endpoint.
extension StripeAnswers {
  /// Whether the processor limited the request, and so did not carry it out.
  static func limit(_ reply: WireReply) -> RateLimit? {
    guard reply.status == 429 else { return nil }
    let retryAfter = retryAfter(reply)
    switch reply.header("stripe-rate-limited-reason")?.lowercased() {
    case "global-concurrency", "endpoint-concurrency": return .concurrency(retryAfter: retryAfter)
    case "resource-specific": return .object(retryAfter: retryAfter)
    // Rates, and whatever reason comes to be named one day: going slower is never wrong.
    case .some: return .pace(retryAfter: retryAfter)
    case nil:
      let isLock = decode(StripeErrorBody.self, reply)?.error.code == "lock_timeout"
      return isLock ? .object(retryAfter: retryAfter) : .pace(retryAfter: retryAfter)
    }
  }

  /// The longest wait that is believed: a day.
  private static let longestWait: Int64 = 86_400

  /// How long `Retry-After` asks to wait: whole seconds, or a date (RFC 9110, 10.2.3). Nil where it says nothing that
  /// makes sense, and the caller's own back-off holds.
  ///
  /// A date counts from the reply's own `Date`, so that neither side's clock needs to be right; one that is past, or
  /// has no `Date` beside it, says nothing.
  private static func retryAfter(_ reply: WireReply) -> Nanoseconds? {
    guard let text = reply.header("retry-after") else { return nil }
    let seconds: Int64
    if !text.isEmpty, text.utf8.count <= 6, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      seconds = Int64(text) ?? -1
    } else if let until = Timestamp(httpDate: text), let sent = reply.header("date").flatMap(Timestamp.init(httpDate:))
    {
      seconds = until.since(sent).components.seconds
    } else {
      return nil
    }
    return (0...longestWait).contains(seconds) ? seconds * 1_000_000_000 : nil
  }
}

extension Timestamp {
  /// `Wed, 21 Oct 2026 07:28:00 GMT`: the one form of a date that HTTP still lets servers send (RFC 9110, 5.6.7).
  init?(httpDate text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard parts.count == 6, parts[0].count == 4, parts[0].last == ",", parts[5] == "GMT",
      let month = months.firstIndex(of: String(parts[2])), parts[1].count == 2, parts[3].count == 4
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    self.init(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
  }
}
