/// What Stripe tells a webhook endpoint: a type and the object as it stood then.
struct StripeEvent: Sendable, Equatable {
  enum Subject: Sendable, Equatable {
    case intent(PaymentIntent)
    case charge(Charge, PaymentIntent?)
    case refund(Refund)
  }

  let id: String
  let type: String
  let created: Int64
  let idempotencyKey: String?
  let subject: Subject

  var body: [UInt8] {
    var json = JSONWriter(capacity: 2048)
    json.object {
      $0.field("id", id)
      $0.field("object", "event")
      $0.field("api_version", "2024-06-20")
      $0.field("created", created)
      $0.field("data") { json in
        json.object {
          $0.field("object") { json in
            switch subject {
            case .intent(let intent): intent.writeAPI(to: &json, asTold: true)
            case .charge(let charge, let intent): charge.writeAPI(to: &json, intent: intent)
            case .refund(let refund): refund.writeAPI(to: &json)
            }
          }
        }
      }
      $0.field("livemode", false)
      $0.field("pending_webhooks", 1)
      $0.field("request") { json in
        json.object {
          $0.field("id", nil as String?)
          $0.field("idempotency_key", idempotencyKey)
        }
      }
      $0.field("type", type)
    }
    return json.bytes
  }
}

extension StripeEvent {
  /// The events of a change, with ids that follow from the seed and the change alone.
  static func all(of change: Change, seed: UInt64) -> [StripeEvent] {
    let subjects = change.intents.compactMap { intent in
      type(of: intent, in: change).map { ($0, Subject.intent(intent)) }
    }
    let refunds = change.refunds.flatMap { refund -> [(String, Subject)] in
      guard refund.created == change.at, refund.status != .canceled else {
        let failed = refund.status == .failed ? [("refund.failed", Subject.refund(refund))] : []
        return [("refund.updated", .refund(refund)), ("charge.refund.updated", .refund(refund))] + failed
      }
      let charge = change.charges.last { $0.id == refund.charge }
      let told = charge.map { [("charge.refunded", Subject.charge($0, nil))] } ?? []
      return [("refund.created", Subject.refund(refund))] + told + [("refund.updated", .refund(refund))]
    }
    let identifiers = Identifiers(seed: seed ^ 0xE7E)
    return (subjects + refunds).enumerated().map { index, event in
      StripeEvent(
        id: identifiers.id("evt", serial: change.serial &* 64 &+ UInt64(index)), type: event.0, created: change.at,
        idempotencyKey: change.saved?.key.key, subject: event.1)
    }
  }

  /// Nil where the change only shows the intent, as the answer to a refused request does.
  private static func type(of intent: PaymentIntent, in change: Change) -> String? {
    let charge = change.charges.last { $0.id == intent.latestCharge && $0.intent == intent.id }
    switch intent.status {
    case .succeeded: return change.movements.contains { $0.intent == intent.id } ? "payment_intent.succeeded" : nil
    case .requiresPaymentMethod: return charge?.decline == nil ? nil : "payment_intent.payment_failed"
    case .requiresCapture: return charge == nil ? nil : "payment_intent.amount_capturable_updated"
    case .canceled: return intent.canceledAt == change.at && !change.refused ? "payment_intent.canceled" : nil
    case .processing: return change.refused ? nil : "payment_intent.processing"
    case .requiresAction: return change.refused ? nil : "payment_intent.requires_action"
    case .requiresConfirmation: return nil
    }
  }
}

extension Change {
  /// A request was refused and nothing was done; an injected 500 hides what was done, and is none.
  fileprivate var refused: Bool {
    guard case .failure(let error) = saved?.reply else { return false }
    return error.status == 400
  }
}
