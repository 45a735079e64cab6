import SettleModel

/// Reads what Stripe holds. Look-ups change nothing, so they repeat themselves where the network or Stripe failed in
/// passing, and then throw ``ProcessorRefusal``.
struct StripeLookups: Sendable {
  let wire: PacedWire
  let patience: Patience

  private static let oneObject = 1_000_000
  private static let onePage = 10_000_000

  func charge(_ reference: String) async throws -> ProcessorCharge? {
    if StripeReference.payment.matches(reference) {
      let path = "/v1/payment_intents/\(reference)?expand%5B%5D=latest_charge"
      guard let reply = try await get(path, longest: Self.oneObject) else { return nil }
      return try understood(StripeAnswers.decode(StripeIntent.self, reply).flatMap(expanded), "a payment", reply)
    }
    guard StripeReference.charge.matches(reference) else { return nil }
    guard let reply = try await get("/v1/charges/\(reference)", longest: Self.oneObject) else { return nil }
    let charge = StripeAnswers.decode(StripeCharge.self, reply).flatMap(StripeCharges.charge)
    return try understood(charge, "a charge", reply)
  }

  func charges(since start: Timestamp, page: @Sendable ([ProcessorCharge]) async throws -> Void) async throws {
    let first = "/v1/payment_intents?limit=100&created%5Bgte%5D=\(start.seconds)&expand%5B%5D=data.latest_charge"
    try await pages(of: Listed<StripeIntent>.self, from: first, id: \.id) { listed, reply in
      try await page(
        listed.compactMap { item in
          let charge = item.object.flatMap(expanded)
          // What others charge on the same account may be in ways that settle does not know; its own may not.
          guard charge != nil || item.metadata?["payment_id"].flatMap({ PaymentID($0) }) != nil else { return nil }
          return try understood(charge, "a payment", reply)
        })
    }
  }

  /// Each confirmation that reached a card network is a charge of its own, declined ones too.
  func tries(of processorPayment: String) async throws -> Int {
    guard StripeReference.payment.matches(processorPayment) else { return 0 }
    let found = Gathered<String>()
    let first = "/v1/charges?limit=100&payment_intent=\(processorPayment)"
    try await pages(of: ListedObject.self, from: first, id: \.id) { listed, _ in await found.add(listed.map(\.id)) }
    return await found.items.count
  }

  func refunds(of processorCharge: String) async throws -> [ProcessorRefund] {
    guard StripeReference.charge.matches(processorCharge) else { return [] }
    let found = Gathered<ProcessorRefund>()
    let first = "/v1/refunds?limit=100&charge=\(processorCharge)"
    try await pages(of: StripeRefund.self, from: first, id: \.id) { listed, reply in
      await found.add(try listed.map { try understood(StripeRefunds.refund($0), "a refund", reply) })
    }
    return await found.items
  }

  func refund(_ reference: String) async throws -> ProcessorRefund? {
    guard StripeReference.refund.matches(reference) else { return nil }
    guard let reply = try await get("/v1/refunds/\(reference)", longest: Self.oneObject) else { return nil }
    return try understood(
      StripeAnswers.decode(StripeRefund.self, reply).flatMap(StripeRefunds.refund), "a refund", reply)
  }

  func refunds(since start: Timestamp, page: @Sendable ([ProcessorRefund]) async throws -> Void) async throws {
    let first = "/v1/refunds?limit=100&created%5Bgte%5D=\(start.seconds)"
    try await pages(of: Listed<StripeRefund>.self, from: first, id: \.id) { listed, reply in
      try await page(
        listed.compactMap { item in
          let refund = item.object.flatMap(StripeRefunds.refund)
          // What others refund on the same account may be in ways that settle does not know; its own may not.
          guard refund != nil || item.metadata?["refund_id"].flatMap({ RefundID($0) }) != nil else { return nil }
          return try understood(refund, "a refund", reply)
        })
    }
  }

  func account() async throws -> String {
    guard let reply = try await get("/v1/account", longest: Self.oneObject) else {
      throw ProcessorRefusal.unexpected("it has no account for the key")
    }
    return try understood(StripeAnswers.decode(StripeAccount.self, reply)?.id, "an account", reply)
  }

  /// A PaymentIntent whose charge came along; without it, what was refunded would be a guess.
  private func expanded(_ intent: StripeIntent) -> ProcessorCharge? {
    if case .id = intent.latestCharge { return nil }
    return StripeIntents.charge(intent)
  }

  private func understood<Value>(_ value: Value?, _ what: String, _ reply: WireReply) throws -> Value {
    guard let value else {
      throw ProcessorRefusal.unexpected("\(what) that cannot be read\(StripeAnswers.trace(reply))")
    }
    return value
  }

  private func pages<Item: Decodable & Sendable>(
    of type: Item.Type, from first: String, id: (Item) -> String,
    each: ([Item], WireReply) async throws -> Void
  ) async throws {
    var path = first
    var last: String?
    while true {
      guard let reply = try await get(path, longest: Self.onePage) else {
        throw ProcessorRefusal.unexpected("a list that is not there")
      }
      let list = try understood(StripeAnswers.decode(StripeList<Item>.self, reply), "a list", reply)
      try await each(list.data, reply)
      guard list.hasMore else { return }
      // A page that leads nowhere would be asked for without end.
      guard let next = list.data.last.map(id), next != last else {
        throw ProcessorRefusal.unexpected("a list without an end\(StripeAnswers.trace(reply))")
      }
      last = next
      path = "\(first)&starting_after=\(StripeForm.encoded(next))"
    }
  }

  /// One look-up; nil where Stripe has no such object.
  private func get(_ path: String, longest: Int) async throws -> WireReply? {
    let call = WireCall(
      method: "GET", path: path, headers: [("Stripe-Version", StripeRequests.version)], longestReply: longest)
    var tries = 0
    while true {
      tries += 1
      let refusal: ProcessorRefusal
      switch try await wire.exchange(call, permit: {}) {
      case .reply(let reply) where reply.status == 200: return reply
      case .reply(let reply) where reply.status == 401 || reply.status == 403:
        throw ProcessorRefusal.notPermitted("it answers HTTP \(reply.status)\(StripeAnswers.trace(reply))")
      case .reply(let reply) where reply.status == 404 && isMissing(reply): return nil
      case .reply(let reply) where reply.status == 409 || reply.status >= 500:
        refusal = .later("it answers HTTP \(reply.status)\(StripeAnswers.trace(reply))")
      case .reply(let reply):
        throw ProcessorRefusal.unexpected("HTTP \(reply.status) to a look-up\(StripeAnswers.trace(reply))")
      case .lost(let why): refusal = .unreachable(why)
      case .unreachable(let why): throw ProcessorRefusal.unreachable(why)
      case .later(let why): throw ProcessorRefusal.later(why)
      }
      guard tries < patience.failedTries else { throw refusal }
      try await wire.pause(afterTries: tries)
    }
  }

  private func isMissing(_ reply: WireReply) -> Bool {
    StripeAnswers.decode(StripeErrorBody.self, reply)?.error.code == "resource_missing"
  }
}

/// A listed object of which only its being there counts.
private struct ListedObject: Decodable, Sendable {
  var id: String
}

/// A listed object of which at least the id could be read.
private struct Listed<Object: Decodable & Sendable>: Decodable, Sendable {
  var id: String
  var metadata: [String: String]?
  var object: Object?

  enum CodingKeys: CodingKey { case id, metadata }

  init(from decoder: any Decoder) throws {
    let outline = try decoder.container(keyedBy: CodingKeys.self)
    id = try outline.decode(String.self, forKey: .id)
    metadata = try outline.decodeIfPresent([String: String].self, forKey: .metadata)
    object = try? Object(from: decoder)
  }
}

private actor Gathered<Item: Sendable> {
  private(set) var items: [Item] = []
  func add(_ more: [Item]) { items += more }
}
