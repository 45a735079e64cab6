import SettleModel
import Testing

@testable import SettleProcessors

@Suite(.timeLimit(.minutes(1)))
struct StripeLookupsTests {
  private func lookups(_ wire: ScriptedWire) -> StripeLookups {
    let clock = PaceClock.virtual()
    let patience = Patience(failedTries: 3)
    let paced = PacedWire(
      wire, rate: nil, concurrency: 1, patience: patience, seed: 1, clock: clock, limit: StripeAnswers.limit)
    return StripeLookups(wire: paced, patience: patience)
  }

  private static let whole = Fixture.intent(with: ["latest_charge": Fixture.charge()])

  @Test(arguments: [
    ("pi_1", "/v1/payment_intents/pi_1?expand%5B%5D=latest_charge", whole),
    ("ch_1", "/v1/charges/ch_1", Fixture.charge()),
  ])
  func findsByEitherReference(reference: String, path: String, body: String) async throws {
    let wire = ScriptedWire([.reply(200, body)])
    let charge = try #require(try await lookups(wire).charge(reference))
    #expect(charge.processorPayment == "pi_1")
    #expect(charge.processorCharge == "ch_1")
    #expect(wire.sent.map(\.call.path) == [path])
    #expect(wire.sent.allSatisfy { $0.call.method == "GET" && $0.call.body == nil })
    #expect(wire.sent[0].call.headers.contains { $0.name == "Stripe-Version" && $0.value == "2024-06-20" })
  }

  @Test func findsNothingWhereThereIsNothing() async throws {
    let missing = Fixture.error("invalid_request_error", code: "resource_missing")
    #expect(try await lookups(ScriptedWire([.reply(404, missing)])).charge("pi_1") == nil)
    let unasked = ScriptedWire([.reply(200, Self.whole)])
    for reference in ["", "auth-77", "pi_1/../ch_1", "re_1", "pi_1?x"] {
      #expect(try await lookups(unasked).charge(reference) == nil)
    }
    #expect(unasked.sent.isEmpty)
  }

  @Test(arguments: [
    (WireResult.reply(500), 3, ProcessorRefusal.later("it answers HTTP 500")),
    (.reply(409), 3, .later("it answers HTTP 409")),
    (.lost("reset", timedOut: false), 3, .unreachable("reset")),
    (.unsent("refused"), 3, .unreachable("refused")),
    (.reply(401), 1, .notPermitted("it answers HTTP 401")),
    (.reply(403), 1, .notPermitted("it answers HTTP 403")),
    (.reply(302), 1, .unexpected("HTTP 302 to a look-up")),
    (.reply(404, "{}"), 1, .unexpected("HTTP 404 to a look-up")),
    (.reply(200, "{}"), 1, .unexpected("a payment that cannot be read")),
    (.reply(200, Fixture.intent()), 1, .unexpected("a payment that cannot be read")),
  ])
  func refusesInTheEnd(result: WireResult, tries: Int, refusal: ProcessorRefusal) async {
    let wire = ScriptedWire([result])
    await #expect(throws: refusal) { try await lookups(wire).charge("pi_1") }
    #expect(wire.sent.count == tries)
  }

  @Test func repeatsWhatFailedInPassing() async throws {
    let wire = ScriptedWire([.reply(503), .lost("reset", timedOut: true), .reply(200, Self.whole)])
    #expect(try await lookups(wire).charge("pi_1") != nil)
    #expect(wire.sent.count == 3)
  }

  @Test func listsPageByPage() async throws {
    func item(_ id: String) -> String {
      Fixture.intent(with: ["id": "\"\(id)\"", "latest_charge": Fixture.charge()])
    }
    let foreign = Fixture.intent(with: ["id": #""pi_x""#, "currency": #""xxx""#, "metadata": "{}"])
    let wire = ScriptedWire([
      .reply(200, Fixture.list([item("pi_3"), foreign], hasMore: true)), .reply(200, Fixture.list([item("pi_1")])),
    ])
    let seen = Shared<[[String]]>([])
    try await lookups(wire).charges(since: Timestamp(microseconds: 1_700_000_000_900_000)) { page in
      seen.withLock { $0.append(page.map(\.processorPayment)) }
    }
    #expect(seen.withLock { $0 } == [["pi_3"], ["pi_1"]])
    let first = "/v1/payment_intents?limit=100&created%5Bgte%5D=1700000000&expand%5B%5D=data.latest_charge"
    #expect(wire.sent.map(\.call.path) == [first, first + "&starting_after=pi_x"])
  }

  @Test func skipsNothingOfItsOwn() async {
    let unreadable = Fixture.intent(with: ["currency": #""xxx""#])
    await #expect(throws: ProcessorRefusal.unexpected("a payment that cannot be read")) {
      try await lookups(ScriptedWire([.reply(200, Fixture.list([unreadable]))]))
        .charges(since: Timestamp(seconds: 0)) { _ in }
    }
  }

  @Test(arguments: [Fixture.list([], hasMore: true), Fixture.list([whole], hasMore: true)])
  func noticesAListWithoutAnEnd(list: String) async {
    await #expect(throws: ProcessorRefusal.unexpected("a list without an end")) {
      try await lookups(ScriptedWire([.reply(200, list)])).charges(since: Timestamp(seconds: 0)) { _ in }
    }
  }

  @Test func listsRefundsOfACharge() async throws {
    let wire = ScriptedWire([
      .reply(200, Fixture.list([Fixture.refundBody("failed", with: ["failure_reason": #""lost_or_stolen_card""#])]))
    ])
    let refunds = try await lookups(wire).refunds(of: "ch_1")
    #expect(
      refunds == [
        ProcessorRefund(
          reference: "re_1", processorCharge: "ch_1", state: .failed, amount: Fixture.money(1_250),
          refund: Fixture.refund, failure: "lost_or_stolen_card")
      ])
    #expect(wire.sent.map(\.call.path) == ["/v1/refunds?limit=100&charge=ch_1"])
  }

  @Test func findsARefundByItsReference() async throws {
    let wire = ScriptedWire([.reply(200, Fixture.refundBody("requires_action"))])
    let refund = try #require(try await lookups(wire).refund("re_1"))
    #expect(refund.state == .requiresAction)
    #expect(wire.sent.map(\.call.path) == ["/v1/refunds/re_1"])
    let missing = Fixture.error("invalid_request_error", code: "resource_missing")
    #expect(try await lookups(ScriptedWire([.reply(404, missing)])).refund("re_1") == nil)
    let unasked = ScriptedWire([.reply(200, Fixture.refundBody())])
    for reference in ["", "ch_1", "re_1/../re_2", "re_1?x"] {
      #expect(try await lookups(unasked).refund(reference) == nil)
    }
    #expect(unasked.sent.isEmpty)
  }

  /// Others refund on the same account, in currencies and ways that settle does not know; its own are never passed over.
  @Test func listsRefundsSinceAnInstant() async throws {
    let foreign = Fixture.refundBody(with: ["id": #""re_x""#, "currency": #""xxx""#, "metadata": "{}"])
    let odd = #"{"id":"re_y","object":"refund"}"#
    let wire = ScriptedWire([
      .reply(200, Fixture.list([Fixture.refundBody("pending"), foreign], hasMore: true)),
      .reply(200, Fixture.list([odd, Fixture.refundBody(with: ["id": #""re_0""#, "metadata": "{}"])])),
    ])
    let seen = Shared<[[String]]>([])
    try await lookups(wire).refunds(since: Timestamp(microseconds: 1_700_000_000_900_000)) { page in
      seen.withLock { $0.append(page.map(\.reference)) }
    }
    #expect(seen.withLock { $0 } == [["re_1"], ["re_0"]])
    let first = "/v1/refunds?limit=100&created%5Bgte%5D=1700000000"
    #expect(wire.sent.map(\.call.path) == [first, first + "&starting_after=re_x"])
    let unreadable = Fixture.list([Fixture.refundBody("unheard_of")])
    await #expect(throws: ProcessorRefusal.unexpected("a refund that cannot be read")) {
      try await lookups(ScriptedWire([.reply(200, unreadable)])).refunds(since: Timestamp(seconds: 0)) { _ in }
    }
  }

  @Test func readsTheAccount() async throws {
    #expect(try await lookups(ScriptedWire([.reply(200, #"{"id":"acct_1"}"#)])).account() == "acct_1")
  }
}
