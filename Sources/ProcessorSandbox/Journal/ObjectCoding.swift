extension PaymentIntent {
  func write(to json: inout JSONWriter) {
    json.object {
      $0.field("id", id)
      $0.field("amount", amount)
      $0.field("currency", currency)
      $0.field("created", created)
      $0.field("manual", manualCapture)
      $0.fieldIfAny("customer", customer)
      $0.fieldIfAny("description", description)
      $0.field("metadata", metadata)
      $0.field("status", status.rawValue)
      $0.fieldIfAny("payment_method", paymentMethod)
      $0.fieldIfAny("latest_charge", latestCharge)
      $0.field("received", amountReceived)
      if let lastDecline { $0.field("decline") { lastDecline.write(to: &$0) } }
      if let canceledAt { $0.field("canceled_at", canceledAt) }
      $0.fieldIfAny("cancellation_reason", cancellationReason)
    }
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.text, let amount = json["amount"]?.integer, let currency = json["currency"]?.text,
      let created = json["created"]?.integer, let manual = json["manual"]?.bool,
      let metadata = json["metadata"].flatMap(Metadata.init), let received = json["received"]?.integer,
      let status = json["status"]?.text.flatMap(Status.init)
    else { return nil }
    self.init(
      id: id, amount: amount, currency: currency, created: created, manualCapture: manual,
      customer: json["customer"]?.text, description: json["description"]?.text, metadata: metadata, status: status,
      paymentMethod: json["payment_method"]?.text, latestCharge: json["latest_charge"]?.text,
      amountReceived: received, lastDecline: json["decline"].flatMap(Decline.init),
      canceledAt: json["canceled_at"]?.integer, cancellationReason: json["cancellation_reason"]?.text)
  }
}

extension Charge {
  func write(to json: inout JSONWriter) {
    json.object {
      $0.field("id", id)
      $0.field("intent", intent)
      $0.field("amount", amount)
      $0.field("currency", currency)
      $0.field("created", created)
      $0.fieldIfAny("payment_method", paymentMethod)
      if let decline { $0.field("decline") { decline.write(to: &$0) } }
      $0.field("told", told)
      if let taken { $0.field("taken", taken) }
      $0.field("refunded", refunded)
      $0.field("released", released)
    }
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.text, let intent = json["intent"]?.text, let amount = json["amount"]?.integer,
      let currency = json["currency"]?.text, let created = json["created"]?.integer,
      let told = json["told"]?.integer, let refunded = json["refunded"]?.integer,
      let released = json["released"]?.bool
    else { return nil }
    self.init(
      id: id, intent: intent, amount: amount, currency: currency, created: created,
      paymentMethod: json["payment_method"]?.text, decline: json["decline"].flatMap(Decline.init), told: told,
      taken: json["taken"]?.integer, refunded: refunded, released: released)
  }
}

extension Decline {
  fileprivate func write(to json: inout JSONWriter) {
    json.object {
      $0.field("code", code)
      $0.fieldIfAny("decline_code", declineCode)
      $0.field("message", message)
    }
  }

  fileprivate init?(_ json: JSONValue) {
    guard let code = json["code"]?.text, let message = json["message"]?.text else { return nil }
    self.init(code: code, declineCode: json["decline_code"]?.text, message: message)
  }
}

extension Refund {
  func write(to json: inout JSONWriter) {
    json.object {
      $0.field("id", id)
      $0.field("charge", charge)
      $0.field("intent", intent)
      $0.field("amount", amount)
      $0.field("currency", currency)
      $0.field("created", created)
      $0.fieldIfAny("reason", reason)
      $0.field("metadata", metadata)
      $0.field("status", status.rawValue)
      $0.field("moved", moved)
      $0.fieldIfAny("failure_reason", failureReason)
      $0.fieldIfAny("failure", failureMovement)
    }
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.text, let charge = json["charge"]?.text, let intent = json["intent"]?.text,
      let amount = json["amount"]?.integer, let currency = json["currency"]?.text,
      let created = json["created"]?.integer, let metadata = json["metadata"].flatMap(Metadata.init)
    else { return nil }
    self.init(
      id: id, charge: charge, intent: intent, amount: amount, currency: currency, created: created,
      reason: json["reason"]?.text, metadata: metadata)
    // Journals from before refunds had a life of their own know of none that did not succeed.
    guard let word = json["status"]?.text else { return }
    guard let status = Status(rawValue: word), let moved = json["moved"]?.bool else { return nil }
    self.status = status
    self.moved = moved
    failureReason = json["failure_reason"]?.text
    failureMovement = json["failure"]?.text
  }
}

extension Payout {
  func write(to json: inout JSONWriter) {
    json.object {
      $0.field("id", id)
      $0.field("day", day)
      $0.field("currency", currency)
      $0.field("amount", amount)
    }
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.text, let day = json["day"]?.integer, let currency = json["currency"]?.text,
      let amount = json["amount"]?.integer
    else { return nil }
    self.init(id: id, day: day, currency: currency, amount: amount)
  }
}

extension Movement {
  /// A line of the ledger, the same in `ledger.jsonl`, in the journal and from `GET /sandbox/ledger`.
  func write(to json: inout JSONWriter) {
    json.object {
      $0.field("id", id)
      $0.field("kind", kind.rawValue)
      $0.field("amount", amount)
      $0.field("currency", currency)
      $0.field("fee", fee)
      $0.fieldIfAny("payment_intent", intent)
      $0.fieldIfAny("charge", charge)
      $0.fieldIfAny("refund", refund)
      if let authorized { $0.field("authorized", authorized) }
      $0.field("metadata", metadata)
      $0.fieldIfAny("idempotency_key", idempotencyKey)
      $0.field("created", created)
      $0.fieldIfAny("anomaly", anomaly?.rawValue)
    }
  }

  init?(_ json: JSONValue) {
    guard let id = json["id"]?.text, let kind = json["kind"]?.text.flatMap(Kind.init),
      let amount = json["amount"]?.integer, let currency = json["currency"]?.text, let fee = json["fee"]?.integer,
      let metadata = json["metadata"].flatMap(Metadata.init), let created = json["created"]?.integer
    else { return nil }
    self.init(
      id: id, kind: kind, amount: amount, fee: fee, currency: currency, created: created,
      intent: json["payment_intent"]?.text, charge: json["charge"]?.text, refund: json["refund"]?.text,
      authorized: json["authorized"]?.integer, metadata: metadata,
      idempotencyKey: json["idempotency_key"]?.text, anomaly: json["anomaly"]?.text.flatMap(Anomaly.init))
  }
}

extension Metadata {
  init?(_ json: JSONValue) {
    guard case .object(let members) = json else { return nil }
    for (key, value) in members {
      guard let text = value.text else { return nil }
      self[key] = text
    }
  }
}
