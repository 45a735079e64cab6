import SettleModel
import Testing

@testable import SettleFiles

@Suite struct JSONLinesParserTests {
  static let cart = "550e8400-e29b-41d4-a716-446655440000"

  @Test func readsEveryName() throws {
    let line = """
      {"currency":"USD","amount":1250,"cartId":"550E8400-e29b-41d4-a716-446655440000","orderId":"\(Self.cart)",\
      "customerId":"16fd2706-8baf-433b-82eb-8c7fada847da","paymentMethod":"pm_card_visa","processorCustomer":"cus_1",\
      "authorizationId":"AUTH\\u002d9","processorReference":"pi_1","authorizedAt":"2026-11-20T08:05:00Z",\
      "captureBefore":"2026-11-27T00:00:00Z"}

      """
    let expected = Authorization(
      orderReference: Self.cart, authorizationID: "AUTH-9", customerReference: "16fd2706-8baf-433b-82eb-8c7fada847da",
      amount: try money(1250, "USD"),
      instrument: Instrument(
        paymentMethod: "pm_card_visa", processorCustomer: "cus_1", hold: "pi_1",
        captureBefore: Timestamp(rfc3339: "2026-11-27T00:00:00Z")),
      authorizedAt: Timestamp(rfc3339: "2026-11-20T08:05:00Z"), line: 1)
    #expect(try rows(line) == [.authorization(expected)])
  }

  @Test func linesAreCountedAsTheyLie() throws {
    let good = "{\"cartId\":\"\(Self.cart)\",\"amount\":1,\"currency\":\"USD\"}"
    let text = "\u{FEFF}\n\(good)\r\n  \n\n\(good)\n{}\n\(good)"
    #expect(try rows(text).map(\.line) == [2, 5, 6, 7])
  }

  /// What follows `{"cartId":"…","currency":"USD",` in a line.
  @Test(
    arguments: [
      ("\"amount\":12.0}", QuarantineReason.invalidAmount, "amount"),
      ("\"amount\":1e3}", .invalidAmount, "amount"),
      ("\"amount\":\"12\"}", .invalidAmount, "amount"),
      ("\"amount\":-1}", .invalidAmount, "amount"),
      ("\"amount\":true}", .invalidAmount, "amount"),
      ("\"amount\":[1]}", .invalidAmount, "amount"),
      ("\"amount\":9223372036854775808}", .invalidAmount, "amount"),
      ("\"amount\":0}", .zeroAmount, "amount"),
      ("\"amount\":null}", .missingValue, "amount"),
      ("\"amount\":1,\"amount\":1}", .invalidJSON, "amount"),
      ("\"amount\":1,\"customerId\":null,\"customerId\":null}", .invalidJSON, "customerId"),
      ("\"amount\":1,\"\\u0061mount\":1}", .invalidJSON, "amount"),
      ("\"amount\":1,\"orderID\":\"x\"}", .unknownField, nil),
      ("\"amount\":1,\"note\":{\"a\":[1,{}]}}", .unknownField, nil),
      ("\"amount\":01}", .invalidJSON, nil), ("\"amount\":+1}", .invalidJSON, nil),
      ("\"amount\":.5}", .invalidJSON, nil),
      ("\"amount\":1.}", .invalidJSON, nil), ("\"amount\":1,}", .invalidJSON, nil), ("\"amount\":1", .invalidJSON, nil),
      ("\"amount\":1} x", .invalidJSON, nil), ("\"amount\":1}{}", .invalidJSON, nil), ("amount:1}", .invalidJSON, nil),
      ("\"amount\":NaN}", .invalidJSON, nil), ("'amount':1}", .invalidJSON, nil),
      ("\"amount\":1,\"x\":\"\\q\"}", .invalidJSON, nil),
      ("\"amount\":1,\"x\":\"\\ud800\"}", .invalidJSON, nil),
      ("\"amount\":1,\"x\":\"\\ud800\\u0041\"}", .invalidJSON, nil),
      ("\"amount\":1,\"x\":\"a\tb\"}", .invalidJSON, nil),
      ("\"amount\":1,\"x\":\(String(repeating: "[", count: 99))}", .invalidJSON, nil),
      ("\"amount\":1,\"orderId\":\"16fd2706-8baf-433b-82eb-8c7fada847da\"}", .invalidIdentifier, "orderId"),
      ("\"amount\":1,\"orderId\":\"A1\"}", .invalidIdentifier, "orderId"),
      ("\"amount\":1,\"customerId\":\"A1\"}", .invalidIdentifier, "customerId"),
      ("\"amount\":1,\"customerId\":7}", .invalidText, "customerId"),
      ("\"amount\":1,\"paymentMethod\":\"a\\u0000b\"}", .invalidText, "paymentMethod"),
      ("\"amount\":1,\"paymentMethod\":\"\(String(repeating: "x", count: 256))\"}", .tooLong, "paymentMethod"),
      ("\"amount\":1,\"paymentMethod\":\"\(String(repeating: "x", count: 100_000))\"}", .tooLong, "paymentMethod"),
      ("\"amount\":1,\"paymentMethod\":\"\(String(repeating: "x", count: 1_100_000))\"}", .tooLong, nil),
      ("\"amount\":1,\"authorizedAt\":\"2026-11-20\"}", .invalidInstant, "authorizedAt"),
      ("\"amount\":1,\"paymentMethod\":\"4242424242424242\"}", .cardNumber, "paymentMethod"),
      ("\"amount\":1,\"paymentMethod\":\"4242\\u0034242\\u002d42424242\"}", .cardNumber, "paymentMethod"),
      ("\"amount\":4242424242424242}", .cardNumber, "amount"),
      ("\"amount\":1,\"card\":{\"number\":[\"4242 4242 4242 4242\"]}}", .cardNumber, nil),
      ("\"amount\":1,\"card\":{\"number\":4242424242424242}}", .cardNumber, nil),
      ("\"amount\":1,\"4242424242424242\":1}", .cardNumber, nil),
      ("\"amount\":1,\"amount\":1,\"x\":{\"4242424242424242\":1}}", .cardNumber, nil),
    ] as [(String, QuarantineReason, String?)])
  func whatIsRefused(_ rest: String, _ reason: QuarantineReason, _ field: String?) throws {
    let good = "{\"cartId\":\"\(Self.cart)\",\"amount\":1,\"currency\":\"USD\"}\n"
    let all = try rows(good + "{\"cartId\":\"\(Self.cart)\",\"currency\":\"USD\"," + rest + "\n" + good)
    #expect(all.count == 3)
    #expect(all.last?.authorization?.line == 3)
    let refused = try #require(all[1].quarantined)
    #expect(refused.reason == reason)
    #expect(refused.field == field)
    #expect(refused.line == 2)
    #expect(!refused.detail.contains("4242"))
  }

  @Test(arguments: ["x", "[]", "1", "\"{}\"", "null", "{\"cartId\" \"a\"}", "{,}", "{\"a\":1 \"b\":2}"])
  func linesThatAreNoObject(_ line: String) throws {
    let good = "{\"cartId\":\"\(Self.cart)\",\"amount\":1,\"currency\":\"USD\"}\n"
    #expect(try rows(good + line + "\n")[1].quarantined?.reason == .invalidJSON)
  }

  @Test func theNearestNameIsTold() throws {
    let good = "{\"cartId\":\"\(Self.cart)\",\"amount\":1,\"currency\":\"USD\""
    let row = try #require(try rows(good + ",\"orderID\":1}\n").first?.quarantined)
    #expect(
      row.detail
        == "the object has a name that settle-authorizations-jsonl does not know; did you mean \"orderId\"?")
  }

  @Test func aFirstLineThatIsWrongDoesNotHideTheLayout() throws {
    let good = "{\"cartId\":\"\(Self.cart)\",\"amount\":1,\"currency\":\"USD\"}\n"
    let all = try rows("{\"cartId\":oops}\n" + good)
    #expect(all[0].quarantined?.reason == .invalidJSON)
    #expect(all[1].authorization != nil)
  }

  @Test func chunksMayFallAnywhere() throws {
    let text = "{\"cartId\":\"a\"}\n\n{\"amount\":1}\r\n{\"cartId\":\"é😀\"}"
    for size in 1...20 {
      let parser = JSONLinesParser(names: ["cartId", "amount"])
      var seen: [String] = []
      func keep(_ record: RecordBuffer) {
        seen.append("\(record.line) " + record.texts.joined(separator: "|") + " \(record.problem == nil)")
      }
      try inChunks(Array(text.utf8), of: size) { try parser.feed($0, body: keep) }
      try parser.finish(body: keep)
      #expect(seen == ["1 a| true", "3 |1 true", "4 é😀| true"])
      #expect(parser.endedWithoutNewline)
    }
  }
}
