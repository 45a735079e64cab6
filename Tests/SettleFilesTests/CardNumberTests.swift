import SettleModel
import Testing

@testable import SettleFiles

@Suite struct CardNumberTests {
  /// The card networks' own published test numbers.
  static let cards = [
    "4242424242424242", "4000056655665556", "4222222222222", "4000000000000000006",  // Visa
    "5555555555554444", "5105105105105100", "2223003122003222",  // Mastercard
    "378282246310005", "371449635398431",  // American Express
    "6011111111111117", "6011000990139424", "6445644564456445",  // Discover
    "3056930009020004", "36227206271667", "30569309025904",  // Diners Club
    "3566002020360505", "3530111333300000",  // JCB
    "6200000000000005", "6205500000000000004",  // UnionPay
    "6759649826438453", "501800000009",  // Maestro
    "2200000000000004",  // Mir
  ]

  @Test(arguments: cards) func bareNumbers(_ number: String) { #expect(CardNumber.mayBeHeld(in: number)) }

  @Test(arguments: cards, [" ", "-", "\u{A0}", "\u{2013}"])
  func inGroups(_ number: String, _ gap: String) {
    var grouped = ""
    for (index, digit) in number.enumerated() {
      if index > 0, index % 4 == 0, number.count - index > 1 { grouped += gap }
      grouped.append(digit)
    }
    #expect(CardNumber.mayBeHeld(in: grouped))
  }

  @Test(arguments: [
    "card 4242 4242 4242 4242 exp 12/30", "4242424242424242.", "no:4242424242424242;", "x4242424242424242y",
    "3782 822463 10005", "order 7 4242-4242-4242-4242", "4242424242424242 123", "12 4242424242424242",
    "550e8400-e29b-41d4-a716-446655440000 4242424242424242", "pm_4242424242424242", "ÄÖ4242424242424242",
  ])
  func insideText(_ text: String) { #expect(CardNumber.mayBeHeld(in: text)) }

  @Test(arguments: [
    "", "424242424242", "4242424242424241", "42424242424242424242", "142424242424242424242", "4242424242424242424242",
    "550e8400-e29b-41d4-a716-446655440000", "42424242-4242-4242-8242-424242424242", "00000000000000000000000000000000",
    "d41d8cd98f00b204e9800998ecf8427e", "ch_3TRX4VJaRQOHTfEW10um5PzQ", "pi_3MtwBwLkdIwHu7ix28a3tqPa",
    "pm_card_visa", "txn_0000000000000001", "+49 171 123 456 78", "+1 (415) 555-2671", "0044 20 7946 0958",
    "2026-11-20T08:05:00Z", "20261120080500", "2026-11-20 08:05:00.123456", "ORD-2026-000123", "100000123456",
    "9999999999999995", "1234567890123456", "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2", "24315.1", "4242.42",
    "DE89370400440532013000",
  ])
  func ordinaryText(_ text: String) { #expect(!CardNumber.mayBeHeld(in: text)) }

  /// Each group of digits asks whether it belongs to a UUID; the answer may not depend on the length of the field, or a
  /// hostile one of some hundred kilobytes would hold up a night.
  @Test(.timeLimit(.minutes(1))) func aLongRunOfLettersAndDigitsIsReadOnce() {
    let run = "123456789012x" + String(repeating: "1g", count: 40_000)
    #expect(!CardNumber.mayBeHeld(in: run))
    #expect(CardNumber.mayBeHeld(in: run + " 4242424242424242"))
    // No UUID, since the run goes on before or after it.
    #expect(CardNumber.mayBeHeld(in: "x4242424242424242-4242-4242-8242-424242424242"))
    #expect(!CardNumber.mayBeHeld(in: "42424242-4242-4242-8242-424242424242 42424242-4242-4242-8242-424242424242"))
  }

  @Test func randomUUIDsPass() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<20_000 {
      // All digits: the kind of UUID that looks most like a card number.
      let digits = (0..<32).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
      let parts = [8, 4, 4, 4, 12].reduce(into: (rest: digits[...], parts: [Substring]())) { state, length in
        state.parts.append(state.rest.prefix(length))
        state.rest = state.rest.dropFirst(length)
      }.parts
      #expect(!CardNumber.mayBeHeld(in: parts.joined(separator: "-")))
    }
  }
}
