/// The parts of Stripe's objects that settle reads. Amounts are in Stripe's own units.
///
/// A field that decides about money is required: an answer without it is not understood, and so never a success.
struct StripeIntent: Decodable, Sendable {
  var id: String
  var amount: Int64
  var amountReceived: Int64
  var currency: String
  var status: String
  var latestCharge: StripeExpandable<StripeCharge>?
  var metadata: [String: String]?
  var lastPaymentError: StripeDeclineBody?
  var created: Int64

  enum CodingKeys: String, CodingKey {
    case id, amount, currency, status, metadata, created
    case amountReceived = "amount_received"
    case latestCharge = "latest_charge"
    case lastPaymentError = "last_payment_error"
  }
}

struct StripeCharge: Decodable, Sendable {
  var id: String
  var amount: Int64
  var amountCaptured: Int64
  var amountRefunded: Int64
  var captured: Bool
  var refunded: Bool
  var disputed: Bool
  var currency: String
  var status: String
  var paymentIntent: String?
  var metadata: [String: String]?
  var failureCode: String?
  var created: Int64

  enum CodingKeys: String, CodingKey {
    case id, amount, captured, refunded, disputed, currency, status, metadata, created
    case amountCaptured = "amount_captured"
    case amountRefunded = "amount_refunded"
    case paymentIntent = "payment_intent"
    case failureCode = "failure_code"
  }
}

struct StripeRefund: Decodable, Sendable {
  var id: String
  var amount: Int64
  var currency: String
  var status: String
  var charge: String?
  var metadata: [String: String]?
  var failureReason: String?

  enum CodingKeys: String, CodingKey {
    case id, amount, currency, status, charge, metadata
    case failureReason = "failure_reason"
  }
}

struct StripeAccount: Decodable, Sendable {
  var id: String
}

struct StripeList<Item: Decodable & Sendable>: Decodable, Sendable {
  var data: [Item]
  var hasMore: Bool

  enum CodingKeys: String, CodingKey {
    case data
    case hasMore = "has_more"
  }
}

/// Why a card was declined, as an error or a PaymentIntent's last error tells it.
struct StripeDeclineBody: Decodable, Sendable {
  var type: String?
  var code: String?
  var declineCode: String?
  var adviceCode: String?

  enum CodingKeys: String, CodingKey {
    case type, code
    case declineCode = "decline_code"
    case adviceCode = "advice_code"
  }
}

struct StripeErrorBody: Decodable, Sendable {
  struct Detail: Decodable, Sendable {
    var type: String
    var code: String?
    var declineCode: String?
    var adviceCode: String?
    var message: String?
    var paymentIntent: StripeIntent?

    enum CodingKeys: String, CodingKey {
      case type, code, message
      case declineCode = "decline_code"
      case adviceCode = "advice_code"
      case paymentIntent = "payment_intent"
    }

    var decline: StripeDeclineBody {
      StripeDeclineBody(type: type, code: code, declineCode: declineCode, adviceCode: adviceCode)
    }
  }
  var error: Detail
}

/// A reference that is an id, or the object itself where its expansion was asked for.
enum StripeExpandable<Object: Decodable & Sendable>: Decodable, Sendable {
  case id(String)
  case object(Object)

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let id = try? container.decode(String.self) {
      self = .id(id)
    } else {
      self = .object(try container.decode(Object.self))
    }
  }
}
