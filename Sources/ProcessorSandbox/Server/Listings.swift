/// Lists, newest first, in pages.
extension StripeAPI {
  func listIntents(_ parameters: inout Parameters) async throws -> Answer {
    let expands = try parameters.expansion(of: ["data.latest_charge", "data.latest_charge.balance_transaction"])
    let range = try ListRange(&parameters)
    let customer = parameters.text("customer")
    try parameters.finish()
    let (page, charges) = try await desk.read { bank throws(StripeError) in
      let page = try range.page(of: bank.intents, named: "payment_intent", created: \.created) {
        customer == nil || $0.customer == customer
      }
      return (page, expands ? page.items.map { $0.latestCharge.flatMap { bank.charges[$0] } } : [])
    }
    return Answer { json in
      page.write(to: &json, url: "/v1/payment_intents") { json, index, intent in
        intent.writeAPI(to: &json, expanding: expands ? charges[index] : nil)
      }
    }
  }

  func listCharges(_ parameters: inout Parameters) async throws -> Answer {
    _ = try parameters.expansion(of: ["data.balance_transaction"])
    let range = try ListRange(&parameters)
    let intent = parameters.text("payment_intent")
    try parameters.finish()
    let (page, intents) = try await desk.read { bank throws(StripeError) in
      let shelf = intent.map { id in bank.charges.part(bank.chargesOfIntent[id] ?? [], id: \.id) } ?? bank.charges
      let page = try range.page(of: shelf, named: "charge", created: \.created) { _ in true }
      return (page, page.items.map { bank.intents[$0.intent] })
    }
    return Answer { json in
      page.write(to: &json, url: "/v1/charges") { json, index, charge in
        charge.writeAPI(to: &json, intent: intents[index])
      }
    }
  }

  func listRefunds(_ parameters: inout Parameters) async throws -> Answer {
    let range = try ListRange(&parameters)
    let charge = parameters.text("charge")
    let intent = parameters.text("payment_intent")
    try parameters.finish()
    let page = try await desk.read { bank throws(StripeError) in
      let owners = charge.map { [$0] } ?? intent.map { bank.chargesOfIntent[$0] ?? [] }
      let shelf = owners.map { owners in
        bank.refunds.part(owners.flatMap { bank.refundsOfCharge[$0] ?? [] }, id: \.id)
      }
      return try range.page(of: shelf ?? bank.refunds, named: "refund", created: \.created) { _ in true }
    }
    return Answer { json in
      page.write(to: &json, url: "/v1/refunds") { json, _, refund in refund.writeAPI(to: &json) }
    }
  }
}

/// Which part of a list is asked for.
struct ListRange: Sendable {
  private let limit: Int
  private let startingAfter: String?
  private let first: Int64
  private let last: Int64

  init(_ parameters: inout Parameters) throws(StripeError) {
    limit = Int(try parameters.integer("limit", least: 1) ?? 10)
    guard limit <= 100 else {
      throw .invalid("parameter_invalid_integer", "limit must be at most 100.", param: "limit")
    }
    startingAfter = parameters.text("starting_after")
    let exactly = try parameters.integer("created")
    let after = try parameters.integer("created[gt]").map { $0 + 1 }
    let before = try parameters.integer("created[lt]").map { $0 - 1 }
    first = try parameters.integer("created[gte]") ?? after ?? exactly ?? 0
    last = try parameters.integer("created[lte]") ?? before ?? exactly ?? .max
  }

  /// Walks back from the newest that qualifies. Objects stand in order of creation, so an old range is found by
  /// halving rather than by walking there.
  func page<Element: Sendable>(
    of shelf: Shelf<Element>, named name: String, created: (Element) -> Int64, where belongs: (Element) -> Bool
  ) throws(StripeError) -> ListPage<Element> {
    var end = shelf.items.count
    if let startingAfter {
      guard let position = shelf.position(of: startingAfter) else {
        throw .missing(name, startingAfter, param: "starting_after", status: 400)
      }
      end = position
    }
    var low = 0
    while low < end {
      let middle = (low + end) / 2
      if created(shelf.items[middle]) <= last { low = middle + 1 } else { end = middle }
    }
    var page = ListPage<Element>()
    while end > 0, created(shelf.items[end - 1]) >= first {
      end -= 1
      guard belongs(shelf.items[end]) else { continue }
      if page.items.count == limit {
        page.hasMore = true
        break
      }
      page.items.append(shelf.items[end])
    }
    return page
  }
}

struct ListPage<Element: Sendable>: Sendable {
  var items: [Element] = []
  var hasMore = false

  func write(to json: inout JSONWriter, url: String, _ element: (inout JSONWriter, Int, Element) -> Void) {
    json.object {
      $0.field("object", "list")
      $0.field("data") { $0.array(items.enumerated()) { element(&$0, $1.offset, $1.element) } }
      $0.field("has_more", hasMore)
      $0.field("url", url)
    }
  }
}

extension Shelf {
  /// The named objects alone, in the order named.
  fileprivate func part(_ ids: [String], id: (Element) -> String) -> Shelf {
    var part = Shelf()
    for element in ids.compactMap({ self[$0] }) {
      part.put(element, id: id(element))
    }
    return part
  }
}
