import Testing

@testable import SettleFiles

@Suite struct StatementTextTests {
  @Test(arguments: [
    ("  two\r\n\t lines ", "two lines"), ("a\u{202E}b\u{200B}c", "a b c"), ("no\u{A0}break", "no break"),
    ("paid with 4242424242424242", "paid with xxxxxxxxxxxxxxxx"),
    ("4242 4242 4242 4242 and 1234", "xxxx xxxx xxxx xxxx and 1234"),
    ("card 4242-4242-4242-4242.", "card xxxx-xxxx-xxxx-xxxx."),
    // Digits of the same length that no issuer gives out stay.
    ("invoice 1234567890123456", "invoice 1234567890123456"), ("DE02120300000000202051", "DE02120300000000202051"),
  ]) func oneLineWithoutCardNumbers(_ written: String, _ kept: String) {
    #expect(StatementText.kept(written) == kept)
  }

  @Test func nothingIsLeftOfBlanks() {
    #expect(StatementText.kept(" \n\t\u{200B} ") == nil)
    #expect(StatementText.kept("") == nil)
  }

  @Test func idsThatAreExemptAreKept() {
    #expect(StatementText.kept("4242424242424242", guarded: false) == "4242424242424242")
  }

  @Test func longTextsAreCutBetweenCharacters() {
    #expect(StatementText.kept("aé漢👩‍👩‍👧b", limit: 6) == "aé漢")
    #expect(StatementText.kept(String(repeating: "é", count: 600))?.utf8.count == 1_000)
  }
}
