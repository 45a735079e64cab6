/// The journal's lines: one ``Change`` each, as JSON.
///
/// A saved answer is written as the ids of objects in the same change, since they are what it showed.
extension Change {
  func write(to json: inout JSONWriter) {
    json.object {
      $0.field("at", at)
      $0.field("serial", Int64(bitPattern: serial))
      if let clockOffset { $0.field("clock_offset", clockOffset) }
      $0.list("intents", intents) { $1.write(to: &$0) }
      $0.list("charges", charges) { $1.write(to: &$0) }
      $0.list("refunds", refunds) { $1.write(to: &$0) }
      $0.list("payouts", payouts) { $1.write(to: &$0) }
      $0.list("movements", movements) { $1.write(to: &$0) }
      if let saved { $0.field("saved") { saved.write(to: &$0) } }
    }
  }

  /// Nil where the line is no whole change.
  init?(_ json: JSONValue) {
    guard let at = json["at"]?.integer, let serial = json["serial"]?.integer,
      let intents = json.all("intents", PaymentIntent.init), let charges = json.all("charges", Charge.init),
      let refunds = json.all("refunds", Refund.init), let payouts = json.all("payouts", Payout.init),
      let movements = json.all("movements", Movement.init)
    else { return nil }
    self.init(
      at: at, serial: UInt64(bitPattern: serial), clockOffset: json["clock_offset"]?.integer, intents: intents,
      charges: charges, refunds: refunds, payouts: payouts, movements: movements)
    if let saved = json["saved"] {
      guard let reply = SavedReply(saved, in: self) else { return nil }
      self.saved = reply
    }
  }
}

extension SavedReply {
  fileprivate func write(to json: inout JSONWriter) {
    json.object {
      $0.field("account", key.account)
      $0.field("key", key.key)
      $0.field("fingerprint", fingerprint)
      $0.field("created", created)
      switch reply {
      case .intent(let intent, let charge):
        $0.field("intent", intent.id)
        $0.fieldIfAny("charge", charge?.id)
      case .refund(let refund): $0.field("refund", refund.id)
      case .failure(let error): $0.field("error") { error.write(to: &$0) }
      }
    }
  }

  fileprivate init?(_ json: JSONValue, in change: Change) {
    guard let account = json["account"]?.text, let name = json["key"]?.text,
      let fingerprint = json["fingerprint"]?.text, let created = json["created"]?.integer
    else { return nil }
    let reply: Reply
    if let id = json["intent"]?.text {
      guard let intent = change.intents.last(where: { $0.id == id }) else { return nil }
      reply = .intent(intent, charge: change.charges.last { $0.id == json["charge"]?.text })
    } else if let id = json["refund"]?.text {
      guard let refund = change.refunds.first(where: { $0.id == id }) else { return nil }
      reply = .refund(refund)
    } else {
      guard let error = json["error"].flatMap({ StripeError($0, in: change) }) else { return nil }
      reply = .failure(error)
    }
    self.init(key: Key(account: account, key: name), fingerprint: fingerprint, created: created, reply: reply)
  }
}

extension StripeError {
  fileprivate func write(to json: inout JSONWriter) {
    json.object {
      $0.field("status", Int64(status))
      $0.field("kind", kind.rawValue)
      $0.fieldIfAny("code", code)
      $0.fieldIfAny("decline_code", declineCode)
      $0.field("message", message)
      $0.fieldIfAny("param", param)
      $0.fieldIfAny("charge", charge)
      $0.fieldIfAny("intent", intent?.id)
    }
  }

  fileprivate init?(_ json: JSONValue, in change: Change) {
    guard let status = json["status"]?.integer, let kind = json["kind"]?.text.flatMap(Kind.init),
      let message = json["message"]?.text
    else { return nil }
    self.init(
      status: Int(status), kind: kind, code: json["code"]?.text, declineCode: json["decline_code"]?.text,
      message: message, param: json["param"]?.text, charge: json["charge"]?.text)
    if let id = json["intent"]?.text {
      guard let intent = change.intents.last(where: { $0.id == id }) else { return nil }
      self.intent = intent
    }
  }
}

extension JSONWriter {
  fileprivate mutating func list<Element>(
    _ name: StaticString, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
  ) {
    guard !elements.isEmpty else { return }
    field(name) { $0.array(elements, write) }
  }
}

extension JSONValue {
  /// The members of a list, none where there is no such list; nil where one of them cannot be read.
  fileprivate func all<Element>(_ name: String, _ read: (JSONValue) -> Element?) -> [Element]? {
    let elements = self[name]?.elements ?? []
    let read = elements.compactMap(read)
    return read.count == elements.count ? read : nil
  }
}
