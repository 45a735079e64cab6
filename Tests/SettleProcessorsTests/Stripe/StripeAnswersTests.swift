import SettleModel
import Testing

@testable import SettleProcessors

/// Every kind of answer beside what it means. A row is an operation, a status and a body.
struct StripeAnswersTests {
  private typealias Row = (operation: Fixture.Operation, status: Int, body: String, meaning: Meaning)

  /// The part of an answer that decides.
  enum Meaning: Equatable {
    case charged, held
    case refunded(ProcessorRefund.State)
    case pending, canceled
    case declined(String, FailureReason, Bool)
    case refused(String)
    case unknown, notPermitted, keyMismatch, later

    init(_ answer: ProcessorAnswer) {
      switch answer {
      case .charged(let charge): self = charge.state == .held ? .held : .charged
      case .refunded(let refund): self = .refunded(refund.state)
      case .pending: self = .pending
      case .canceled: self = .canceled
      case .declined(let decline): self = .declined(decline.code, decline.reason, decline.mayRetry)
      case .refused(let code, _): self = .refused(code)
      case .unknown, .unreachable: self = .unknown
      case .later: self = .later
      case .notPermitted: self = .notPermitted
      case .keyMismatch: self = .keyMismatch
      }
    }
  }

  private func check(_ rows: [Row]) throws {
    for row in rows {
      let request = try #require(try Fixture.expectation(row.operation))
      let answer = StripeAnswers.answer(to: request, WireReply(row.status, row.body))
      #expect(Meaning(answer) == row.meaning, "\(row.operation) \(row.status) \(row.body)")
    }
  }

  @Test func theStatusOfThePaymentDecides() throws {
    let lastError = ["last_payment_error": #"{"type":"card_error","code":"card_declined","decline_code":"lost_card"}"#]
    try check([
      (.charge, 200, Fixture.intent("succeeded"), .charged),
      (.confirm, 200, Fixture.intent("succeeded"), .charged),
      (.capture, 200, Fixture.intent("succeeded", with: ["amount": "2000"]), .charged),
      (.charge, 200, Fixture.intent("processing"), .pending),
      (.charge, 200, Fixture.intent("requires_capture"), .held),
      (.charge, 200, Fixture.intent("requires_action"), .declined("authentication_required", .cardDeclined, false)),
      (
        .charge, 200, Fixture.intent("requires_payment_method", with: lastError),
        .declined("lost_card", .cardDeclined, false)
      ),
      (
        .charge, 200, Fixture.intent("requires_payment_method"),
        .declined("requires_payment_method", .cardDeclined, false)
      ),
      (.cancel, 200, Fixture.intent("canceled"), .canceled),
      (.cancel, 200, Fixture.intent("canceled", lacking: "metadata"), .canceled),
      (.charge, 200, Fixture.intent("a_state_of_next_year"), .unknown),
      (.refund, 200, Fixture.refundBody("succeeded"), .refunded(.succeeded)),
      (.refund, 200, Fixture.refundBody("pending"), .refunded(.pending)),
      (.refund, 200, Fixture.refundBody("requires_action"), .refunded(.requiresAction)),
      (.refund, 200, Fixture.refundBody("failed"), .refunded(.failed)),
      (.refund, 200, Fixture.refundBody("canceled"), .refunded(.canceled)),
      (.refund, 200, Fixture.refundBody("a_state_of_next_year"), .unknown),
    ])
  }

  @Test func somebodyElsesObjectIsNeverASuccess() throws {
    let stranger = #"{"payment_id":"\#(Fixture.stranger)"}"#
    try check([
      (.charge, 200, Fixture.intent(with: ["amount": "1251"]), .unknown),
      (.charge, 200, Fixture.intent(with: ["amount_received": "1249"]), .unknown),
      (.charge, 200, Fixture.intent(with: ["currency": #""eur""#]), .unknown),
      (.charge, 200, Fixture.intent(with: ["metadata": stranger]), .unknown),
      (.charge, 200, Fixture.intent(with: ["metadata": "{}"]), .unknown),
      (.charge, 200, Fixture.intent(with: ["id": #""ch_1""#]), .unknown),
      (.charge, 200, Fixture.intent(with: ["latest_charge": #""../x""#]), .unknown),
      (.confirm, 200, Fixture.intent(with: ["id": #""pi_2""#]), .unknown),
      (.confirm, 200, Fixture.intent(with: ["metadata": stranger]), .unknown),
      (.capture, 200, Fixture.intent(with: ["amount_received": "2000"]), .unknown),
      (.capture, 200, Fixture.intent(with: ["id": #""pi_2""#]), .unknown),
      (.capture, 200, Fixture.intent(with: ["currency": #""eur""#]), .unknown),
      (.cancel, 200, Fixture.intent("canceled", with: ["metadata": stranger]), .unknown),
      (.refund, 200, Fixture.refundBody(with: ["amount": "1"]), .unknown),
      (.refund, 200, Fixture.refundBody(with: ["charge": #""ch_2""#]), .unknown),
      (.refund, 200, Fixture.refundBody(with: ["metadata": "{}"]), .unknown),
      (.refund, 200, Fixture.refundBody(with: ["id": #""pi_1""#]), .unknown),
    ])
  }

  @Test func whatCannotBeReadIsUnknown() throws {
    let bodies =
      ["", "{", "null", "[]", "<html>", #"{"id":"pi_1"}"#, Fixture.intent(with: ["amount": "1250.5"])]
      + ["id", "amount", "amount_received", "currency", "status", "created"].map { Fixture.intent(lacking: $0) }
      + [Fixture.intent(with: ["amount": #""1250""#]), Fixture.intent(with: ["currency": #""xxx""#])]
    try check(bodies.map { (.charge, 200, $0, .unknown) })
    try check(["", "{}", Fixture.intent()].map { (.refund, 200, $0, .unknown) })
  }

  @Test func aDeclineIsOnlyWhatStripeSaysIsOne() throws {
    let open = Fixture.intent("requires_payment_method")
    let declined = Fixture.error("card_error", code: "card_declined", decline: "insufficient_funds", intent: open)
    let strange = Fixture.intent("requires_payment_method", with: ["metadata": "{}"])
    try check([
      (.charge, 402, declined, .declined("insufficient_funds", .insufficientFunds, true)),
      (.confirm, 402, declined, .declined("insufficient_funds", .insufficientFunds, true)),
      (.charge, 402, Fixture.error("card_error", code: "expired_card"), .declined("expired_card", .expiredCard, false)),
      (
        .charge, 402,
        Fixture.error("card_error", code: "authentication_required", intent: Fixture.intent("requires_action")),
        .declined("authentication_required", .cardDeclined, false)
      ),
      (.charge, 402, Fixture.error("card_error", code: "card_declined", intent: strange), .unknown),
      // The payment inside the error went through after all: proof of money wins.
      (.charge, 402, Fixture.error("card_error", code: "card_declined", intent: Fixture.intent()), .charged),
      (.charge, 402, Fixture.error("card_error", intent: Fixture.intent("processing")), .pending),
      (.charge, 402, Fixture.error("invalid_request_error", code: "x"), .refused("x")),
      (.charge, 402, "<html>", .unknown), (.charge, 402, "{}", .unknown),
    ])
  }

  @Test func aRefusalIsOnlyWhatStripeSaysIsOne() throws {
    let refused = Fixture.error("invalid_request_error", code: "amount_too_small")
    try check([
      (.charge, 400, refused, .refused("amount_too_small")),
      (.charge, 400, Fixture.error("invalid_request_error"), .refused("invalid_request_error")),
      (.charge, 404, Fixture.error("invalid_request_error", code: "resource_missing"), .refused("resource_missing")),
      (.charge, 404, Fixture.error("invalid_request_error"), .unknown),
      (
        .refund, 400, Fixture.error("invalid_request_error", code: "charge_already_refunded"),
        .refused("charge_already_refunded")
      ),
      (.charge, 400, "<html>", .unknown), (.charge, 404, "", .unknown), (.charge, 400, #"{"error":"x"}"#, .unknown),
      (.charge, 400, Fixture.error("idempotency_error"), .keyMismatch),
      (.charge, 401, "", .notPermitted), (.charge, 403, refused, .notPermitted),
      (.charge, 409, Fixture.error("idempotency_error", code: "idempotency_key_in_use"), .unknown),
      (.charge, 429, "", .later),
    ])
    try check(
      [100, 301, 302, 307, 405, 408, 413, 422, 424, 500, 502, 503, 504, 599].map { (.charge, $0, refused, .unknown) })
  }

  @Test func doingAgainWhatIsDoneTellsHowItStands() throws {
    func unexpected(_ intent: String) -> String {
      Fixture.error("invalid_request_error", code: "payment_intent_unexpected_state", intent: intent)
    }
    let byHand = Fixture.intent("succeeded", with: ["metadata": "{}"])
    try check([
      (.confirm, 400, unexpected(Fixture.intent("succeeded")), .charged),
      (.confirm, 400, unexpected(Fixture.intent("processing")), .pending),
      (.confirm, 400, unexpected(Fixture.intent("canceled")), .canceled),
      (.capture, 400, unexpected(Fixture.intent("succeeded", with: ["amount": "2000"])), .charged),
      (.capture, 400, unexpected(Fixture.intent("succeeded", with: ["amount_received": "1"])), .unknown),
      (.capture, 400, unexpected(byHand), .unknown),
      (.capture, 400, unexpected(Fixture.intent("canceled")), .canceled),
      (
        .capture, 400, unexpected(Fixture.intent("requires_payment_method")),
        .refused("payment_intent_unexpected_state")
      ),
      (.cancel, 400, unexpected(Fixture.intent("succeeded")), .charged),
      (.cancel, 400, unexpected(Fixture.intent("canceled")), .canceled),
    ])
    let request = try #require(try Fixture.expectation(.capture))
    guard case .unknown(_, replayed: true) = StripeAnswers.answer(to: request, WireReply(400, unexpected(byHand)))
    else {
      Issue.record("a hold captured by hand must be looked up")
      return
    }
  }

  @Test(arguments: [(500, "true", true), (500, "false", false), (500, nil, false), (409, "true", true)])
  func tellsWhetherAnAnswerWasSaved(status: Int, header: String?, replayed: Bool) throws {
    let request = try #require(try Fixture.expectation(.charge))
    let headers = header.map { [(name: "Idempotent-Replayed", value: $0)] } ?? []
    let answer = StripeAnswers.answer(to: request, WireReply(status, "", headers: headers))
    #expect(answer == .unknown(why: "it answers HTTP \(status)", replayed: replayed))
  }

  @Test func namesStripesRequestAndNoValues() throws {
    let request = try #require(try Fixture.expectation(.charge))
    let traced = [(name: "Request-Id", value: "req_1")]
    #expect(
      StripeAnswers.answer(to: request, WireReply(503, "", headers: traced))
        == .unknown(why: "it answers HTTP 503 (req_1)", replayed: false))
    let quoting = Fixture.error("invalid_request_error", code: "x", message: "got 4242424242424242")
    #expect(StripeAnswers.answer(to: request, WireReply(400, quoting)) == .refused(code: "x", message: "got […]"))
    let strange = [(name: "Request-Id", value: "4242424242424242")]
    #expect(StripeAnswers.trace(WireReply(503, "", headers: strange)).isEmpty)
  }
}
