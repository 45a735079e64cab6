extension StripeIntent {
  /// Reads the answer that nearly every charge gets, for a tenth of what a decoder takes.
  ///
  /// Nil for all that is in any way unusual, declines and expanded charges among it: the decoder tells what that means.
  init?(plain body: [UInt8]) {
    let parts = body.withUnsafeBufferPointer { bytes -> Parts? in
      var json = PlainJSON(bytes)
      var parts = Parts()
      let isWhole = json.object { name, json in parts.take(name, &json) }
      return isWhole && json.isAtEnd ? parts : nil
    }
    guard let parts, let id = parts.id, let amount = parts.amount, let received = parts.received,
      let currency = parts.currency, let status = parts.status, let created = parts.created
    else { return nil }
    self.init(
      id: id, amount: amount, amountReceived: received, currency: currency, status: status,
      latestCharge: parts.charge.flatMap { $0 }.map { .id($0) }, metadata: parts.metadata, lastPaymentError: nil,
      created: created)
  }

  private struct Parts {
    var id: String?
    var amount: Int64?
    var received: Int64?
    var currency: String?
    var status: String?
    /// Nil within where it is told that there is none.
    var charge: String??
    var metadata: [String: String]?
    var created: Int64?

    mutating func take(_ name: PlainJSON.Text, _ json: inout PlainJSON) -> Bool {
      if name.says("id") { return Self.text(&id, &json) }
      if name.says("amount") { return Self.integer(&amount, &json) }
      if name.says("amount_received") { return Self.integer(&received, &json) }
      if name.says("currency") { return Self.text(&currency, &json) }
      if name.says("status") { return Self.text(&status, &json) }
      if name.says("created") { return Self.integer(&created, &json) }
      if name.says("latest_charge") { return takeCharge(&json) }
      if name.says("metadata") { return takeMetadata(&json) }
      if name.says("last_payment_error") { return json.null() }
      return json.skip()
    }

    private mutating func takeCharge(_ json: inout PlainJSON) -> Bool {
      guard charge == nil else { return false }
      if json.null() {
        charge = .some(nil)
        return true
      }
      guard let id = json.text() else { return false }
      charge = id
      return true
    }

    private mutating func takeMetadata(_ json: inout PlainJSON) -> Bool {
      guard metadata == nil else { return false }
      var pairs: [String: String] = [:]
      let isWhole = json.object { name, json in
        guard let value = json.text() else { return false }
        return pairs.updateValue(value, forKey: String(decoding: name, as: UTF8.self)) == nil
      }
      metadata = pairs
      return isWhole
    }

    /// A member that comes twice is none that two readers read alike.
    private static func text(_ part: inout String?, _ json: inout PlainJSON) -> Bool {
      guard part == nil else { return false }
      part = json.text()
      return part != nil
    }

    private static func integer(_ part: inout Int64?, _ json: inout PlainJSON) -> Bool {
      guard part == nil else { return false }
      part = json.integer()
      return part != nil
    }
  }
}
