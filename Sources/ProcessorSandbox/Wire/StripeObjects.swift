/// Objects as Stripe's API shows them, with the members that settle reads and the commonest others.
///
/// Expanded members are given where the request asked for them, else their ids are written.
extension PaymentIntent {
  func writeAPI(to json: inout JSONWriter, expanding charge: Charge? = nil, asTold: Bool = false) {
    json.object {
      $0.field("id", id)
      $0.field("object", "payment_intent")
      $0.field("amount", amount)
      $0.field("amount_capturable", amountCapturable)
      // What was asked, even after an overcharge: the client learns of that from the charge or the report alone.
      $0.field("amount_received", amountReceived)
      $0.field("canceled_at", canceledAt)
      $0.field("cancellation_reason", cancellationReason)
      $0.field("capture_method", manualCapture ? "manual" : "automatic")
      $0.field("client_secret", id + "_secret_sandbox")
      $0.field("confirmation_method", "automatic")
      $0.field("created", created)
      $0.field("currency", currency)
      $0.field("customer", customer)
      $0.field("description", description)
      $0.field("last_payment_error") { json in
        guard let lastDecline, status == .requiresPaymentMethod else { return json.null() }
        json.object {
          $0.field("charge", latestCharge)
          $0.field("code", lastDecline.code)
          $0.fieldIfAny("decline_code", lastDecline.declineCode)
          $0.field("message", lastDecline.message)
          $0.field("type", StripeError.Kind.card.rawValue)
        }
      }
      $0.field("latest_charge") { json in
        guard let charge else { return json.valueOrNull(latestCharge) }
        charge.writeAPI(to: &json, intent: self, asTold: asTold)
      }
      $0.field("livemode", false)
      $0.field("metadata", metadata)
      $0.field("next_action") { json in
        guard status == .requiresAction else { return json.null() }
        json.object { $0.field("type", "use_stripe_sdk") }
      }
      $0.field("payment_method", paymentMethod)
      $0.field("payment_method_types") { $0.array(CollectionOfOne("card")) { $0.value($1) } }
      $0.field("status", status.rawValue)
    }
  }
}

extension Charge {
  /// - Parameter asTold: what the answer to the charging request shows, before an overcharge comes to light.
  func writeAPI(to json: inout JSONWriter, intent: PaymentIntent?, asTold: Bool = false) {
    let captured = asTold ? told : (taken ?? 0)
    json.object {
      $0.field("id", id)
      $0.field("object", "charge")
      $0.field("amount", amount)
      $0.field("amount_captured", captured)
      $0.field("amount_refunded", refunded)
      $0.field("balance_transaction", taken == nil ? nil : "txn_" + id.dropFirst("ch_".count))
      $0.field("captured", taken != nil)
      $0.field("created", created)
      $0.field("currency", currency)
      $0.field("customer", intent?.customer)
      $0.field("description", intent?.description)
      $0.field("disputed", false)
      $0.field("failure_code", decline?.code)
      $0.field("failure_message", decline?.message)
      $0.field("livemode", false)
      $0.field("metadata", intent?.metadata ?? Metadata())
      $0.field("outcome") { json in
        json.object {
          $0.field("network_status", decline == nil ? "approved_by_network" : "declined_by_network")
          $0.field("reason", decline.map { $0.declineCode ?? $0.code })
          $0.field("type", decline == nil ? "authorized" : "issuer_declined")
        }
      }
      $0.field("paid", decline == nil)
      $0.field("payment_intent", self.intent)
      $0.field("payment_method", paymentMethod)
      $0.field("refunded", taken != nil && refundable == 0)
      $0.field("status", decline == nil ? "succeeded" : "failed")
    }
  }
}

extension Refund {
  func writeAPI(to json: inout JSONWriter) {
    json.object {
      $0.field("id", id)
      $0.field("object", "refund")
      $0.field("amount", amount)
      $0.field("balance_transaction", moved ? Self.balanceTransaction(of: id) : nil)
      $0.field("charge", charge)
      $0.field("created", created)
      $0.field("currency", currency)
      $0.fieldIfAny("failure_balance_transaction", failureMovement.map(Self.balanceTransaction))
      $0.fieldIfAny("failure_reason", failureReason)
      $0.field("metadata", metadata)
      $0.field("payment_intent", intent)
      $0.field("reason", reason)
      $0.field("status", status.rawValue)
    }
  }
}

extension StripeError {
  func writeAPI(to json: inout JSONWriter) {
    json.object {
      $0.field("error") { json in
        json.object {
          $0.fieldIfAny("charge", charge)
          $0.fieldIfAny("code", code)
          $0.fieldIfAny("decline_code", declineCode)
          $0.field("message", message)
          $0.fieldIfAny("param", param)
          if let intent { $0.field("payment_intent") { intent.writeAPI(to: &$0) } }
          $0.field("type", kind.rawValue)
        }
      }
    }
  }
}

extension Reply {
  var body: [UInt8] {
    var json = JSONWriter(capacity: 1536)
    switch self {
    case .intent(let intent, let charge): intent.writeAPI(to: &json, expanding: charge, asTold: true)
    case .refund(let refund): refund.writeAPI(to: &json)
    case .failure(let error): error.writeAPI(to: &json)
    }
    return json.bytes
  }
}
