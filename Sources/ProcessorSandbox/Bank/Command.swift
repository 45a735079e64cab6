/// A request that may move money, its parameters read and found well-formed.
enum Command: Sendable, Equatable {
  struct NewIntent: Sendable, Equatable {
    var amount: Int64
    var currency: StripeCurrency
    var paymentMethod: String?
    var customer: String?
    var description: String?
    var metadata: [Metadata.Pair] = []
    var manualCapture = false
    var confirm = false
    var offSession = false
  }

  struct NewRefund: Sendable, Equatable {
    var charge: String?
    var intent: String?
    /// All that is left where none is given.
    var amount: Int64?
    var reason: String?
    var metadata: [Metadata.Pair] = []
  }

  case createIntent(NewIntent)
  case update(intent: String, description: String?, metadata: [Metadata.Pair])
  case confirm(intent: String, paymentMethod: String?, offSession: Bool)
  /// An amount below the hold releases the rest.
  case capture(intent: String, amount: Int64?, metadata: [Metadata.Pair])
  case cancel(intent: String, reason: String?)
  case refund(NewRefund)
  case cancelRefund(id: String)
}

/// A command with what the idempotency layer needs to know of its request.
struct Order: Sendable {
  /// Scope of the key, such as a digest of the API key; never the API key itself.
  var account: String
  var key: String?
  /// A digest of endpoint and parameters.
  var fingerprint: String
  var command: Command
  /// The client wants the charge in full, not its id alone.
  var expandsCharge = false
  /// An injected fault: carried out, answered and saved as a 500.
  var endsInError = false
}

/// What a command is answered, as a snapshot: saved, it reads the same for ever.
enum Reply: Sendable, Equatable {
  case intent(PaymentIntent, charge: Charge?)
  case refund(Refund)
  case failure(StripeError)

  var status: Int {
    if case .failure(let error) = self { error.status } else { 200 }
  }
}
