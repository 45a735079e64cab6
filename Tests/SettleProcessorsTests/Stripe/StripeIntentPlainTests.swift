import Foundation
import Testing

@testable import SettleProcessors

/// The short way to read an answer says what the decoder says, or nothing.
@Suite struct StripeIntentPlainTests {
  private static let usual = """
    {"id":"pi_3A","object":"payment_intent","amount":2599,"amount_capturable":0,"amount_received":2599,
     "canceled_at":null,"livemode":false,"created":1789000000,"currency":"usd","last_payment_error":null,
     "latest_charge":"ch_3B","metadata":{"payment_id":"856e794c-e8dc-4180-916c-80d0056513b4","attempt":"1"},
     "next_action":null,"payment_method_types":["card"],"nested":{"deep":[1,{"a":-2}]},"status":"succeeded"}
    """

  private func decoded(_ text: some Collection<UInt8>) -> StripeIntent? {
    try? JSONDecoder().decode(StripeIntent.self, from: Data(text))
  }

  private func expectSame(_ plain: StripeIntent, _ decoded: StripeIntent?, _ text: some Collection<UInt8>) {
    let text = String(decoding: text, as: UTF8.self)
    #expect(plain.id == decoded?.id, "\(text)")
    #expect(plain.amount == decoded?.amount && plain.amountReceived == decoded?.amountReceived, "\(text)")
    #expect(plain.currency == decoded?.currency && plain.status == decoded?.status, "\(text)")
    #expect(plain.metadata == decoded?.metadata && plain.created == decoded?.created, "\(text)")
    #expect("\(plain.latestCharge, default: "")" == "\(decoded?.latestCharge, default: "")", "\(text)")
    #expect(decoded?.lastPaymentError == nil, "\(text)")
  }

  @Test func theUsualAnswerIsRead() throws {
    let text = Array(Self.usual.utf8)
    let plain = try #require(StripeIntent(plain: text))
    expectSame(plain, decoded(text), text)
    #expect(plain.amount == 2_599)
    #expect(plain.metadata?["attempt"] == "1")
  }

  @Test(arguments: [
    (#""ch_3B""#, "null"), ("2599,", " 0 ,"), (#"{"payment_id""#, #"{"a":"b","payment_id""#), ("[\"card\"]", "[ ]"),
  ])
  func soAreOtherPlainOnes(part: String, other: String) throws {
    let text = Array(Self.usual.replacingOccurrences(of: part, with: other).utf8)
    expectSame(try #require(StripeIntent(plain: text)), decoded(text), text)
  }

  @Test(arguments: [
    ("pi_3A", "pi_\\u0041"), ("2599,", "2599.0,"), ("2599,", "2.5e3,"), ("2599,", "02599,"), ("2599,", "\"2599\","),
    ("2599,", "99999999999999999999,"), ("\"amount\"", "\"id\":\"pi_2\",\"amount\""),
    ("\"amount\":2599,", ""), ("\"ch_3B\"", "{\"id\":\"ch_3B\"}"), ("error\":null", "error\":{\"code\":\"x\"}"),
    ("\"attempt\":\"1\"", "\"attempt\":1"), ("\"attempt\":\"1\"", "\"payment_id\":\"1\""), ("usd", "us\u{e4}"),
    ("[1,", String(repeating: "[", count: 20) + "[1,"), ("null,", "nul,"), ("{\"a\":-2}", "{\"a\":-}"),
    ("{\"a\":-2}", "{\"a\":-2,}"), ("succeeded\"}", "succeeded\"}}"), ("succeeded\"}", "succeeded\"} 1"),
  ])
  func whatIsUnusualIsLeftToTheDecoder(part: String, other: String) {
    let text = Self.usual.replacingOccurrences(of: part, with: other)
    #expect(text != Self.usual)
    #expect(StripeIntent(plain: Array(text.utf8)) == nil)
  }

  @Test func noPartOfAnAnswerIsTakenForTheWhole() {
    let text = Array(Self.usual.utf8)
    for end in 0..<text.count { #expect(StripeIntent(plain: Array(text[..<end])) == nil) }
  }

  /// Each byte in turn becomes another, of those that mean something to JSON and some that do not.
  @Test func aDamagedAnswerIsNeverReadOtherwiseThanByTheDecoder() {
    let text = Array(Self.usual.utf8)
    var read = 0
    for place in text.indices {
      for byte in Array("\"\\{}[]:,-.0e1an \n".utf8) + [0, 0x7F, 0xC3] where byte != text[place] {
        var damaged = text
        damaged[place] = byte
        guard let plain = StripeIntent(plain: damaged) else { continue }
        read += 1
        expectSame(plain, decoded(damaged), damaged)
      }
    }
    #expect(read > 100)
  }
}
